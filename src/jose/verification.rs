//! RFC 7519 section 7.2: from the text of a token to a payload whose signature is good.

use super::algorithm::Algorithm;
use super::header::{self, Header};
use super::jwks::KeySet;
use super::{base64url, compact, signature};
use crate::claims::Claims;
use crate::error::Reason;
use crate::json::{self, Document, Object};

/// A token that is well formed. Its signature has not been looked at, so its claims cannot be read.
pub struct Unverified<'a> {
    signing_input: &'a str,
    payload: &'a str,
    header: Object,
    signature: Vec<u8>,
}

/// The payload of a token whose signature is good, as text and as claims: both from the same bytes.
pub struct Verified {
    pub text: String,
    pub claims: Claims,
    pub algorithm: Algorithm,
}

impl<'a> Unverified<'a> {
    pub fn parse(token: &'a str) -> Result<Self, Reason> {
        let parts = compact::split(token).ok_or(Reason::JwtPartsWrong)?;
        let header = header::parse(parts.header)?;
        let signature = base64url::decode(parts.signature.as_bytes()).ok_or(Reason::SignatureMalformed)?;
        Ok(Self { signing_input: parts.signing_input, payload: parts.payload, header, signature })
    }

    pub fn verify(self, keys: &KeySet) -> Result<Verified, Reason> {
        let header = Header::from_object(self.header)?;
        let key = keys.choose(&header)?.prepared(header.algorithm).ok_or(Reason::KeyNotFound)?;
        if !signature::verify(key, self.signing_input.as_bytes(), &self.signature) {
            return Err(Reason::SignatureInvalid);
        }
        let octets = base64url::decode(self.payload.as_bytes()).ok_or(Reason::JwtPayloadMalformed)?;
        let claims = match json::read(&octets) {
            Document::Object(object) => Claims::from_verified(object),
            Document::Other => return Err(Reason::JwtPayloadNotObject),
            Document::Malformed => return Err(Reason::JwtPayloadMalformed),
        };
        let text = String::from_utf8(octets).map_err(|_| Reason::JwtPayloadMalformed)?;
        Ok(Verified { text, claims, algorithm: header.algorithm })
    }
}
