//! RFC 7515 section 4: the JOSE header of a token.

use super::{algorithm::Algorithm, base64url};
use crate::error::Reason;
use crate::json::{self, Document, Object};
use serde_json::Value;

/// What the choice of a key needs. `typ` is not looked at.
pub struct Header {
    pub algorithm: Algorithm,
    /// Section 4.1.4. Any JSON value: it only ever has to equal the key's own.
    pub key_id: Option<Value>,
}

/// Reads the encoded header and refuses critical extensions (section 4.1.11). The algorithm is left to
/// [`Header::from_object`], so that a token with several faults fails on the same one as in the published SDK.
pub fn parse(segment: &str) -> Result<Object, Reason> {
    let octets = base64url::decode(segment.as_bytes()).ok_or(Reason::JwtHeaderMalformed)?;
    match json::read(&octets) {
        Document::Object(object) if object.contains_key("crit") => Err(Reason::JwtCritical),
        Document::Object(object) => Ok(object),
        Document::Other => Err(Reason::JwtHeaderNotObject),
        Document::Malformed => Err(Reason::JwtHeaderMalformed),
    }
}

impl Header {
    pub fn from_object(mut object: Object) -> Result<Self, Reason> {
        let algorithm =
            object.get("alg").and_then(Value::as_str).and_then(Algorithm::parse).ok_or(Reason::AlgorithmUnsupported)?;
        Ok(Self { algorithm, key_id: object.swap_remove("kid") })
    }
}
