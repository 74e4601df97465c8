//! A client's options on their way into the core, and what its members hold afterwards.

use super::value;
use crate::config::{self, Config, Environment, Options};
use napi::bindgen_prelude::{JsObjectValue, Object, Unknown};
use napi::{JsValue, ValueType};
use napi_derive::napi;
use std::collections::HashMap;

/// What the class's members hold after validation.
#[napi(object)]
#[derive(Clone)]
pub struct NativeConfig {
    pub tenant_domain: String,
    /// Empty when it is no text.
    pub audience: String,
    pub clock_skew: f64,
    pub clock_tolerance: f64,
    pub jwks_cache_duration: f64,
    pub metadata_cache_duration: f64,
    pub response_timeout: f64,
    pub client_certificate: Option<String>,
    pub client_key: Option<String>,
    /// How many verified tokens are remembered; 0 for none.
    pub jwt_cache_entries: f64,
    pub jwt_cache_bytes: f64,
}

#[expect(clippy::cast_precision_loss, reason = "limits come from numbers of JavaScript")]
impl From<&Config> for NativeConfig {
    fn from(config: &Config) -> Self {
        Self {
            tenant_domain: config.tenant_domain.clone(),
            audience: config.audience.clone(),
            clock_skew: config.clock_skew,
            clock_tolerance: config.clock_tolerance,
            jwks_cache_duration: config.jwks_cache_duration.unwrap_or(config::CACHE_DURATION),
            metadata_cache_duration: config.metadata_cache_duration.unwrap_or(config::CACHE_DURATION),
            response_timeout: config.response_timeout,
            client_certificate: config.client_certificate.clone(),
            client_key: config.client_key.as_ref().map(|key| key.to_string()),
            jwt_cache_entries: config.jwt_cache.map_or(0.0, |limits| limits.entries as f64),
            jwt_cache_bytes: config.jwt_cache.map_or(0.0, |limits| limits.bytes as f64),
        }
    }
}

/// `process.env`, or the part of it that counts.
pub(super) struct Variables(pub(super) HashMap<String, String>);

impl Environment for Variables {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// The options by name. `groupOptions`, `cache` and `jwtCache` are read member by member, so that inherited ones count.
pub(super) fn read_options(options: &Object<'_>) -> napi::Result<Options> {
    let mut read = Vec::new();
    for row in config::OPTIONS {
        let value: Unknown<'_> = options.get_named_property(row.name)?;
        let value = match row.name {
            "cache" => read_members(value, &["set", "get", "delete"])?,
            "jwtCache" => read_members(value, &["maxEntries", "maxBytes"])?,
            "groupOptions" => read_members(value, &["groupsClaim", "matchAll"])?,
            _ => value::read(value)?,
        };
        read.push((row.name.to_owned(), value));
    }
    Ok(Options(read))
}

/// Only what an object is asked for, inherited or own: a cache is used by reference and never looked into otherwise.
fn read_members(value: Unknown<'_>, names: &[&str]) -> napi::Result<config::Value> {
    match value.get_type()? {
        ValueType::Object => Ok(config::Value::Object(value::read_members(&value.coerce_to_object()?, names)?)),
        _ => value::read(value),
    }
}
