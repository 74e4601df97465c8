//! The arguments of `MonoCloudOidcBackendClient`, which validates nothing.

use super::{
    BindingMode, ClientAuthMethod, ClientSecret, Config, Options, Secret, SignatureOffload, Value, jwt_cache,
    normalise_tenant_domain, secret,
};

/// Takes what is there. A value of a type that the option cannot have, and an unknown authentication method, count as
/// absent. Defaults: `client_secret_basic`, clock skew 0, clock tolerance 60, no timeout, no environment. An audience
/// that is no string becomes the empty text, which the caller must not match against a token.
pub fn unchecked(tenant_domain: &str, audience: &Value, options: &Options) -> Config {
    let text = |name: &str| options.get(name).as_str().map(str::to_owned);
    let filled = |name: &str| text(name).filter(|text| !text.is_empty());
    let groups = options.get("groupOptions");
    Config {
        tenant_domain: normalise_tenant_domain(tenant_domain),
        audience: audience.as_str().unwrap_or_default().to_owned(),
        client_id: filled("clientId"),
        client_secret: match options.get("clientSecret") {
            Value::String(text) => Some(ClientSecret::text(text)),
            Value::Object(members) => Some(ClientSecret::Jwk(secret::jwk(members))),
            _ => None,
        },
        client_auth_method: text("clientAuthMethod")
            .and_then(|name| ClientAuthMethod::parse(&name))
            .unwrap_or(ClientAuthMethod::ClientSecretBasic),
        trust_store_id: filled("trustStoreId"),
        groups_claim: groups.member("groupsClaim").as_str().map(str::to_owned),
        match_all: Some(groups.member("matchAll")).filter(|value| !value.is_nullish()).map(Value::is_truthy),
        clock_skew: number(options, "clockSkew").unwrap_or(0.0),
        clock_tolerance: number(options, "clockTolerance").unwrap_or(60.0),
        jwks_cache_duration: number(options, "jwksCacheDuration"),
        metadata_cache_duration: number(options, "metadataCacheDuration"),
        jwks_stale_duration: number(options, "jwksStaleDuration").unwrap_or(3600.0),
        jwks_cooldown_duration: number(options, "jwksCooldownDuration").unwrap_or(30.0),
        introspect_jwt_tokens: false,
        validate_certificate_binding: BindingMode::WhenPresent,
        signature_offload: text("signatureOffload").and_then(|name| SignatureOffload::parse(&name)).unwrap_or_default(),
        response_timeout: number(options, "responseTimeout").unwrap_or(0.0),
        introspection_cache_duration: 0.0,
        has_cache: false,
        jwt_cache: jwt_cache::unchecked(options),
        has_fetcher: is_function(options, "fetcher"),
        has_metadata_resolver: is_function(options, "metadataResolver"),
        has_jwks_resolver: is_function(options, "jwksResolver"),
        client_certificate: filled("clientCertificate"),
        client_key: filled("clientKey").as_deref().map(Secret::new),
    }
}

/// Not NaN, under which no comparison would ever call a token expired.
fn number(options: &Options, name: &str) -> Option<f64> {
    match options.get(name) {
        Value::Number(number) if !number.is_nan() => Some(*number),
        _ => None,
    }
}

fn is_function(options: &Options, name: &str) -> bool {
    matches!(options.get(name), Value::Function)
}
