//! X.509 certificates (RFC 5280), read once and strictly.

mod alternative_name;
mod attribute_type;
mod chain;
mod curve;
mod effort;
pub mod extensions;
mod legacy;
mod name;
mod normalized;
mod oid;
mod print;
mod public_key;
mod signature;
mod text;
mod validity;

pub use alternative_name::{AlternativeName, OtherName};
pub use attribute_type::AttributeType;
pub use chain::Chain;
pub use effort::Effort;
pub use extensions::{BasicConstraints, Extensions, KeyUsage};
pub use name::{Attribute, Name};
pub use normalized::normalize;
pub use validity::Validity;

use super::der::{self, BIT_STRING, INTEGER, Reader, SEQUENCE};
use crate::jose::base64url;
use aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY;
use public_key::PublicKey;
use sha2::{Digest, Sha256, Sha512};
use std::sync::Arc;
use validity::Time;

/// The longest certificate that is read, in octets of DER. A header holds at most 64 KiB.
pub const MAX_DER: usize = 64 * 1024;

/// One certificate. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Certificate(Arc<Fields>);

#[derive(Debug)]
struct Fields {
    der: Box<[u8]>,
    /// The signed part: its place in the DER.
    signed: std::ops::Range<usize>,
    /// Upper-case hexadecimal.
    serial: String,
    issuer: Name,
    not_before: Time,
    not_after: Time,
    subject: Name,
    /// `SubjectPublicKeyInfo`: its place in the DER.
    key: std::ops::Range<usize>,
    extensions: Extensions,
    /// `AlgorithmIdentifier` of the signature: its place in the DER.
    algorithm: std::ops::Range<usize>,
    signature: std::ops::Range<usize>,
}

impl Certificate {
    /// Exactly one certificate in DER, and nothing after it. Refused as well: more than 64 KiB, more than 64 extensions,
    /// extensions twice or in a certificate of version 1 or 2, and names, times or read extensions that are not well-formed.
    pub fn parse(der: &[u8]) -> Option<Self> {
        if der.len() > MAX_DER {
            return None;
        }
        let mut certificate = Reader::new(der::only(der, SEQUENCE)?);
        let signed = certificate.element().filter(|element| element.tag == SEQUENCE)?;
        let algorithm = certificate.element().filter(|element| element.tag == SEQUENCE)?;
        let signature = der::octets_of_bits(certificate.take(BIT_STRING)?)?;
        certificate.end()?;

        let mut fields = Reader::new(signed.content);
        let version = match fields.take_if(0xa0)? {
            Some(content) => match der::only(content, INTEGER)? {
                [version @ 0..=2] => *version,
                _ => return None,
            },
            None => 0,
        };
        let serial = serial(fields.take(INTEGER)?)?;
        // RFC 5280 section 4.1.1.2: the algorithm is named twice, and both are the same.
        if fields.element()?.whole != algorithm.whole {
            return None;
        }
        let issuer = Name::read(fields.take(SEQUENCE)?)?;
        let mut dates = Reader::new(fields.take(SEQUENCE)?);
        let (not_before, not_after) = (Time::read(dates.element()?)?, Time::read(dates.element()?)?);
        dates.end()?;
        let subject = Name::read(fields.take(SEQUENCE)?)?;
        let key = fields.element()?;
        PublicKey::read(key.whole)?;
        // issuerUniqueID and subjectUniqueID
        for tag in [0x81, 0x82] {
            if let Some(content) = fields.take_if(tag)? {
                der::bits(content)?;
            }
        }
        let extensions = match fields.take_if(0xa3)? {
            Some(content) if version == 2 => Extensions::read(der::only(content, SEQUENCE)?)?,
            Some(_) => return None,
            None => Extensions::default(),
        };
        fields.end()?;

        let place = |part: &[u8]| {
            let start = part.as_ptr().addr().checked_sub(der.as_ptr().addr())?;
            Some(start..start.checked_add(part.len())?)
        };
        Some(Self(Arc::new(Fields {
            signed: place(signed.whole)?,
            serial,
            issuer,
            not_before,
            not_after,
            subject,
            key: place(key.whole)?,
            extensions,
            algorithm: place(algorithm.whole)?,
            signature: place(signature)?,
            der: der.into(),
        })))
    }

    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    pub fn subject(&self) -> &Name {
        &self.0.subject
    }

