//! What the clients of one process share: what a tenant told those that reach it in the same way, and caches.

use crate::driver::Settings;
use crate::memory_cache::{Limits, MemoryCache};
use crate::supply::Tenant;
use crate::verdicts::{self, Verdicts};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

type Key = (String, Settings);

static TENANTS: LazyLock<Mutex<HashMap<Key, Weak<Tenant>>>> = LazyLock::new(Mutex::default);

/// The tenant of these settings, for as long as a client holds it.
pub fn tenant(issuer: &str, settings: &Settings) -> Arc<Tenant> {
    let mut tenants = TENANTS.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (issuer.to_owned(), settings.clone());
    if let Some(tenant) = tenants.get(&key).and_then(Weak::upgrade) {
        return tenant;
    }
    tenants.retain(|_, tenant| tenant.strong_count() > 0);
    let tenant = Arc::<Tenant>::default();
    tenants.insert(key, Arc::downgrade(&tenant));
    tenant
}

/// Whose a shared cache is.
#[derive(PartialEq, Eq, Hash)]
pub enum CacheKey {
    /// Whoever gives this name.
    Name(String),
    /// Clients with this fingerprint and these settings.
    Client([u8; 32], Box<Settings>),
}

/// From this many on, caches that nobody holds make way for new ones; until then they wait for the next one to ask, such
/// as a worker thread that starts when another has ended.
const MAX_IDLE_CACHES: usize = 4;

static CACHES: LazyLock<Mutex<HashMap<CacheKey, Arc<MemoryCache>>>> = LazyLock::new(Mutex::default);

/// The cache of this key. The limits are those of whoever made it.
pub fn memory_cache(key: CacheKey, limits: Limits) -> Arc<MemoryCache> {
    let mut caches = CACHES.lock().unwrap_or_else(PoisonError::into_inner);
    if caches.len() >= MAX_IDLE_CACHES && !caches.contains_key(&key) {
        caches.retain(|_, cache| Arc::strong_count(cache) > 1);
    }
    Arc::clone(caches.entry(key).or_insert_with(|| Arc::new(MemoryCache::new(limits))))
}

static VERDICTS: LazyLock<Mutex<HashMap<verdicts::Limits, Arc<Verdicts>>>> = LazyLock::new(Mutex::default);

/// The verified tokens of all clients with these limits. What they remember of a token is the same whoever asks.
pub fn verdicts(limits: verdicts::Limits) -> Arc<Verdicts> {
    let mut verdicts = VERDICTS.lock().unwrap_or_else(PoisonError::into_inner);
    if verdicts.len() >= MAX_IDLE_CACHES && !verdicts.contains_key(&limits) {
        verdicts.retain(|_, verdicts| Arc::strong_count(verdicts) > 1);
    }
    Arc::clone(verdicts.entry(limits).or_insert_with(|| Arc::new(Verdicts::new(limits))))
}
