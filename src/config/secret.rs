//! Values that must not be printed.

use super::Value;
use serde_json::{Map, Number};
use std::fmt;
use std::ops::Deref;
use zeroize::Zeroizing;

/// A secret text, wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

/// The members of a JWK (RFC 7517 section 4).
pub type Jwk = Map<String, serde_json::Value>;

/// `clientSecret`: a shared secret, a JWT-SVID, or a key.
#[derive(Clone)]
pub enum ClientSecret {
    Text(Zeroizing<String>),
    Jwk(Jwk),
}

/// A text that is a JSON object with a string `kty` is a JWK; every other text stays as it is.
pub fn parse_client_secret(text: &str) -> ClientSecret {
    match serde_json::from_str(text) {
        Ok(serde_json::Value::Object(jwk)) if jwk.get("kty").is_some_and(serde_json::Value::is_string) => {
            ClientSecret::Jwk(jwk)
        }
        _ => ClientSecret::text(text),
    }
}

/// The members as `JSON.stringify` would write them.
pub(super) fn jwk(members: &[(String, Value)]) -> Jwk {
    members.iter().filter_map(|(name, value)| Some((name.clone(), json(value)?))).collect()
}

impl Secret {
    pub(super) fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl ClientSecret {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(Zeroizing::new(text.to_owned()))
    }
}

impl Deref for Secret {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Text(_) => "ClientSecret::Text(…)",
            Self::Jwk(_) => "ClientSecret::Jwk(…)",
        })
    }
}

fn json(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::Undefined | Value::Function => return None,
        Value::Null => serde_json::Value::Null,
        Value::Bool(bool) => (*bool).into(),
        Value::Number(number) => json_number(*number),
        Value::String(text) => text.as_str().into(),
        Value::Array(items) => items.iter().map(|item| json(item).unwrap_or_default()).collect(),
        Value::Object(members) => jwk(members).into(),
    })
}

fn json_number(number: f64) -> serde_json::Value {
    const SAFE: f64 = 9_007_199_254_740_991.0;
    if number.fract() == 0.0 && number.abs() <= SAFE {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within ±(2^53 − 1)")]
        let whole = number as i64;
        return whole.into();
    }
    Number::from_f64(number).map_or(serde_json::Value::Null, serde_json::Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_with_a_string_kty_is_a_jwk() {
        for text in [r#"{"kty":"oct","k":"AA"}"#, " {\"kty\":\"\"}\n", r#"{"kty":1,"kty":"RSA"}"#] {
            assert!(matches!(parse_client_secret(text), ClientSecret::Jwk(_)), "{text}");
        }
        for text in
            ["", "secret", "{}", r#"{"kty":1}"#, r#"{"kty":null}"#, r#"[{"kty":"oct"}]"#, "{\"kty\":\"oct\"", "5"]
        {
            assert!(matches!(parse_client_secret(text), ClientSecret::Text(kept) if *kept == text), "{text}");
        }
    }

    #[test]
    fn members_convert_as_json_stringify_writes_them() {
        let text = |text: &str| Value::String(text.to_owned());
        let members = [
            ("kty".to_owned(), text("RSA")),
            ("key_ops".to_owned(), Value::Array(vec![text("sign"), Value::Undefined])),
            ("iat".to_owned(), Value::Number(1_700_000_000.0)),
            ("half".to_owned(), Value::Number(0.5)),
            ("nan".to_owned(), Value::Number(f64::NAN)),
            ("ext".to_owned(), Value::Bool(true)),
            ("none".to_owned(), Value::Null),
            ("gone".to_owned(), Value::Undefined),
            ("call".to_owned(), Value::Function),
        ];
        let expected = concat!(
            r#"{"kty":"RSA","key_ops":["sign",null],"iat":1700000000,"#,
            r#""half":0.5,"nan":null,"ext":true,"none":null}"#
        );
        assert_eq!(serde_json::Value::Object(jwk(&members)).to_string(), expected);
    }

    #[test]
    fn nothing_of_a_secret_is_printed() {
        let secrets =
            (Secret::new("hunter2"), parse_client_secret("hunter2"), parse_client_secret(r#"{"kty":"hunter2"}"#));
        assert!(!format!("{secrets:?}").contains("hunter2"));
        assert_eq!(&*secrets.0, "hunter2");
    }
}
