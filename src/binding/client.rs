//! A client's core, as JavaScript holds it.

use super::checks::NativeChecks;
use super::flow::NativeFlow;
use super::offload::{NativePort, Port};
use super::options::{NativeConfig, Variables, read_options};
use super::settings::NativeSettings;
use super::transport::NativeTransport;
use super::{registry, value};
use crate::config::{self, Config};
use crate::core::{Core, EndpointChoice};
use crate::flow::{Operation, Settings};
use crate::verdicts::Verdicts;
use napi::bindgen_prelude::{Object, Unknown};
use napi_derive::napi;
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

#[napi]
pub struct NativeCore {
    pub(super) core: Arc<Core>,
    config: NativeConfig,
    /// Of everything that decides about introspection.
    pub(super) fingerprint: [u8; 32],
    pub(super) port: OnceLock<Arc<Port>>,
    pub(super) verdicts: Option<Arc<Verdicts>>,
    /// What the client's members say now.
    pub(super) settings: Cell<Settings>,
}

#[napi]
impl NativeCore {
    /// Validates the options of `MonoCloudBackendNodeClient`; throws the message of the first that is wrong.
    #[napi(factory)]
    pub fn resolve(options: Object<'_>, environment: HashMap<String, String>) -> napi::Result<Self> {
        let options = read_options(&options)?;
        let config = config::resolve(&options, &Variables(environment))
            .map_err(|error| napi::Error::from_reason(error.message))?;
        let (audience, mode) = (config.audience.clone(), config.validate_certificate_binding);
        Ok(Self::new(config, audience.into(), Some(mode)))
    }

    /// Takes the arguments of `MonoCloudOidcBackendClient` as they are.
    #[napi(factory)]
    pub fn unchecked(tenant_domain: String, audience: Unknown<'_>, options: Object<'_>) -> napi::Result<Self> {
        let audience = value::read(audience)?;
        let expected = match &audience {
            config::Value::String(text) => serde_json::Value::from(text.as_str()),
            _ => serde_json::Value::Null,
        };
        let config = config::unchecked(&tenant_domain, &audience, &read_options(&options)?);
        Ok(Self::new(config, expected, None))
    }

    fn new(config: Config, audience: serde_json::Value, mode: Option<config::BindingMode>) -> Self {
        let seen = NativeConfig::from(&config);
        let fingerprint = config.fingerprint();
        Self {
            config: seen,
            fingerprint,
            port: OnceLock::new(),
            verdicts: config.jwt_cache.map(registry::verdicts),
            settings: Cell::new(Settings::of_clock(config.clock_skew, config.clock_tolerance)),
            core: Arc::new(Core::new(config, audience, mode)),
        }
    }

    #[napi(getter)]
    pub fn config(&self) -> NativeConfig {
        self.config.clone()
    }

    /// Where verdicts are told that the pool reaches. Only the first call counts.
    #[napi]
    pub fn offload(&self, port: &NativePort) {
        let _ = self.port.set(Arc::clone(port.port()));
    }

    /// Shares what the tenant says with the other clients of this transport. Only the first call counts.
    #[napi]
    pub fn share(&self, transport: &NativeTransport) {
        self.core.share(registry::tenant(&self.core.issuer, &transport.settings));
    }

    /// `jwks`: JSON text of the caller's own key set.
    #[napi]
    pub fn start_validate_jwt(
        &self,
        token: String,
        checks: &NativeChecks,
        certificate: Option<String>,
        thumbprint: Option<String>,
        jwks: Option<String>,
        settings: NativeSettings,
        now: f64,
    ) -> NativeFlow {
        self.start(
            Operation::ValidateJwt { token, checks: checks.presenting(certificate, thumbprint), jwks },
            settings,
            now,
        )
    }

    #[napi]
    pub fn start_introspect(
        &self,
        token: String,
        checks: &NativeChecks,
        certificate: Option<String>,
        thumbprint: Option<String>,
        settings: NativeSettings,
        now: f64,
    ) -> NativeFlow {
        self.start(Operation::Introspect { token, checks: checks.presenting(certificate, thumbprint) }, settings, now)
    }

    #[napi]
    pub fn start_validate_access_token(
        &self,
        token: String,
        checks: &NativeChecks,
        certificate: Option<String>,
        thumbprint: Option<String>,
        settings: NativeSettings,
        now: f64,
    ) -> NativeFlow {
        self.start(
            Operation::ValidateAccessToken { token, checks: checks.presenting(certificate, thumbprint) },
            settings,
            now,
        )
    }

    #[napi(getter)]
    pub fn trust_store_id(&self) -> Option<String> {
        self.core.endpoint_choice().trust_store_id
    }

    #[napi(setter)]
    pub fn set_trust_store_id(&self, trust_store_id: Option<String>) {
        self.core.choose_endpoints(EndpointChoice { trust_store_id, ..self.core.endpoint_choice() });
    }

    /// Whether the endpoints are those for mutual TLS.
    #[napi(getter)]
    pub fn mutual_tls(&self) -> bool {
        self.core.endpoint_choice().mutual_tls
    }

    #[napi(setter)]
    pub fn set_mutual_tls(&self, mutual_tls: bool) {
        self.core.choose_endpoints(EndpointChoice { mutual_tls, ..self.core.endpoint_choice() });
    }

    pub(super) fn start(&self, operation: Operation, settings: NativeSettings, now: f64) -> NativeFlow {
        NativeFlow::start(Arc::clone(&self.core), settings.into(), operation, now)
    }
}
