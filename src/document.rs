//! From an HTTP response to the JSON document it should hold, and how long a document stays fresh.

use crate::error::{Detail, Failure, Reason};
use crate::jose::jwks::KeySet;
use crate::json::Object;
use crate::request::{Purpose, Response};
use serde_json::Value;
use std::sync::Arc;

/// Which of the two documents of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Metadata,
    Jwks,
}

/// A document that can be used, with what the core reads of it.
#[derive(Clone)]
pub struct Document {
    pub text: Arc<str>,
    pub content: Content,
}

#[derive(Clone)]
pub enum Content {
    Metadata(Arc<Object>),
    Keys(Arc<KeySet>),
}

const ENDPOINTS: [&str; 3] = ["jwks_uri", "introspection_endpoint", "mtls_endpoint_aliases"];

impl Document {
    /// Nothing when the text is no document of this kind.
    pub fn parse(kind: Kind, text: &str) -> Option<Self> {
        let content = match kind {
            Kind::Metadata => match serde_json::from_str(text) {
                Ok(Value::Object(object)) => Content::Metadata(Arc::new(object)),
                _ => return None,
            },
            Kind::Jwks => Content::Keys(KeySet::parse(text.as_bytes()).ok()?),
        };
        Some(Self { text: text.into(), content })
    }

    /// A key set without a single usable key, or metadata without an endpoint that validations need: a tenant in
    /// trouble, or something in its place.
    pub fn is_empty(&self) -> bool {
        match &self.content {
            Content::Keys(keys) => keys.is_empty(),
            Content::Metadata(metadata) => !ENDPOINTS.iter().any(|name| metadata.contains_key(*name)),
        }
    }

    /// Why an empty document does not replace one that has something.
    pub fn refused_as_empty(&self) -> Failure {
        let message = match &self.content {
            Content::Keys(_) => "Error while fetching JWKS. The new set holds no usable key",
            Content::Metadata(_) => "Error while fetching metadata. The new metadata names no endpoint",
        };
        Failure::new(Reason::DocumentMalformed, message)
    }

    /// Reads a response; a document of the wrong shape is the tenant's fault, never the token's.
    pub fn from_response(kind: Kind, response: Response) -> Result<Self, Failure> {
        let purpose = kind.purpose();
        let response = expect_ok(purpose, response)?;
        if let Some(document) = body_text(&response).and_then(|text| Self::parse(kind, text)) {
            return Ok(document);
        }
        read_json(&response)?;
        let shape = match kind {
            Kind::Metadata => "a JSON object",
            Kind::Jwks => "a JSON Web Key Set",
        };
        Err(malformed(purpose, shape, response))
    }
}

impl Kind {
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Metadata => Purpose::Discovery,
            Self::Jwks => Purpose::Jwks,
        }
    }
}

pub const fn activity(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Discovery => "Error while fetching metadata.",
        Purpose::Jwks => "Error while fetching JWKS.",
        Purpose::Introspection => "Error while performing token introspection.",
    }
}

/// Exactly 200; anything else is an error with the response attached.
pub fn expect_ok(purpose: Purpose, response: Response) -> Result<Response, Failure> {
    if response.status == 200 {
        return Ok(response);
    }
    Err(Failure::with_detail(
        Reason::StatusUnexpected,
        format!("{} Unexpected status code: {}", activity(purpose), response.status),
        Detail { raw: Some(response), ..Detail::default() },
    ))
}

/// A byte order mark is passed over, as `Response.text()` does.
fn body_text(response: &Response) -> Option<&str> {
    std::str::from_utf8(response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body)).ok()
}

/// The body as a JSON value.
pub fn read_json(response: &Response) -> Result<Value, Failure> {
    match body_text(response).and_then(|text| serde_json::from_str(text).ok()) {
        Some(read) => Ok(read),
        None => Err(Failure::with_detail(
            Reason::BodyMalformed,
            "Failed to parse response body as JSON : ",
            Detail { raw: Some(response.clone()), json: true, ..Detail::default() },
        )),
    }
}

pub fn malformed(purpose: Purpose, shape: &str, response: Response) -> Failure {
    Failure::with_detail(
        Reason::DocumentMalformed,
        format!("{} The response is not {shape}", activity(purpose)),
        Detail { raw: Some(response), ..Detail::default() },
    )
}
