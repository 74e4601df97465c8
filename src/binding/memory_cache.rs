//! The built-in introspection cache, as JavaScript holds it.

use super::client::NativeCore;
use super::transport::NativeTransport;
use super::{guarded, registry, value};
use crate::config::{self, DEFAULT_LIMITS, MemoryCacheOptions, Options};
use crate::memory_cache::MemoryCache;
use napi::bindgen_prelude::{Object, Utf16String};
use napi_derive::napi;
use std::sync::Arc;

#[napi]
pub struct NativeMemoryCache {
    pub(super) cache: Arc<MemoryCache>,
}

#[napi]
impl NativeMemoryCache {
    /// Validates the options of `MemoryIntrospectionCache`; throws the message of the first that is wrong. A name that
    /// is in use gives the cache that has it.
    #[napi(factory)]
    pub fn open(options: Object<'_>) -> napi::Result<Self> {
        let members = value::read_members(&options, &["maxEntries", "maxBytes", "name"])?;
        let MemoryCacheOptions { limits, name } =
            config::memory_cache(&Options(members)).map_err(|error| napi::Error::from_reason(error.message))?;
        let cache = match name {
            Some(name) => registry::memory_cache(registry::CacheKey::Name(name), limits),
            None => Arc::new(MemoryCache::new(limits)),
        };
        Ok(Self { cache })
    }

    /// The cache of all clients that ask the same tenant over the same transport, with the same credentials.
    #[napi(factory)]
    pub fn shared(client: &NativeCore, transport: &NativeTransport) -> Self {
        let key = registry::CacheKey::Client(client.fingerprint, Box::new(transport.settings.clone()));
        Self { cache: registry::memory_cache(key, DEFAULT_LIMITS) }
    }

    /// The JSON text that is held; `now` in seconds since the epoch.
    #[napi]
    pub fn get(&self, key: Utf16String, now: f64) -> Option<String> {
        let text = guarded(|| Ok(well_formed(&key).and_then(|key| self.cache.get(&key, now))));
        text.ok().flatten().map(|text| text.to_string())
    }

    /// `expiresAt` and `now` in seconds since the epoch.
    #[napi]
    pub fn set(&self, key: Utf16String, text: String, expires_at: f64, now: f64) {
        self.with(&key, |key| self.cache.set(key, &text, expires_at, now));
    }

    #[napi]
    pub fn delete(&self, key: Utf16String) {
        self.with(&key, |key| self.cache.delete(key));
    }

    #[napi(getter)]
    pub fn size(&self) -> f64 {
        guarded(|| Ok(self.cache.len() as f64)).unwrap_or_default()
    }

    #[napi(getter)]
    pub fn max_entries(&self) -> f64 {
        self.cache.limits().entries as f64
    }

    #[napi(getter)]
    pub fn max_bytes(&self) -> f64 {
        self.cache.limits().bytes as f64
    }

    fn with(&self, key: &[u16], work: impl FnOnce(&str)) {
        // A cache that fails holds nothing; nobody is refused for it.
        let _ = guarded(|| {
            if let Some(key) = well_formed(key) {
                work(&key);
            }
            Ok(())
        });
    }
}

/// Lone surrogates have no UTF-8 form: replaced, they would make different keys the same one.
fn well_formed(key: &[u16]) -> Option<String> {
    String::from_utf16(key).ok()
}
