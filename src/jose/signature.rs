//! RFC 7518 section 3 and RFC 8037 section 3.1: is this the signature of these bytes under this key.

use super::algorithm::Algorithm;
use super::jwk::Material;
use aws_lc_rs::signature as aws;
use aws_lc_rs::signature::{ParsedPublicKey, VerificationAlgorithm};

/// Parses the material for one algorithm. Nothing when it is no valid key for it (a point off the curve, say).
pub fn prepare(material: &Material, algorithm: Algorithm) -> Option<ParsedPublicKey> {
    if material.key_type() != algorithm.key_type() {
        return None;
    }
    match material {
        Material::Rsa(octets) | Material::Ec(_, octets) | Material::Ed25519(octets) => {
            ParsedPublicKey::new(verification(algorithm), octets).ok()
        }
        Material::RsaOutOfRange => None,
    }
}

/// ECDSA signatures are the raw concatenation r || s (RFC 7518 section 3.4); the PSS salt is as long as the hash
/// (section 3.5).
pub fn verify(key: &ParsedPublicKey, signing_input: &[u8], signature: &[u8]) -> bool {
    key.verify_sig(signing_input, signature).is_ok()
}

fn verification(algorithm: Algorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        Algorithm::Rs256 => &aws::RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &aws::RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &aws::RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &aws::RSA_PSS_2048_8192_SHA256,
        Algorithm::Ps384 => &aws::RSA_PSS_2048_8192_SHA384,
        Algorithm::Ps512 => &aws::RSA_PSS_2048_8192_SHA512,
        Algorithm::Es256 => &aws::ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &aws::ECDSA_P384_SHA384_FIXED,
        Algorithm::Es512 => &aws::ECDSA_P521_SHA512_FIXED,
        Algorithm::EdDsa | Algorithm::Ed25519 => &aws::ED25519,
    }
}
