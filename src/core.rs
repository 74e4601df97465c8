//! One client's state: what it was configured with and what it has fetched.

use crate::access::GroupRule;
use crate::client_auth::{self, Authenticator};
use crate::config::{BindingMode, Config, SignatureOffload};
use crate::error::{Failure, Reason};
use crate::json::Object;
use crate::stats::Stats;
use crate::supply::{Introspections, Tenant};
use serde_json::Value;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub struct Core {
    pub issuer: String,
    pub audience: Value,
    pub client_id: Option<String>,
    pub authenticator: Authenticator,
    endpoints: Mutex<EndpointChoice>,
    pub groups: GroupRule,
    /// `None` for the base class, whose methods check a binding only when told to.
    pub binding_mode: Option<BindingMode>,
    pub introspect_jwt_tokens: bool,
    pub signature_offload: SignatureOffload,
    /// Seconds; 0 switches the cache off.
    pub introspection_cache_duration: f64,
    /// Seconds.
    pub jwks_stale_duration: f64,
    /// Seconds.
    pub jwks_cooldown_duration: f64,
    pub introspections: Introspections,
    pub stats: Stats,
    /// What the application's own functions answered.
    own: Arc<Tenant>,
    /// What came over the native transport; all clients with the same tenant and transport share it.
    shared: OnceLock<Arc<Tenant>>,
}

/// Which of the tenant's endpoints a client uses (RFC 8705 section 5). Subclasses may change it.
#[derive(Clone, Default)]
pub struct EndpointChoice {
    pub mutual_tls: bool,
    pub trust_store_id: Option<String>,
}

impl Core {
    pub fn new(config: Config, audience: Value, binding_mode: Option<BindingMode>) -> Self {
        Self {
            issuer: config.tenant_domain,
            audience,
            client_id: config.client_id,
            authenticator: Authenticator::new(config.client_auth_method, config.client_secret),
            endpoints: Mutex::new(EndpointChoice {
                mutual_tls: client_auth::is_mutual_tls(config.client_auth_method),
                trust_store_id: config.trust_store_id,
            }),
            groups: GroupRule {
                claim: config.groups_claim.unwrap_or_else(|| GroupRule::default().claim),
                match_all: config.match_all.unwrap_or_default(),
            },
            binding_mode,
            introspect_jwt_tokens: config.introspect_jwt_tokens,
            signature_offload: config.signature_offload,
            introspection_cache_duration: config.introspection_cache_duration,
            jwks_stale_duration: config.jwks_stale_duration,
            jwks_cooldown_duration: config.jwks_cooldown_duration,
            introspections: Introspections::default(),
            stats: Stats::default(),
            own: Arc::default(),
            shared: OnceLock::new(),
        }
    }

    /// Joins the clients that reach the tenant in the same way. Only the first call counts.
    pub fn share(&self, tenant: Arc<Tenant>) {
        let _ = self.shared.set(tenant);
    }

    pub fn tenant(&self, native: bool) -> &Tenant {
        self.shared.get().filter(|_| native).unwrap_or(&self.own)
    }

    /// The URL of an endpoint that authenticates this client.
    pub fn endpoint(&self, metadata: &Object, name: &str) -> Result<String, Failure> {
        let EndpointChoice { mutual_tls, trust_store_id } = self.endpoint_choice();
        client_auth::resolve_endpoint(metadata, name, mutual_tls, trust_store_id.as_deref())
            .map_err(|message| Failure::new(Reason::EndpointMissing, message))
    }

    pub fn endpoint_choice(&self) -> EndpointChoice {
        self.endpoints.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn choose_endpoints(&self, choice: EndpointChoice) {
        *self.endpoints.lock().unwrap_or_else(PoisonError::into_inner) = choice;
    }
}
