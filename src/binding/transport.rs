//! The native transport, as JavaScript holds it.

use crate::driver::{self, Environment, Identity, Settings, Transport};
use napi_derive::napi;

#[napi]
pub struct NativeTransport {
    pub(super) inner: Transport,
    pub(super) settings: Settings,
}

#[napi]
impl NativeTransport {
    /// The process's transport for these settings. `certificate` and `key` are PEM texts or paths, both or neither;
    /// throws what is wrong with them.
    #[napi(factory)]
    pub fn open(certificate: Option<String>, key: Option<String>, reject_unauthorized: bool) -> napi::Result<Self> {
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => {
                Some(Identity::load(&certificate, &key).map_err(napi::Error::from_reason)?)
            }
            _ => None,
        };
        let settings = Settings { identity, reject_unauthorized, environment: Environment::capture() };
        let inner = driver::shared(&settings).map_err(|error| napi::Error::from_reason(error.message))?;
        Ok(Self { inner, settings })
    }

    /// What the operator should know: trust files that could not be read, client certificates out of date.
    #[napi(getter)]
    pub fn warnings(&self) -> Vec<String> {
        self.inner.warnings().to_vec()
    }
}

/// Whether `setFallbackRoots` is needed before the first transport is opened.
#[napi]
pub fn needs_fallback_roots() -> bool {
    driver::needs_fallback_roots()
}

/// The certificates (PEM) to trust where the platform has none.
#[napi]
pub fn set_fallback_roots(certificates: Vec<String>) {
    driver::set_fallback_roots(&certificates);
}
