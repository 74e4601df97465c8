//! What a valid configuration becomes, and the published defaults.

use super::super::{BindingMode, ClientAuthMethod, Rule, SignatureOffload};
use super::*;

#[test]
fn the_defaults_are_the_published_ones() {
    let config = accepted(&with([]));
    assert_eq!((config.tenant_domain.as_str(), config.audience.as_str()), ("https://tenant.example", "urn:api"));
    assert_eq!((config.client_id, config.trust_store_id, config.groups_claim), (None, None, None));
    assert!(config.client_secret.is_none() && config.client_certificate.is_none() && config.client_key.is_none());
    assert_eq!(config.client_auth_method, ClientAuthMethod::ClientSecretPost);
    assert_eq!(config.validate_certificate_binding, BindingMode::WhenPresent);
    assert_eq!(config.signature_offload, SignatureOffload::Auto);
    assert_eq!((config.match_all, config.introspect_jwt_tokens), (None, false));
    assert_eq!((config.clock_skew, config.clock_tolerance), (0.0, 60.0));
    assert_eq!((config.jwks_cache_duration, config.metadata_cache_duration), (None, None));
    assert_eq!((config.response_timeout, config.introspection_cache_duration), (10_000.0, 300.0));
    assert!(!config.has_cache && !config.has_fetcher);
    assert!(!config.has_metadata_resolver && !config.has_jwks_resolver);
}

#[test]
fn everything_given_arrives() {
    let function = || Value::Function;
    let config = accepted(&with([
        ("clientId", text("  ")),
        ("clientSecret", text("secret")),
        ("clientAuthMethod", text("tls_client_auth")),
        ("trustStoreId", text("store")),
        ("metadataResolver", function()),
        ("jwksResolver", function()),
        ("fetcher", function()),
        ("groupOptions", object([("groupsClaim", text("roles")), ("matchAll", Value::Bool(true))])),
        ("clockSkew", Value::Number(0.5)),
        ("clockTolerance", Value::Number(0.0)),
        ("jwksCacheDuration", Value::Number(1.0)),
        ("metadataCacheDuration", Value::Number(2.0)),
        ("introspectJwtTokens", Value::Bool(true)),
        ("validateCertificateBinding", text("required")),
        ("signatureOffload", text("always")),
        ("responseTimeout", Value::Number(1000.0)),
        ("introspectionCacheDuration", Value::Number(0.0)),
        ("cache", object([("get", function()), ("own", text("x")), ("delete", function()), ("set", function())])),
        ("clientCertificate", text("cert.pem")),
        ("clientKey", text("key.pem")),
        ("unknown", Value::Number(f64::NAN)),
    ]));
    assert_eq!(config.client_id.as_deref(), Some("  "));
    assert_eq!(config.client_auth_method, ClientAuthMethod::TlsClientAuth);
    assert_eq!((config.trust_store_id.as_deref(), config.groups_claim.as_deref()), (Some("store"), Some("roles")));
    assert_eq!((config.match_all, config.introspect_jwt_tokens), (Some(true), true));
    assert_eq!((config.clock_skew, config.clock_tolerance), (0.5, 0.0));
    assert_eq!((config.jwks_cache_duration, config.metadata_cache_duration), (Some(1.0), Some(2.0)));
    assert_eq!(config.validate_certificate_binding, BindingMode::Required);
    assert_eq!(config.signature_offload, SignatureOffload::Always);
    assert_eq!((config.response_timeout, config.introspection_cache_duration), (1000.0, 0.0));
    assert!(config.has_cache && config.has_fetcher && config.has_metadata_resolver && config.has_jwks_resolver);
    assert_eq!(
        (config.client_certificate.as_deref(), config.client_key.as_deref()),
        (Some("cert.pem"), Some("key.pem"))
    );
}

#[test]
fn texts_convert_to_numbers_and_booleans() {
    let config = accepted(&with([
        ("clockSkew", text(" 5 ")),
        ("responseTimeout", text("1e3")),
        ("introspectJwtTokens", text("TRUE")),
        ("groupOptions", object([("matchAll", text("false"))])),
    ]));
    assert_eq!((config.clock_skew, config.response_timeout), (5.0, 1000.0));
    assert_eq!((config.introspect_jwt_tokens, config.match_all), (true, Some(false)));
}

#[test]
fn group_options_without_members_say_nothing() {
    for groups in [Value::Null, Value::Number(5.0), Value::Function, Value::Array(vec![]), object([])] {
        let config = accepted(&with([("groupOptions", groups)]));
        assert_eq!((config.groups_claim, config.match_all), (None, None));
    }
}

