//! One client's state: what it was configured with and what it has fetched.

use crate::access::GroupRule;
use crate::client_auth::{self, Authenticator};
use crate::config::{BindingMode, Config};
use crate::document::{Document, Fresh, Kind};
use crate::error::{Failure, Reason};
use crate::json::Object;
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

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
    /// Seconds; 0 switches the cache off.
    pub introspection_cache_duration: f64,
    metadata: Mutex<Option<Fresh>>,
    jwks: Mutex<Option<Fresh>>,
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
            introspection_cache_duration: config.introspection_cache_duration,
            metadata: Mutex::default(),
            jwks: Mutex::default(),
        }
    }

    /// The document, if it may still be used at `now`.
    pub fn fresh(&self, kind: Kind, now: f64) -> Option<Document> {
        let slot = self.slot(kind).lock().unwrap_or_else(PoisonError::into_inner);
        slot.as_ref().and_then(|fresh| fresh.at(now)).cloned()
    }

    /// Whatever is stored, with its expiry.
    pub fn stored(&self, kind: Kind) -> Option<Fresh> {
        self.slot(kind).lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces what is stored.
    pub fn store(&self, kind: Kind, fresh: Option<Fresh>) {
        *self.slot(kind).lock().unwrap_or_else(PoisonError::into_inner) = fresh;
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

    fn slot(&self, kind: Kind) -> &Mutex<Option<Fresh>> {
        match kind {
            Kind::Metadata => &self.metadata,
            Kind::Jwks => &self.jwks,
        }
    }
}
