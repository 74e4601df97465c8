//! Constructor before environment before default.

use super::super::{BindingMode, ClientAuthMethod, ClientSecret};
use super::*;

fn from(env: &[(&str, &str)], options: &Options) -> Result<Config, String> {
    resolve(options, &variables(env)).map_err(|error| error.message)
}

#[test]
fn the_environment_alone_suffices() {
    let config = from(
        &[
            ("TENANT_DOMAIN", "https://env.example/"),
            ("AUDIENCE", "urn:env"),
            ("CLIENT_ID", "id"),
            ("CLIENT_SECRET", "secret"),
            ("CLIENT_AUTH_METHOD", "client_secret_basic"),
            ("TRUST_STORE_ID", "store"),
            ("GROUPS_CLAIM", "roles"),
            ("GROUPS_MATCH_ALL", " True "),
            ("CLOCK_SKEW", "5abc"),
            ("CLOCK_TOLERANCE", " 7 "),
            ("JWKS_CACHE_DURATION", "1"),
            ("METADATA_CACHE_DURATION", "2"),
            ("INTROSPECT_JWT_TOKENS", "TRUE"),
            ("VALIDATE_CERTIFICATE_BINDING", "dangerously_ignore"),
            ("RESPONSE_TIMEOUT", "2000.9"),
            ("INTROSPECTION_CACHE_DURATION", "0"),
            ("CLIENT_CERTIFICATE", "cert.pem"),
            ("CLIENT_KEY", "key.pem"),
        ],
        &Options::default(),
    );
    let config = config.unwrap();
    assert_eq!((config.tenant_domain.as_str(), config.audience.as_str()), ("https://env.example", "urn:env"));
    assert_eq!((config.client_id.as_deref(), config.trust_store_id.as_deref()), (Some("id"), Some("store")));
    assert!(matches!(config.client_secret, Some(ClientSecret::Text(text)) if *text == "secret"));
    assert_eq!(config.client_auth_method, ClientAuthMethod::ClientSecretBasic);
    assert_eq!((config.groups_claim.as_deref(), config.match_all), (Some("roles"), Some(true)));
    assert_eq!((config.clock_skew, config.clock_tolerance), (5.0, 7.0));
    assert_eq!((config.jwks_cache_duration, config.metadata_cache_duration), (Some(1.0), Some(2.0)));
    assert_eq!(config.validate_certificate_binding, BindingMode::DangerouslyIgnore);
    assert_eq!((config.response_timeout, config.introspection_cache_duration), (2000.0, 0.0));
    assert!(config.introspect_jwt_tokens);
    assert_eq!(
        (config.client_certificate.as_deref(), config.client_key.as_deref()),
        (Some("cert.pem"), Some("key.pem"))
    );
}

#[test]
fn the_constructor_wins_and_null_counts_as_absent() {
    let env = [("CLIENT_ID", "env"), ("CLOCK_SKEW", "5"), ("INTROSPECT_JWT_TOKENS", "true")];
    let given =
        [("clientId", text("own")), ("clockSkew", Value::Number(0.0)), ("introspectJwtTokens", Value::Bool(false))];
    let config = from(&env, &with(given)).unwrap();
    assert_eq!(
        (config.client_id.as_deref(), config.clock_skew, config.introspect_jwt_tokens),
        (Some("own"), 0.0, false)
    );
    for absent in [Value::Null, Value::Undefined] {
        let given = ["clientId", "clockSkew", "introspectJwtTokens"].map(|name| (name, absent.clone()));
        let config = from(&env, &with(given)).unwrap();
        assert_eq!(
            (config.client_id.as_deref(), config.clock_skew, config.introspect_jwt_tokens),
            (Some("env"), 5.0, true)
        );
    }
    let empty = from(&env, &with([("clientId", text(""))]));
    assert_eq!(empty.unwrap_err(), "\"clientId\" is not allowed to be empty");
}

#[test]
fn group_options_merge_member_by_member() {
    let env = [("GROUPS_CLAIM", "env"), ("GROUPS_MATCH_ALL", "true")];
    let config = from(&env, &with([("groupOptions", object([("groupsClaim", text("own"))]))])).unwrap();
    assert_eq!((config.groups_claim.as_deref(), config.match_all), (Some("own"), Some(true)));
    let config = from(&env, &with([("groupOptions", object([("matchAll", Value::Bool(false))]))])).unwrap();
    assert_eq!((config.groups_claim.as_deref(), config.match_all), (Some("env"), Some(false)));
}

#[test]
fn variables_that_are_no_number_or_boolean_are_not_set() {
    for other in ["", "x", "Infinity"] {
        let config = from(&[("CLOCK_TOLERANCE", other), ("JWKS_CACHE_DURATION", other)], &with([])).unwrap();
        assert_eq!((config.clock_tolerance, config.jwks_cache_duration), (60.0, None), "{other}");
    }
    for other in ["", "1", "yes"] {
        let config = from(&[("INTROSPECT_JWT_TOKENS", other), ("GROUPS_MATCH_ALL", other)], &with([])).unwrap();
        assert_eq!((config.introspect_jwt_tokens, config.match_all), (false, None), "{other}");
    }
}

#[test]
fn variables_keep_the_rules() {
    let rows = [
        ("CLIENT_ID", "", "\"clientId\" is not allowed to be empty"),
        ("CLIENT_SECRET", "", "\"clientSecret\" is not allowed to be empty"),
        ("TRUST_STORE_ID", "", "\"trustStoreId\" is not allowed to be empty"),
        ("GROUPS_CLAIM", "", "\"groupOptions.groupsClaim\" is not allowed to be empty"),
        ("CLIENT_CERTIFICATE", "", "\"clientCertificate\" is not allowed to be empty"),
        ("CLIENT_KEY", "", "\"clientKey\" is not allowed to be empty"),
        ("CLIENT_KEY", "key.pem", "\"clientCertificate\" and \"clientKey\" must be given together"),
        ("CLOCK_SKEW", "-5", "\"clockSkew\" must be greater than or equal to 0"),
        ("CLOCK_SKEW", "100000000000000000000", "\"clockSkew\" must be a safe number"),
        ("RESPONSE_TIMEOUT", "999.9", "\"responseTimeout\" must be greater than or equal to 1000"),
        (
            "VALIDATE_CERTIFICATE_BINDING",
            "",
            "\"validateCertificateBinding\" must be one of [when_present, required, dangerously_ignore]",
        ),
    ];
    for (name, value, message) in rows {
        assert_eq!(from(&[(name, value)], &with([])).err().as_deref(), Some(message), "{name}");
    }
    for (name, key) in [("TENANT_DOMAIN", "tenantDomain"), ("AUDIENCE", "audience")] {
        let mut env = vec![("TENANT_DOMAIN", "https://x"), ("AUDIENCE", "urn:x")];
        env.retain(|(other, _)| *other != name);
        env.push((name, ""));
        let message = from(&env, &Options::default()).unwrap_err();
        assert_eq!(message, format!("\"{key}\" is not allowed to be empty"));
    }
    let certificate = with([("clientCertificate", text("cert.pem"))]);
    assert!(from(&[("CLIENT_KEY", "key.pem")], &certificate).is_ok());
}

#[test]
fn an_infinite_variable_is_refused() {
    let digits = "9".repeat(400);
    let message = from(&[("CLOCK_SKEW", &digits)], &with([])).unwrap_err();
    assert_eq!(message, "\"clockSkew\" cannot be infinity");
}
