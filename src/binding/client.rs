//! A client's core, as JavaScript holds it.

use super::failure::NativeFailure;
use super::flow::NativeFlow;
use super::offload::{NativePort, Port};
use super::options::{NativeConfig, Variables, read_options};
use super::settings::NativeSettings;
use super::transport::NativeTransport;
use super::{guarded, registry, value};
use crate::access;
use crate::access::Requirement;
use crate::certificate::Presented;
use crate::claims::Claims;
use crate::config::{self, Config};
use crate::confirmation;
use crate::core::{Core, EndpointChoice};
use crate::document::{Document, Kind};
use crate::error::{Failure, Reason};
use crate::flow::{self, Checks, Operation, Settings};
use crate::supply::Demand;
use crate::verdicts::Verdicts;
use napi::bindgen_prelude::{Either, Null, Object, Unknown};
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

/// What one route or call asks for, compiled.
#[napi]
pub struct NativeChecks {
    checks: Checks,
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

    /// Compiles what a call asks for. `strict` is for `protect` and `validateAccessToken`, which refuse lists that are
    /// none; the base class's methods take them as the published ones do.
    #[napi]
    pub fn checks(
        &self,
        scopes: Unknown<'_>,
        groups: Unknown<'_>,
        mode: Unknown<'_>,
        strict: bool,
    ) -> napi::Result<Either<NativeChecks, NativeFailure>> {
        let (scopes, groups, mode) = (value::read(scopes)?, value::read(groups)?, value::read(mode)?);
        Ok(match guarded(|| self.compile(scopes, groups, &mode, strict)) {
            Ok(checks) => Either::A(NativeChecks { checks }),
            Err(failure) => Either::B(failure.into()),
        })
    }
}

#[napi]
impl NativeCore {
    /// Where verdicts are told that the pool reaches. Only the first call counts.
    #[napi]
    pub fn offload(&self, port: &NativePort) {
        let _ = self.port.set(Arc::clone(port.port()));
    }

    /// `getMetadata` (`metadata`) or `getJwks` (`jwks`).
    #[napi]
    pub fn start_document(&self, jwks: bool, force: bool, settings: NativeSettings, now: f64) -> NativeFlow {
        let demand = Demand::Caller { force };
        self.start(Operation::Document { kind: kind(jwks), demand }, settings, now)
    }

    /// A refresh ahead of expiry, or of what is stale, that nobody waits for.
    #[napi]
    pub fn start_refresh(&self, jwks: bool, settings: NativeSettings, now: f64) -> NativeFlow {
        self.start(Operation::Document { kind: kind(jwks), demand: Demand::Ahead }, settings, now)
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

    /// `validateAccessTokenClaims`: null when they pass.
    #[napi]
    pub fn check_claims(
        &self,
        claims: String,
        checks: &NativeChecks,
        clock_skew: f64,
        clock_tolerance: f64,
        now: f64,
    ) -> Either<NativeFailure, Null> {
        let settings = Settings::of_clock(clock_skew, clock_tolerance);
        verdict(|| {
            let claims = application_claims(&claims)?;
            let checked = claims.check(&settings.expected(&self.core, now))?;
            access::check(checked, &checks.checks.requirement, &self.core.groups)?;
            Ok(())
        })
    }

    /// `validateCertificateBinding`: null when it passes.
    #[napi]
    pub fn check_binding(
        &self,
        claims: String,
        checks: &NativeChecks,
        certificate: Option<String>,
    ) -> Either<NativeFailure, Null> {
        verdict(|| {
            let claims = application_claims(&claims)?;
            let certificate = presented(certificate, None);
            confirmation::check(claims.vouched(), checks.checks.mode, &certificate)?;
            Ok(())
        })
    }

    /// JSON text of the document that is held, fresh or not.
    #[napi]
    pub fn stored_document(&self, jwks: bool, settings: NativeSettings) -> Option<String> {
        self.stored(jwks, settings).map(|(document, _)| document.text.to_string())
    }

    /// When the held document expires, in seconds since the epoch; 0 without one.
    #[napi]
    pub fn stored_expiry(&self, jwks: bool, settings: NativeSettings) -> f64 {
        self.stored(jwks, settings).map_or(0.0, |(_, expiry)| expiry)
    }

    /// Replaces the held document, or forgets it; false when the text is no such document.
    #[napi]
    pub fn store_document(&self, jwks: bool, text: Option<String>, expiry: f64, settings: NativeSettings) -> bool {
        let document = text.as_deref().map(|text| Document::parse(kind(jwks), text));
        if let Some(None) = document {
            return false;
        }
        self.core.tenant(settings.native).shelf(kind(jwks)).hold(document.flatten(), expiry);
        true
    }

    /// The URL of an endpoint in metadata, which is JSON text.
    #[napi]
    pub fn resolve_endpoint(&self, metadata: String, name: String) -> Either<String, NativeFailure> {
        match guarded(|| self.core.endpoint(&flow::read_metadata(Some(&metadata))?, &name)) {
            Ok(url) => Either::A(url),
            Err(failure) => Either::B(failure.into()),
        }
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

    fn stored(&self, jwks: bool, settings: NativeSettings) -> Option<(Document, f64)> {
        let settings = Settings::from(settings);
        let shelf = self.core.tenant(settings.native).shelf(kind(jwks));
        shelf.held(&settings.rules(&self.core, kind(jwks)))
    }

    pub(super) fn start(&self, operation: Operation, settings: NativeSettings, now: f64) -> NativeFlow {
        NativeFlow::start(Arc::clone(&self.core), settings.into(), operation, now)
    }

    fn compile(
        &self,
        scopes: config::Value,
        groups: config::Value,
        mode: &config::Value,
        strict: bool,
    ) -> Result<Checks, Failure> {
        let requirement = Requirement::compile(scopes, groups, strict)?;
        let mode = if strict {
            confirmation::mode_for_call(mode, self.core.binding_mode)?
        } else {
            confirmation::named_mode(mode)
        };
        Ok(Checks { of_caller: true, requirement: Arc::new(requirement), mode, certificate: Presented::Absent })
    }
}

impl NativeChecks {
    pub(super) fn presenting(&self, certificate: Option<String>, thumbprint: Option<String>) -> Checks {
        Checks { certificate: presented(certificate, thumbprint), ..self.checks.clone() }
    }
}

/// `thumbprint`: of a certificate that this library has read; it wins.
fn presented(certificate: Option<String>, thumbprint: Option<String>) -> Presented {
    match (thumbprint, certificate) {
        (Some(thumbprint), _) => Presented::Thumbprint(thumbprint),
        (None, Some(text)) => Presented::Text(text),
        (None, None) => Presented::Absent,
    }
}

const fn kind(jwks: bool) -> Kind {
    if jwks { Kind::Jwks } else { Kind::Metadata }
}

fn application_claims(text: &str) -> Result<Claims, Failure> {
    let message = "The claims must be an object";
    Claims::from_application(text.as_bytes()).ok_or_else(|| Failure::new(Reason::RequirementInvalid, message))
}

fn verdict(work: impl FnOnce() -> Result<(), Failure>) -> Either<NativeFailure, Null> {
    match guarded(work) {
        Ok(()) => Either::B(Null),
        Err(failure) => Either::A(failure.into()),
    }
}
