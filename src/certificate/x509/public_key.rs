//! The subject's public key (RFC 5280 section 4.1.2.7).

use super::oid;
use crate::certificate::der::{self, BIT_STRING, Element, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE};

/// 1.2.840.113549.1.1.1
pub const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
/// 1.2.840.113549.1.1.10
pub const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
/// 1.2.840.10045.2.1
pub const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
/// 1.3.101.112
pub const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// `SubjectPublicKeyInfo`.
#[derive(Clone, Copy)]
pub struct PublicKey<'a> {
    /// The DER content of the OBJECT IDENTIFIER.
    pub algorithm: &'a [u8],
    /// The named curve of an EC key, as the DER content of its OBJECT IDENTIFIER.
    pub curve: Option<&'a [u8]>,
    pub parameters: Option<Element<'a>>,
    /// The content of the BIT STRING: `RSAPublicKey`, the point.
    pub octets: &'a [u8],
}

/// `RSAPublicKey` (RFC 8017 appendix A.1.1): magnitudes without leading zeros.
pub struct RsaNumbers {
    pub modulus: Vec<u8>,
    pub exponent: Vec<u8>,
}

impl<'a> PublicKey<'a> {
    pub fn read(spki: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(der::only(spki, SEQUENCE)?);
        let mut identifier = Reader::new(reader.take(SEQUENCE)?);
        let octets = der::octets_of_bits(reader.take(BIT_STRING)?)?;
        reader.end()?;
        let algorithm = identifier.take(OBJECT_IDENTIFIER).filter(|oid| oid::is_well_formed(oid))?;
        let parameters = if identifier.is_empty() { None } else { Some(identifier.element()?) };
        identifier.end()?;
        let curve = match parameters {
            // RFC 5480 section 2.1.1: a named curve. One that is spelt out is not looked into.
            Some(curve) if algorithm == EC && curve.tag == OBJECT_IDENTIFIER => {
                Some(curve.content).filter(|oid| oid::is_well_formed(oid)).map(Some)?
            }
            Some(curve) if algorithm == EC && curve.tag != SEQUENCE => return None,
            _ => None,
        };
        Some(Self { algorithm, curve, parameters, octets })
    }

    pub fn rsa(&self) -> Option<RsaNumbers> {
        let mut reader = Reader::new(der::only(self.octets, SEQUENCE)?);
        let [modulus, exponent] = [reader.take(INTEGER)?, reader.take(INTEGER)?].map(|content| {
            let (negative, magnitude) = der::integer(content)?;
            (!negative && !magnitude.is_empty()).then_some(magnitude)
        });
        reader.end()?;
        Some(RsaNumbers { modulus: modulus?, exponent: exponent? })
    }
}
