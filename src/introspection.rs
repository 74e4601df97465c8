//! RFC 7662: asking the tenant about a token, and reading its answer.

use crate::claims::Claims;
use crate::client_auth::{self, ClientAuthentication};
use crate::document::{self, expect_ok, read_json};
use crate::error::{Detail, Failure, Reason};
use crate::request::{Purpose, Request, Response};
use serde_json::Value;

/// Section 2.1.
pub fn request(url: String, token: &str, authentication: ClientAuthentication) -> Request {
    let body = client_auth::form_body(token, &authentication);
    let mut headers = vec![
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("accept", "application/json".to_owned()),
    ];
    let mutual_tls = authentication.mutual_tls;
    headers.extend(authentication.authorization.map(|value| ("authorization", value)));
    Request { purpose: Purpose::Introspection, url, headers, body: Some(body), mutual_tls }
}

/// Section 2.2. Only the boolean `true` is active; an answer that is no JSON object says nothing about the token.
pub fn claims(response: Response) -> Result<Claims, Failure> {
    if matches!(response.status, 400 | 401) {
        return Err(refusal(response));
    }
    let response = expect_ok(Purpose::Introspection, response)?;
    let Value::Object(mut members) = read_json(&response)? else {
        return Err(document::malformed(Purpose::Introspection, "a JSON object", response));
    };
    match members.shift_remove("active") {
        Some(Value::Bool(true)) => Ok(Claims::from_introspection(members)),
        _ => Err(Reason::Inactive.into()),
    }
}

/// RFC 6749 section 5.2. Members of any type are kept as they are.
fn refusal(response: Response) -> Failure {
    let body = read_json(&response).unwrap_or_default();
    let member = |name: &str, fallback: &str| match body.get(name) {
        Some(value) if !value.is_null() => value.clone(),
        _ => Value::from(fallback),
    };
    let fallback = if response.status == 401 { "invalid_client" } else { "introspection_failed" };
    let error = member("error", fallback);
    let description = member("error_description", "Token introspection failed");
    let message = error.as_str().map_or_else(|| error.to_string(), str::to_owned);
    Failure::with_detail(
        Reason::IntrospectionRefused,
        message,
        Detail { raw: Some(response), op: Some((error, description)), ..Detail::default() },
    )
}
