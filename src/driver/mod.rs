//! The native transport: requests of the core answered by reqwest on tokio. One door, [`Transport::send`].

mod destination;
mod environment;
mod failure;
mod identity;
mod proxy;
mod redirect;
mod reuse;
mod transport;
mod trust;
mod verifier;

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};

pub use environment::Environment;
pub use identity::Identity;
pub use transport::Transport;
pub use trust::{needs_fallback_roots, set_fallback_roots};

/// What makes two clients unable to share connections. Two equal settings mean the same trust, identity and routes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Settings {
    /// The certificate shown to mTLS endpoints (RFC 8705 section 2), and to no other. Default: none.
    pub identity: Option<Identity>,
    /// `false` accepts every server certificate (`NODE_TLS_REJECT_UNAUTHORIZED=0`). Default: `true`.
    pub reject_unauthorized: bool,
    /// Trust files and proxies. Default: an empty environment; [`Environment::capture`] reads the process's own.
    pub environment: Environment,
}

impl Default for Settings {
    fn default() -> Self {
        Self { identity: None, reject_unauthorized: true, environment: Environment::default() }
    }
}

/// Why no transport can be made from the settings.
#[derive(Debug)]
pub struct TransportSetupError {
    /// What the operator must put right.
    pub message: String,
}

impl fmt::Display for TransportSetupError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for TransportSetupError {}

/// The process's transport for these settings, made on first use, so that clients and worker threads share
/// connections. All callers must drive it from one tokio runtime.
///
/// # Errors
/// As [`Transport::new`]; a failure is not remembered.
pub fn shared(settings: &Settings) -> Result<Transport, TransportSetupError> {
    let key = (settings.clone(), trust::fallback_generation());
    let mut transports = TRANSPORTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(transport) = transports.get(&key) {
        return Ok(transport.clone());
    }
    let transport = Transport::new(settings)?;
    if transports.len() >= MAX_SHARED {
        transports.retain(|_, held| held.is_in_use());
    }
    transports.insert(key, transport.clone());
    Ok(transport)
}

/// Past this many transports, those that no client holds any more are let go (certificate rotation makes new ones).
const MAX_SHARED: usize = 16;

static TRANSPORTS: LazyLock<Mutex<HashMap<(Settings, usize), Transport>>> = LazyLock::new(Mutex::default);