    pub fn issuer(&self) -> &Name {
        &self.0.issuer
    }

    /// Empty where the certificate has none.
    pub fn alternative_names(&self) -> &[AlternativeName] {
        self.0.extensions.alternative_names.as_deref().unwrap_or_default()
    }

    pub fn extensions(&self) -> &Extensions {
        &self.0.extensions
    }

    /// Seconds since the epoch.
    pub fn not_before(&self) -> i64 {
        self.0.not_before.seconds()
    }

    /// Seconds since the epoch; the certificate is valid in that second still.
    pub fn not_after(&self) -> i64 {
        self.0.not_after.seconds()
    }

    /// RFC 5280 section 4.1.2.5. `now_s` in seconds since the epoch; `tolerance_s` widens both ends.
    pub fn validity_at(&self, now_s: f64, tolerance_s: f64) -> Validity {
        Validity::at(self.not_before(), self.not_after(), now_s, tolerance_s)
    }

    /// Upper-case hexadecimal, whole octets; `-` before a negative number.
    pub fn serial(&self) -> &str {
        &self.0.serial
    }

    pub fn sha1(&self) -> [u8; 20] {
        let digest = aws_lc_rs::digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, self.der());
        digest.as_ref().try_into().unwrap_or_default()
    }

    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.der()).into()
    }

    pub fn sha512(&self) -> [u8; 64] {
        Sha512::digest(self.der()).into()
    }

    /// `x5t#S256` (RFC 8705 section 3.1).
    pub fn thumbprint(&self) -> String {
        base64url::encode(&self.sha256())
    }

    /// RFC 7468, lines of 64 characters, each ended by a line feed.
    pub fn pem(&self) -> String {
        text::pem(self.der())
    }

    /// Whether the issuer's name is the other's subject and the other's key made the signature.
    pub fn is_issued_by(&self, issuer: &Self) -> bool {
        self.names_issuer(issuer) && self.is_signed_by(issuer)
    }

    /// Whether the issuer's name is the other's subject (RFC 5280 section 6.1.3 (a) (4)).
    pub fn names_issuer(&self, issuer: &Self) -> bool {
        self.issuer().matches(issuer.subject())
    }

    /// Whether the other's key made the signature (RFC 5280 section 6.1.3 (a) (1)).
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        signature::is_signed_by(self, issuer)
    }

    /// RFC 5280 section 6.1: issuer and subject are the same name.
    pub fn is_self_issued(&self) -> bool {
        self.issuer().matches(self.subject())
    }

    /// `cA` of RFC 5280 section 4.2.1.9, not contradicted by the key usage.
    pub fn is_ca(&self) -> bool {
        let extensions = self.extensions();
        extensions.basic_constraints.is_some_and(|constraints| constraints.ca)
            && extensions.key_usage.is_none_or(KeyUsage::key_cert_sign)
    }

    fn public_key(&self) -> Option<PublicKey<'_>> {
        PublicKey::read(self.part(&self.0.key))
    }

    fn part(&self, place: &std::ops::Range<usize>) -> &[u8] {
        self.0.der.get(place.clone()).unwrap_or_default()
    }
}

fn serial(content: &[u8]) -> Option<String> {
    let (negative, magnitude) = der::integer(content)?;
    Some(match (negative, magnitude.is_empty()) {
        (_, true) => "0".to_owned(),
        (true, _) => format!("-{}", text::hex(&magnitude)),
        (false, _) => text::hex(&magnitude),
    })
}
