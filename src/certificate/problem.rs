//! Answers to requests whose client certificate is refused, as problem details (RFC 9457).

use super::requirement::Refusal;
use serde_json::json;

pub struct Problem {
    pub status: u16,
    /// JSON.
    pub body: String,
}

/// `detail` is what the application wants to be said; `request` the UUID of the answer.
pub fn to_refusal(refusal: Refusal, detail: &str, request: &str) -> Problem {
    match refusal {
        Refusal::Missing => Problem { status: 401, body: required() },
        _ => Problem { status: 403, body: forbidden(detail, request) },
    }
}

/// The application's own function failed: nothing is said of the certificate.
pub fn to_exception(request: &str) -> Problem {
    let body = json!({
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "instance": instance(request),
    });
    Problem { status: 500, body: body.to_string() }
}

fn required() -> String {
    let body = json!({
        "type": "https://daloyjs.dev/errors/client-certificate-required",
        "title": "Client certificate required",
        "status": 401,
    });
    body.to_string()
}

fn forbidden(detail: &str, request: &str) -> String {
    let body = json!({
        "type": "https://daloyjs.dev/errors/forbidden",
        "title": "Forbidden",
        "detail": detail,
        "status": 403,
        "instance": instance(request),
    });
    body.to_string()
}

/// RFC 9457 section 3.1.5.
fn instance(request: &str) -> String {
    format!("urn:request:{request}")
}
