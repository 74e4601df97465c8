//! From a response to a document or to claims: status, body, shape, and what the failure tells.

use super::support::script::response;
use monocloud_backend_node::document::{Document, Kind};
use monocloud_backend_node::error::{Failure, Kind as Class, Reason};
use monocloud_backend_node::introspection;
use monocloud_backend_node::request::Response;
use serde_json::{Value, json};

const KINDS: [(Kind, &str, &str); 2] = [
    (Kind::Metadata, "Error while fetching metadata.", "a JSON object"),
    (Kind::Jwks, "Error while fetching JWKS.", "a JSON Web Key Set"),
];

fn refusal(kind: Kind, response: Response) -> Failure {
    Document::from_response(kind, response).err().expect("a failure")
}

fn told(failure: &Failure) -> (Reason, &str, Option<u16>) {
    let raw = failure.detail.as_ref().and_then(|detail| detail.raw.as_ref());
    (failure.reason, &failure.message, raw.map(|raw| raw.status))
}

#[test]
fn only_status_200_brings_a_document() {
    for (kind, activity, _) in KINDS {
        assert!(Document::from_response(kind, response(200, r#"{"keys":[]}"#)).is_ok());
        for status in [201, 204, 302, 304, 400, 401, 403, 404, 429, 500, 503] {
            let failure = refusal(kind, response(status, r#"{"keys":[]}"#));
            let message = format!("{activity} Unexpected status code: {status}");
            assert_eq!(told(&failure), (Reason::StatusUnexpected, message.as_str(), Some(status)));
        }
    }
}

#[test]
fn a_body_that_is_no_json() {
    for (kind, ..) in KINDS {
        for body in [&b""[..], b"<html>", b"{", b"{}{}", b"{\"a\":\"\xff\"}", b"\xff\xfe{\0}\0", b"undefined"] {
            let failure = refusal(kind, Response { status: 200, body: body.to_vec(), ..Response::default() });
            let message = "Failed to parse response body as JSON : ";
            assert_eq!(told(&failure), (Reason::BodyMalformed, message, Some(200)));
            assert!(failure.detail.is_some_and(|detail| detail.json), "V8 completes the message");
        }
        assert!(Document::from_response(kind, response(200, "\u{feff}{\"keys\":[]}")).is_ok(), "a byte order mark");
    }
}

#[test]
fn a_document_of_another_shape_is_the_tenants_fault() {
    for (kind, activity, shape) in KINDS {
        for body in ["null", "[]", "7", "\"text\"", "true"] {
            let failure = refusal(kind, response(200, body));
            let message = format!("{activity} The response is not {shape}");
            assert_eq!(told(&failure), (Reason::DocumentMalformed, message.as_str(), Some(200)), "{body}");
            assert_eq!(failure.reason.kind(), Class::Http);
        }
    }
    for body in ["{}", r#"{"keys":null}"#, r#"{"keys":{}}"#] {
        assert_eq!(refusal(Kind::Jwks, response(200, body)).reason, Reason::DocumentMalformed, "{body}");
    }
}

fn introspected(status: u16, body: &str) -> Result<Value, Failure> {
    let claims = introspection::claims(response(status, body))?;
    Ok(Value::Object(claims.object().clone()))
}

#[test]
fn only_true_is_active() {
    let active = introspected(200, r#"{"active":true,"sub":"user","exp":1}"#);
    assert_eq!(active.ok(), Some(json!({"sub": "user", "exp": 1})));
    for body in [
        r#"{"active":false}"#,
        r#"{"active":"true"}"#,
        r#"{"active":"false"}"#,
        r#"{"active":1}"#,
        r#"{"active":null}"#,
        r#"{"active":{}}"#,
        r#"{"active":[true]}"#,
        r#"{"active":true,"active":false}"#,
        r#"{"Active":true}"#,
        "{}",
    ] {
        let failure = introspected(200, body).expect_err("inactive");
        assert_eq!(failure.reason, Reason::Inactive, "{body}");
        assert_eq!(failure.message, "Token is not active. The introspection endpoint returned active=false");
    }
}

#[test]
fn an_introspection_answer_of_another_shape_says_nothing_about_the_token() {
    for body in ["null", "[]", "[{\"active\":true}]", "7", "\"active\"", "true"] {
        let failure = introspected(200, body).expect_err("malformed");
        assert_eq!(failure.reason, Reason::DocumentMalformed, "{body}");
    }
    for (status, body, reason) in [
        (200, "", Reason::BodyMalformed),
        (200, "<html>", Reason::BodyMalformed),
        (204, "", Reason::StatusUnexpected),
        (302, "", Reason::StatusUnexpected),
        (403, "{}", Reason::StatusUnexpected),
        (429, "{}", Reason::StatusUnexpected),
        (500, r#"{"active":true}"#, Reason::StatusUnexpected),
    ] {
        let failure = introspected(status, body).expect_err("refused");
        assert_eq!(told(&failure).2, Some(status));
        assert_eq!(failure.reason, reason, "{status} {body}");
        if reason == Reason::StatusUnexpected {
            let message = format!("Error while performing token introspection. Unexpected status code: {status}");
            assert_eq!(failure.message, message);
        }
    }
}

#[test]
fn a_refused_client_is_told_what_the_tenant_said() {
    let (text, nothing) = ("Token introspection failed", json!(""));
    for (status, body, error, description) in [
        (401, r#"{"error":"invalid_client","error_description":"no"}"#, json!("invalid_client"), json!("no")),
        (400, r#"{"error":"invalid_request"}"#, json!("invalid_request"), json!(text)),
        (401, "", json!("invalid_client"), json!(text)),
        (400, "", json!("introspection_failed"), json!(text)),
        (401, "<html>", json!("invalid_client"), json!(text)),
        (400, "null", json!("introspection_failed"), json!(text)),
        (400, "[]", json!("introspection_failed"), json!(text)),
        (400, "\"error\"", json!("introspection_failed"), json!(text)),
        (401, r#"{"error":null,"error_description":null}"#, json!("invalid_client"), json!(text)),
        (401, r#"{"error":"","error_description":""}"#, nothing.clone(), nothing),
        (400, r#"{"error":7,"error_description":["x"]}"#, json!(7), json!(["x"])),
        (400, r#"{"error":false,"error_description":{}}"#, json!(false), json!({})),
    ] {
        let failure = introspected(status, body).expect_err("refused");
        assert_eq!((failure.reason, failure.reason.kind()), (Reason::IntrospectionRefused, Class::Op));
        let detail = failure.detail.expect("a detail");
        assert_eq!(detail.op, Some((error.clone(), description)), "{status} {body}");
        assert_eq!(detail.raw.map(|raw| raw.status), Some(status));
        if let Some(error) = error.as_str() {
            assert_eq!(failure.message, error);
        }
    }
}
