//! The base class takes what it gets.

use super::super::{ClientAuthMethod, ClientSecret, unchecked};
use super::*;

#[test]
fn nothing_is_validated() {
    let config = unchecked("tenant.example/", &text("not a uri"), &Options::default());
    assert_eq!((config.tenant_domain.as_str(), config.audience.as_str()), ("https://tenant.example", "not a uri"));
    assert_eq!(config.client_auth_method, ClientAuthMethod::ClientSecretBasic);
    assert_eq!((config.clock_skew, config.clock_tolerance, config.response_timeout), (0.0, 60.0, 0.0));
    assert_eq!((config.client_id, config.match_all, config.jwks_cache_duration), (None, None, None));
    assert!(config.client_secret.is_none() && !config.has_cache && !config.has_fetcher);
    let local = unchecked("http://localhost:5000", &Value::Undefined, &Options::default());
    assert_eq!((local.tenant_domain.as_str(), local.audience.as_str()), ("http://localhost:5000", ""));
}

#[test]
fn what_is_there_arrives() {
    let given = options([
        ("clientId", text("id")),
        ("clientSecret", object([("kty", text("oct"))])),
        ("clientAuthMethod", text("private_key_jwt")),
        ("trustStoreId", text("store")),
        ("groupOptions", object([("groupsClaim", text("")), ("matchAll", text("yes"))])),
        ("clockSkew", Value::Number(-5.0)),
        ("clockTolerance", Value::Number(0.0)),
        ("metadataCacheDuration", Value::Number(f64::INFINITY)),
        ("responseTimeout", Value::Number(1.0)),
        ("fetcher", Value::Function),
        ("metadataResolver", Value::Function),
        ("jwksResolver", Value::Function),
        ("clientCertificate", text("cert.pem")),
        ("clientKey", text("key.pem")),
    ]);
    let config = unchecked("https://x", &text("urn:api"), &given);
    assert_eq!((config.client_id.as_deref(), config.trust_store_id.as_deref()), (Some("id"), Some("store")));
    assert!(matches!(config.client_secret, Some(ClientSecret::Jwk(_))));
    assert_eq!(config.client_auth_method, ClientAuthMethod::PrivateKeyJwt);
    assert_eq!((config.groups_claim.as_deref(), config.match_all), (Some(""), Some(true)));
    assert_eq!((config.clock_skew, config.clock_tolerance, config.response_timeout), (-5.0, 0.0, 1.0));
    assert_eq!(config.metadata_cache_duration, Some(f64::INFINITY));
    assert!(config.has_fetcher && config.has_metadata_resolver && config.has_jwks_resolver);
    assert_eq!(
        (config.client_certificate.as_deref(), config.client_key.as_deref()),
        (Some("cert.pem"), Some("key.pem"))
    );
}

#[test]
fn what_cannot_be_counts_as_absent() {
    let given = options([
        ("clientId", text("")),
        ("clientSecret", Value::Number(5.0)),
        ("clientAuthMethod", text("other")),
        ("clockTolerance", Value::Number(f64::NAN)),
        ("fetcher", Value::Null),
        ("groupOptions", Value::Null),
    ]);
    let config = unchecked("https://x", &Value::Number(5.0), &given);
    assert_eq!((config.client_id, config.audience.as_str()), (None, ""));
    assert!(config.client_secret.is_none() && !config.has_fetcher);
    assert_eq!((config.clock_tolerance, config.match_all), (60.0, None));
    assert_eq!(config.client_auth_method, ClientAuthMethod::ClientSecretBasic);
    let kept = unchecked("https://x", &Value::Null, &options([("clientSecret", text(r#"{"kty":"oct"}"#))]));
    assert!(matches!(kept.client_secret, Some(ClientSecret::Text(_))));
}
