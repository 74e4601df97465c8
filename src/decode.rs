//! `decodeJwt`: the claims of a token as text, without any check. Nothing in the core relies on it.

use crate::error::Reason;
use crate::jose::base64url;
use crate::json::{self, Document};

pub fn payload(token: &str) -> Result<String, Reason> {
    let segment = token.split('.').nth(1).filter(|segment| !segment.is_empty()).ok_or(Reason::DecodeNoPayload)?;
    let octets = base64url::decode(segment.as_bytes()).ok_or(Reason::DecodeMalformed)?;
    let text = String::from_utf8(octets).map_err(|_| Reason::DecodeMalformed)?;
    if !text.starts_with('{') {
        return Err(Reason::DecodeNotObject);
    }
    match json::read(text.as_bytes()) {
        Document::Object(_) => Ok(text),
        Document::Other | Document::Malformed => Err(Reason::DecodeMalformed),
    }
}