#[test]
fn tenants_are_normalised() {
    let rows = [
        ("https://tenant.example/", "https://tenant.example"),
        ("https://tenant.example//", "https://tenant.example/"),
        ("localhost:5000", "https://localhost:5000"),
        ("HTTPS://tenant.example", "https://HTTPS://tenant.example"),
        ("urn:tenant", "https://urn:tenant"),
        ("http://localhost:5000/", "http://localhost:5000"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:5000/t/", "http://[::1]:5000/t"),
    ];
    for (given, expected) in rows {
        let config = accepted(&options([("tenantDomain", text(given)), ("audience", text("urn:api"))]));
        assert_eq!(config.tenant_domain, expected);
    }
}

#[test]
fn the_built_in_cache_goes_by_its_name() {
    assert!(accepted(&with([("cache", text("memory"))])).has_cache);
}

#[test]
fn verified_tokens_are_remembered_unless_that_is_off() {
    let limits = |options: &Options| accepted(options).jwt_cache.map(|limits| (limits.entries, limits.bytes));
    let with = |value: Value| with([("jwtCache", value)]);
    for default in [Value::Undefined, Value::Null, object([])] {
        assert_eq!(limits(&with(default)), Some((10_000, 16_777_216)));
    }
    assert_eq!(limits(&with(object([("maxEntries", text("7")), ("maxBytes", Value::Number(0.0))]))), Some((7, 0)));
    for off in [Value::Bool(false), object([("maxEntries", Value::Number(0.0))])] {
        assert_eq!(limits(&with(off)), None);
    }
    let (none, zero) = (with(Value::Undefined), variables(&[("JWT_CACHE_MAX_ENTRIES", "0")]));
    assert_eq!(resolve(&none, &zero).map(|config| config.jwt_cache), Ok(None));
    let eight = with(object([("maxEntries", Value::Number(8.0))]));
    assert_eq!(resolve(&eight, &zero).map(|config| config.jwt_cache.map(|limits| limits.entries)), Ok(Some(8)));
}

#[test]
fn the_table_names_every_option_once() {
    let rows: Vec<_> = OPTIONS.iter().map(|row| (row.key, row.env.unwrap_or("-"), row.default.to_string())).collect();
    let shown: Vec<_> = rows.iter().map(|(key, env, default)| format!("{key} {env} {default}")).collect();
    let expected = [
        "tenantDomain MONOCLOUD_BACKEND_TENANT_DOMAIN required",
        "audience MONOCLOUD_BACKEND_AUDIENCE required",
        "clientId MONOCLOUD_BACKEND_CLIENT_ID -",
        "clientSecret MONOCLOUD_BACKEND_CLIENT_SECRET -",
        "clientAuthMethod MONOCLOUD_BACKEND_CLIENT_AUTH_METHOD client_secret_post",
        "trustStoreId MONOCLOUD_BACKEND_TRUST_STORE_ID -",
        "metadataResolver - -",
        "jwksResolver - -",
        "fetcher - -",
        "groupOptions.groupsClaim MONOCLOUD_BACKEND_GROUPS_CLAIM groups",
        "groupOptions.matchAll MONOCLOUD_BACKEND_GROUPS_MATCH_ALL false",
        "clockSkew MONOCLOUD_BACKEND_CLOCK_SKEW 0",
        "clockTolerance MONOCLOUD_BACKEND_CLOCK_TOLERANCE 60",
        "jwksCacheDuration MONOCLOUD_BACKEND_JWKS_CACHE_DURATION 300",
        "metadataCacheDuration MONOCLOUD_BACKEND_METADATA_CACHE_DURATION 300",
        "jwksStaleDuration MONOCLOUD_BACKEND_JWKS_STALE_DURATION 3600",
        "jwksCooldownDuration MONOCLOUD_BACKEND_JWKS_COOLDOWN_DURATION 30",
        "introspectJwtTokens MONOCLOUD_BACKEND_INTROSPECT_JWT_TOKENS false",
        "validateCertificateBinding MONOCLOUD_BACKEND_VALIDATE_CERTIFICATE_BINDING when_present",
        "signatureOffload MONOCLOUD_BACKEND_SIGNATURE_OFFLOAD auto",
        "responseTimeout MONOCLOUD_BACKEND_RESPONSE_TIMEOUT 10000",
        "introspectionCacheDuration MONOCLOUD_BACKEND_INTROSPECTION_CACHE_DURATION 300",
        "cache - -",
        "jwtCache.maxEntries MONOCLOUD_BACKEND_JWT_CACHE_MAX_ENTRIES 10000",
        "jwtCache.maxBytes - 16777216",
        "clientCertificate MONOCLOUD_BACKEND_CLIENT_CERTIFICATE -",
        "clientKey MONOCLOUD_BACKEND_CLIENT_KEY -",
    ];
    assert_eq!(shown, expected);
    assert_eq!(Rule::AtLeast(1000.0).to_string(), "number >= 1000");
    assert_eq!(Rule::OneOf(BindingMode::NAMES).to_string(), "one of when_present, required, dangerously_ignore");
    for row in OPTIONS {
        assert_eq!(row.key.split('.').next(), Some(row.name));
        assert!(row.meaning.ends_with('.') && !row.rule.to_string().is_empty());
    }
}
