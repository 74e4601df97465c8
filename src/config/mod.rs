//! From what the application gave and what the environment says to one validated configuration. Every default and every
//! option error lives here; [`OPTIONS`] is the one list of what there is.

mod environment;
mod fingerprint;
mod jwt_cache;
mod memory_cache;
mod method;
mod number;
mod resolve;
mod secret;
mod source;
mod table;
mod tenant;
mod unchecked;
mod uri;
mod value;

#[cfg(test)]
mod tests;

pub use environment::{Environment, env_boolean, env_number};
pub use memory_cache::{DEFAULT_LIMITS, MemoryCacheOptions, memory_cache};
pub use method::{BindingMode, ClientAuthMethod, SignatureOffload};
pub use resolve::resolve;
pub use secret::{ClientSecret, Secret, parse_client_secret};
pub use table::{Fallback, OPTIONS, OptionRow, Rule};
pub use tenant::normalise_tenant_domain;
pub use unchecked::unchecked;
pub use value::{Options, Value};

use crate::verdicts;
use std::fmt;

/// How long metadata and keys are kept when nothing else is configured, in seconds.
pub const CACHE_DURATION: f64 = 300.0;

/// What a client works with. Durations are seconds unless said otherwise.
#[derive(Debug)]
pub struct Config {
    /// The expected issuer, without a trailing slash: `https://…`, or `http://…` on loopback.
    pub tenant_domain: String,
    pub audience: String,
    pub client_id: Option<String>,
    pub client_secret: Option<ClientSecret>,
    pub client_auth_method: ClientAuthMethod,
    pub trust_store_id: Option<String>,
    /// `groups` when absent.
    pub groups_claim: Option<String>,
    /// `false` when absent.
    pub match_all: Option<bool>,
    pub clock_skew: f64,
    pub clock_tolerance: f64,
    /// 300 when absent.
    pub jwks_cache_duration: Option<f64>,
    /// 300 when absent.
    pub metadata_cache_duration: Option<f64>,
    /// 0 is no serving of stale keys.
    pub jwks_stale_duration: f64,
    pub jwks_cooldown_duration: f64,
    pub introspect_jwt_tokens: bool,
    pub validate_certificate_binding: BindingMode,
    pub signature_offload: SignatureOffload,
    /// Milliseconds; 0 is no timeout.
    pub response_timeout: f64,
    /// 0 switches the cache off.
    pub introspection_cache_duration: f64,
    /// How many verified tokens are remembered; nothing switches that off.
    pub jwt_cache: Option<verdicts::Limits>,
    /// One of the application's or the built-in one.
    pub has_cache: bool,
    pub has_fetcher: bool,
    pub has_metadata_resolver: bool,
    pub has_jwks_resolver: bool,
    /// PEM text or the path of a PEM file, as given.
    pub client_certificate: Option<String>,
    /// PEM text or the path of a PEM file, as given.
    pub client_key: Option<Secret>,
}

/// The first option that is wrong; the message of a `MonoCloudValidationError`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub message: String,
}

impl ConfigError {
    /// `"key" problem`.
    fn of(key: &str, problem: impl fmt::Display) -> Self {
        Self { message: format!("\"{key}\" {problem}") }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for ConfigError {}
