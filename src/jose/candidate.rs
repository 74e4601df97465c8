//! RFC 7515 section 5.2: a token taken apart, with the key that has to verify it. Decides as
//! [`super::verification::Unverified`] does, without building anything.

use super::algorithm::Algorithm;
use super::compact::{self, Compact};
use super::header::{self, Header};
use super::jwk::Jwk;
use super::jwks::KeySet;
use super::octets::Octets;
use super::signature;
use crate::error::Reason;

/// Room to decode the signature of an RSA key of up to 4096 bits; longer ones go elsewhere.
const COMMON: usize = 512 + 2;

/// A well-formed token whose signature has not been looked at.
pub struct Candidate<'t, 'k> {
    parts: Compact<'t>,
    signature: Octets<COMMON>,
    keys: &'k KeySet,
    key: &'k Jwk,
    place: usize,
    pub algorithm: Algorithm,
}

impl<'t, 'k> Candidate<'t, 'k> {
    pub fn parse(token: &'t str, keys: &'k KeySet) -> Result<Self, Reason> {
        let parts = compact::split(token).ok_or(Reason::JwtPartsWrong)?;
        let known = keys.known(parts.header);
        let object = if known.is_some() { None } else { Some(header::parse(parts.header)?) };
        let signature = Octets::decode(parts.signature).ok_or(Reason::SignatureMalformed)?;
        let (algorithm, place) = match (known, object) {
            (Some(known), _) => known,
            (None, object) => {
                let header = Header::from_object(object.unwrap_or_default())?;
                (header.algorithm, keys.place(&header)?)
            }
        };
        Ok(Self { parts, signature, keys, key: keys.get(place)?, place, algorithm })
    }

    pub fn verify(&self) -> Result<(), Reason> {
        let key = self.key.prepared(self.algorithm).ok_or(Reason::KeyNotFound)?;
        if !signature::verify(key, self.parts.signing_input.as_bytes(), self.signature.as_slice()) {
            return Err(Reason::SignatureInvalid);
        }
        self.keys.remember(self.parts.header, self.algorithm, self.place);
        Ok(())
    }

    /// Still encoded; worth nothing before [`Candidate::verify`].
    pub const fn payload(&self) -> &'t str {
        self.parts.payload
    }

    pub fn signature(&self) -> &[u8] {
        self.signature.as_slice()
    }

    /// Which key it is, whatever set it is in.
    pub fn key_digest(&self) -> &'k [u8; 32] {
        self.key.digest()
    }
}
