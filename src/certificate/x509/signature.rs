//! The signature of a certificate (RFC 5280 section 4.1.1.3).

use super::Certificate;
use super::public_key::{self, PublicKey};
use crate::certificate::der::{self, Element, INTEGER, OBJECT_IDENTIFIER, Reader, SEQUENCE};
use crate::jose::edwards;
use aws_lc_rs::signature::{self as verify, UnparsedPublicKey, VerificationAlgorithm};

/// Whether the issuer's key made the signature. Let in: RSASSA-PKCS1-v1_5 and RSASSA-PSS with keys of 2048 to 8192 bits,
/// ECDSA on P-256, P-384 and P-521, each with SHA-256, SHA-384 or SHA-512, and Ed25519. MD5 and SHA-1, under which
/// certificates have been forged, are no proof.
pub fn is_signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let fields = &certificate.0;
    let (identifier, signature) = (certificate.part(&fields.algorithm), certificate.part(&fields.signature));
    issuer.public_key().and_then(|key| Some((algorithm(identifier, &key)?, key))).is_some_and(|(algorithm, key)| {
        let key = UnparsedPublicKey::new(algorithm, key.octets);
        key.verify(certificate.part(&fields.signed), signature).is_ok()
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

#[derive(Clone, Copy)]
enum Curve {
    P256,
    P384,
    P521,
}

fn algorithm(identifier: &[u8], key: &PublicKey<'_>) -> Option<&'static dyn VerificationAlgorithm> {
    let mut reader = Reader::new(der::only(identifier, SEQUENCE)?);
    let oid = reader.take(OBJECT_IDENTIFIER)?;
    let parameters = if reader.is_empty() { None } else { Some(reader.element()?) };
    reader.end()?;
    match oid {
        // 1.2.840.113549.1.1: RFC 4055
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, number] if key.algorithm == public_key::RSA => {
            if *number == 10 {
                return Some(pss(pss_hash(parameters?)?));
            }
            // NULL, or nothing.
            if parameters.is_some_and(|parameters| parameters.whole != [5, 0]) {
                return None;
            }
            Some(match number {
                11 => &verify::RSA_PKCS1_2048_8192_SHA256,
                12 => &verify::RSA_PKCS1_2048_8192_SHA384,
                13 => &verify::RSA_PKCS1_2048_8192_SHA512,
                _ => return None,
            })
        }
        // A key that is for RSASSA-PSS alone.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10] if key.algorithm == public_key::RSA_PSS => {
            let hash = pss_hash(parameters?)?;
            // Section 3.1: the key's own parameters, if it has any, bind the signature's.
            match key.parameters {
                Some(own) if pss_hash(own)? != hash => None,
                _ => Some(pss(hash)),
            }
        }
        // 1.2.840.10045.4.3: RFC 5758
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, number] if parameters.is_none() => {
            let hash = match number {
                2 => Hash::Sha256,
                3 => Hash::Sha384,
                4 => Hash::Sha512,
                _ => return None,
            };
            Some(ecdsa(curve(key.curve?)?, hash))
        }
        // RFC 8410. Under a point of small order anyone can sign.
        public_key::ED25519 if key.algorithm == public_key::ED25519 && parameters.is_none() => {
            (!edwards::has_small_order(key.octets)).then_some(&verify::ED25519)
        }
        _ => None,
    }
}

fn pss(hash: Hash) -> &'static dyn VerificationAlgorithm {
    match hash {
        Hash::Sha256 => &verify::RSA_PSS_2048_8192_SHA256,
        Hash::Sha384 => &verify::RSA_PSS_2048_8192_SHA384,
        Hash::Sha512 => &verify::RSA_PSS_2048_8192_SHA512,
    }
}

fn ecdsa(curve: Curve, hash: Hash) -> &'static dyn VerificationAlgorithm {
    match (curve, hash) {
        (Curve::P256, Hash::Sha256) => &verify::ECDSA_P256_SHA256_ASN1,
        (Curve::P256, Hash::Sha384) => &verify::ECDSA_P256_SHA384_ASN1,
        (Curve::P256, Hash::Sha512) => &verify::ECDSA_P256_SHA512_ASN1,
        (Curve::P384, Hash::Sha256) => &verify::ECDSA_P384_SHA256_ASN1,
        (Curve::P384, Hash::Sha384) => &verify::ECDSA_P384_SHA384_ASN1,
        (Curve::P384, Hash::Sha512) => &verify::ECDSA_P384_SHA512_ASN1,
        (Curve::P521, Hash::Sha256) => &verify::ECDSA_P521_SHA256_ASN1,
        (Curve::P521, Hash::Sha384) => &verify::ECDSA_P521_SHA384_ASN1,
        (Curve::P521, Hash::Sha512) => &verify::ECDSA_P521_SHA512_ASN1,
    }
}

fn curve(oid: &[u8]) -> Option<Curve> {
    match oid {
        // 1.2.840.10045.3.1.7
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7] => Some(Curve::P256),
        // 1.3.132.0.34 and 35
        [0x2b, 0x81, 4, 0, 34] => Some(Curve::P384),
        [0x2b, 0x81, 4, 0, 35] => Some(Curve::P521),
        _ => None,
    }
}

/// `RSASSA-PSS-params` (RFC 4055 section 3.1): one hash for the message and MGF1, and a salt as long as it. The default
/// hash is SHA-1.
fn pss_hash(parameters: Element<'_>) -> Option<Hash> {
    let mut reader = Reader::new((parameters.tag == SEQUENCE).then_some(parameters.content)?);
    let own = hash(reader.take_if(0xa0)??)?;
    let mut generator = Reader::new(der::only(reader.take_if(0xa1)??, SEQUENCE)?);
    // 1.2.840.113549.1.1.8
    let is_mgf1 = generator.take(OBJECT_IDENTIFIER)? == [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
    let inner = hash(generator.element()?.whole)?;
    generator.end()?;
    let salt = der::only(reader.take_if(0xa2)??, INTEGER)?;
    if let Some(trailer) = reader.take_if(0xa3)? {
        der::only(trailer, INTEGER).filter(|trailer| *trailer == [1])?;
    }
    reader.end()?;
    let length = match own {
        Hash::Sha256 => 32,
        Hash::Sha384 => 48,
        Hash::Sha512 => 64,
    };
    (is_mgf1 && inner == own && salt == [length]).then_some(own)
}

/// `AlgorithmIdentifier` of a hash: 2.16.840.1.101.3.4.2, with NULL or without.
fn hash(identifier: &[u8]) -> Option<Hash> {
    let mut reader = Reader::new(der::only(identifier, SEQUENCE)?);
    let hash = match reader.take(OBJECT_IDENTIFIER)? {
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, number] => match number {
            1 => Hash::Sha256,
            2 => Hash::Sha384,
            3 => Hash::Sha512,
            _ => return None,
        },
        _ => return None,
    };
    reader.take_if(5)?;
    reader.end()?;
    Some(hash)
}
