//! A client of one tenant, in the form the flow machine takes it.

use monocloud_backend_node::config::{BindingMode, ClientAuthMethod, ClientSecret, Config, SignatureOffload};
use monocloud_backend_node::core::Core;
use monocloud_backend_node::flow::{Overrides, Settings, Supplied};
use serde_json::{Value, json};
use std::sync::Arc;

pub const ISSUER: &str = "https://tenant.example";
pub const AUDIENCE: &str = "urn:api";
pub const NOW: f64 = 1_700_000_000.0;

pub fn config() -> Config {
    Config {
        tenant_domain: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        client_id: Some("client".to_owned()),
        client_secret: Some(ClientSecret::Text("secret".to_owned().into())),
        client_auth_method: ClientAuthMethod::ClientSecretPost,
        trust_store_id: None,
        groups_claim: None,
        match_all: None,
        clock_skew: 0.0,
        clock_tolerance: 60.0,
        jwks_cache_duration: None,
        metadata_cache_duration: None,
        jwks_stale_duration: 3600.0,
        jwks_cooldown_duration: 30.0,
        introspect_jwt_tokens: false,
        validate_certificate_binding: BindingMode::WhenPresent,
        signature_offload: SignatureOffload::Auto,
        response_timeout: 10_000.0,
        introspection_cache_duration: 300.0,
        has_cache: false,
        jwt_cache: None,
        has_fetcher: false,
        has_metadata_resolver: false,
        has_jwks_resolver: false,
        client_certificate: None,
        client_key: None,
    }
}

pub fn core(config: Config) -> Arc<Core> {
    let mode = config.validate_certificate_binding;
    Arc::new(Core::new(config, Value::from(AUDIENCE), Some(mode)))
}

pub fn settings() -> Settings {
    Settings {
        overrides: Overrides::default(),
        supplied: Supplied::default(),
        native: false,
        clock_skew: 0.0,
        clock_tolerance: 60.0,
        metadata_cache_duration: 300.0,
        jwks_cache_duration: 300.0,
        response_timeout: 10_000.0,
    }
}

/// Claims that pass, with members added, replaced or (null) taken away.
pub fn claims(changes: &Value) -> Value {
    let mut claims = json!({"iss": ISSUER, "sub": "user", "aud": AUDIENCE, "exp": NOW + 600.0});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.as_object_mut().unwrap().shift_remove(name),
            value => claims.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    claims
}

pub fn metadata() -> String {
    json!({
        "issuer": "https://elsewhere.example",
        "jwks_uri": "https://tenant.example/keys",
        "introspection_endpoint": "https://tenant.example/introspect",
        "mtls_endpoint_aliases": {"introspection_endpoint": "https://mtls.tenant.example/introspect"},
    })
    .to_string()
}
