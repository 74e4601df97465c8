//! Which client secret goes with which authentication method.

use super::super::{ClientAuthMethod, ClientSecret};
use super::*;

const NOT_TEXT: &str = "\"clientSecret\" must be a string";
const NOT_JWK: &str = "clientSecret must be a valid JWK when clientAuthMethod is 'private_key_jwt'";

fn secret(method: &str, secret: Value) -> Result<Option<ClientSecret>, String> {
    let options = with([("clientSecret", secret), ("clientAuthMethod", text(method))]);
    resolve(&options, &variables(&[])).map(|config| config.client_secret).map_err(|error| error.message)
}

fn jwk(kty: &str) -> Value {
    object([("kty", text(kty)), ("key_ops", Value::Array(vec![text("sign")]))])
}

#[test]
fn private_key_jwt_needs_an_object() {
    let expected = r#"{"kty":"EC","key_ops":["sign"]}"#;
    for given in [jwk("EC"), text(expected)] {
        let Ok(Some(ClientSecret::Jwk(members))) = secret("private_key_jwt", given) else { panic!("no JWK") };
        assert_eq!(serde_json::Value::Object(members).to_string(), expected);
    }
    assert!(matches!(secret("private_key_jwt", object([])), Ok(Some(ClientSecret::Jwk(empty))) if empty.is_empty()));
    for absent in [Value::Null, Value::Undefined] {
        assert!(matches!(secret("private_key_jwt", absent), Ok(None)));
    }
    let others = [text("secret"), text(""), text("{}"), text(r#"{"kty":1}"#), Value::Number(5.0), Value::Array(vec![])];
    for other in others {
        assert_eq!(secret("private_key_jwt", other).unwrap_err(), NOT_JWK);
    }
}

#[test]
fn client_secret_jwt_takes_a_text_or_a_symmetric_key() {
    assert!(matches!(secret("client_secret_jwt", text("secret")), Ok(Some(ClientSecret::Text(_)))));
    for given in [jwk("oct"), text(r#"{"kty":"oct","k":"AA"}"#)] {
        assert!(matches!(secret("client_secret_jwt", given), Ok(Some(ClientSecret::Jwk(_)))));
    }
    for other in [jwk("RSA"), jwk("OCT"), object([]), text(r#"{"kty":"EC"}"#), Value::Number(5.0)] {
        assert_eq!(secret("client_secret_jwt", other).unwrap_err(), NOT_TEXT);
    }
}

#[test]
fn every_other_method_needs_a_text() {
    for method in ClientAuthMethod::NAMES.iter().filter(|name| !name.ends_with("_jwt") || **name == "spiffe_jwt") {
        assert!(matches!(secret(method, text("a.b.c")), Ok(Some(ClientSecret::Text(kept))) if *kept == "a.b.c"));
        assert!(matches!(secret(method, text("{\"a\":1}")), Ok(Some(ClientSecret::Text(_)))));
        assert!(matches!(secret(method, Value::Undefined), Ok(None)));
        assert_eq!(secret(method, text("")).unwrap_err(), "\"clientSecret\" is not allowed to be empty");
        for other in [jwk("oct"), text(r#"{"kty":"oct"}"#), object([]), Value::Number(5.0), Value::Function] {
            assert_eq!(secret(method, other).unwrap_err(), NOT_TEXT, "{method}");
        }
    }
}

#[test]
fn a_key_in_the_environment_is_json() {
    let env = variables(&[("CLIENT_SECRET", r#"{"kty":"RSA"}"#), ("CLIENT_AUTH_METHOD", "private_key_jwt")]);
    let config = resolve(&with([]), &env).unwrap();
    assert!(matches!(config.client_secret, Some(ClientSecret::Jwk(_))));
}

#[test]
fn the_secret_is_reported_before_the_method() {
    assert_eq!(secret("other", Value::Number(5.0)).unwrap_err(), NOT_TEXT);
    assert!(secret("other", text("secret")).unwrap_err().starts_with("\"clientAuthMethod\""));
}

#[test]
fn configurations_print_no_secrets() {
    let config = accepted(&with([
        ("clientSecret", text("hunter2")),
        ("clientCertificate", text("cert.pem")),
        ("clientKey", text("hunter2")),
    ]));
    let shown = format!("{config:?}");
    assert!(shown.contains("cert.pem") && !shown.contains("hunter2"), "{shown}");
}
