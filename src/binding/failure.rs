//! Failures as plain objects; JavaScript makes its error classes of them.

use crate::error::{Failure, Kind};
use crate::request::Response;
use napi_derive::napi;

/// A refusal: everything that JavaScript needs to build the error.
#[napi(object)]
pub struct NativeFailure {
    /// `token`, `http`, `op` or `validation`.
    pub kind: String,
    /// Stable reason code, for operators.
    pub reason: String,
    pub message: String,
    /// The `code` of a token error.
    pub code: Option<String>,
    pub raw: Option<NativeResponse>,
    /// JSON text of the tenant's `error`.
    pub error: Option<String>,
    /// JSON text of the tenant's `error_description`.
    pub error_description: Option<String>,
    /// System or TLS code of a failed connection.
    pub cause_code: Option<String>,
    pub cause: Option<String>,
    /// Seconds after which it is worth trying again.
    pub retry_after: Option<f64>,
    /// The body was not JSON: V8's own message completes this one.
    pub json: bool,
}

/// An HTTP response whose body has been read.
#[napi(object)]
pub struct NativeResponse {
    pub status: u32,
    pub status_text: String,
    /// Name and value by turns; names in lower case.
    pub headers: Vec<String>,
    pub body: String,
}

impl From<Failure> for NativeFailure {
    fn from(failure: Failure) -> Self {
        let (kind, code) = match failure.reason.kind() {
            Kind::Token(code) => ("token", Some(code.as_str().to_owned())),
            Kind::Http => ("http", None),
            Kind::Op => ("op", None),
            Kind::Validation => ("validation", None),
        };
        let retry_after = failure.retry_after();
        let detail = failure.detail.map(|detail| *detail).unwrap_or_default();
        let (error, error_description) = match detail.op {
            Some((error, description)) => (Some(error.to_string()), Some(description.to_string())),
            None => (None, None),
        };
        Self {
            kind: kind.to_owned(),
            reason: failure.reason.code().to_owned(),
            message: failure.message.into_owned(),
            code,
            raw: detail.raw.map(Into::into),
            error,
            error_description,
            cause_code: detail.code,
            cause: detail.cause,
            retry_after,
            json: detail.json,
        }
    }
}

impl From<Response> for NativeResponse {
    fn from(response: Response) -> Self {
        Self {
            status: response.status.into(),
            status_text: response.status_text,
            headers: response.headers.into_iter().flat_map(|(name, value)| [name, value]).collect(),
            body: String::from_utf8_lossy(&response.body).into_owned(),
        }
    }
}

impl From<NativeResponse> for Response {
    fn from(response: NativeResponse) -> Self {
        let mut pairs = response.headers.into_iter();
        let mut headers = Vec::new();
        while let (Some(name), Some(value)) = (pairs.next(), pairs.next()) {
            headers.push((name, value));
        }
        Self {
            status: u16::try_from(response.status).unwrap_or(u16::MAX),
            status_text: response.status_text,
            headers,
            body: response.body.into_bytes(),
        }
    }
}
