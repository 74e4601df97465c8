//! Private JWKs made ready to sign: RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2.

use super::ClientAuthError;
use super::signer::{Signer, octets, unusable};
use crate::jose::algorithm::Algorithm;
use aws_lc_rs::rsa::{self, KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature as aws;
use aws_lc_rs::signature::{EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, RsaEncoding};
use serde_json::{Map, Value};

impl Signer {
    /// The key must be of the one type that the algorithm takes; `use`, `key_ops` and `ext` are not looked at. The PSS
    /// salt is as long as the hash (RFC 7518 section 3.5).
    pub fn from_private_jwk(algorithm: Algorithm, jwk: &Map<String, Value>) -> Result<Self, ClientAuthError> {
        match algorithm {
            Algorithm::Rs256 => rsa(algorithm, jwk, &aws::RSA_PKCS1_SHA256),
            Algorithm::Rs384 => rsa(algorithm, jwk, &aws::RSA_PKCS1_SHA384),
            Algorithm::Rs512 => rsa(algorithm, jwk, &aws::RSA_PKCS1_SHA512),
            Algorithm::Ps256 => rsa(algorithm, jwk, &aws::RSA_PSS_SHA256),
            Algorithm::Ps384 => rsa(algorithm, jwk, &aws::RSA_PSS_SHA384),
            Algorithm::Ps512 => rsa(algorithm, jwk, &aws::RSA_PSS_SHA512),
            Algorithm::Es256 => elliptic(algorithm, jwk, "P-256", 32, &aws::ECDSA_P256_SHA256_FIXED_SIGNING),
            Algorithm::Es384 => elliptic(algorithm, jwk, "P-384", 48, &aws::ECDSA_P384_SHA384_FIXED_SIGNING),
            Algorithm::Es512 => elliptic(algorithm, jwk, "P-521", 66, &aws::ECDSA_P521_SHA512_FIXED_SIGNING),
            Algorithm::EdDsa | Algorithm::Ed25519 => ed25519(algorithm, jwk),
        }
    }
}

/// The primes and the CRT members must be there: RFC 7518 section 6.3.2 lets a producer leave them out, but without
/// them the key cannot be checked. Multi-prime keys (`oth`) are refused.
fn rsa(
    algorithm: Algorithm,
    jwk: &Map<String, Value>,
    encoding: &'static dyn RsaEncoding,
) -> Result<Signer, ClientAuthError> {
    let name = algorithm.name();
    if !has(jwk, "kty", "RSA") {
        return Err(unusable(name, "the JWK must have \"kty\" \"RSA\""));
    }
    if jwk.contains_key("oth") {
        return Err(unusable(name, "keys of more than two primes (\"oth\") are not supported"));
    }
    let member = |member| octets(name, jwk, member);
    let (modulus, exponent) = (member("n")?, member("e")?);
    let components = KeyPairComponents {
        public_key: PublicKeyComponents { n: without_leading_zeros(&modulus), e: without_leading_zeros(&exponent) },
        d: member("d")?,
        p: member("p")?,
        q: member("q")?,
        dP: member("dp")?,
        dQ: member("dq")?,
        qInv: member("qi")?,
    };
    rsa::KeyPair::from_components(&components).map(|key| Signer::Rsa(key, encoding)).map_err(|_| {
        unusable(name, "n, e, d, p, q, dp, dq and qi must belong together, with a modulus of 2048 to 8192 bits")
    })
}

fn elliptic(
    algorithm: Algorithm,
    jwk: &Map<String, Value>,
    curve: &str,
    size: usize,
    signing: &'static EcdsaSigningAlgorithm,
) -> Result<Signer, ClientAuthError> {
    let name = algorithm.name();
    if !has(jwk, "kty", "EC") || !has(jwk, "crv", curve) {
        return Err(unusable(name, &format!("the JWK must have \"kty\" \"EC\" and \"crv\" \"{curve}\"")));
    }
    let (x, y, d) = (octets(name, jwk, "x")?, octets(name, jwk, "y")?, octets(name, jwk, "d")?);
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    let fits = [&x, &y, &d].iter().all(|coordinate| coordinate.len() == size);
    fits.then(|| EcdsaKeyPair::from_private_key_and_public_key(signing, &d, &point).ok())
        .flatten()
        .map(Signer::Ecdsa)
        .ok_or_else(|| unusable(name, &format!("x, y and d must belong together, with {size} octets each")))
}

fn ed25519(algorithm: Algorithm, jwk: &Map<String, Value>) -> Result<Signer, ClientAuthError> {
    let name = algorithm.name();
    if !has(jwk, "kty", "OKP") || !has(jwk, "crv", "Ed25519") {
        return Err(unusable(name, "the JWK must have \"kty\" \"OKP\" and \"crv\" \"Ed25519\""));
    }
    Ed25519KeyPair::from_seed_and_public_key(&octets(name, jwk, "d")?, &octets(name, jwk, "x")?)
        .map(Signer::Ed25519)
        .map_err(|_| unusable(name, "x and d must belong together, with 32 octets each"))
}

fn has(jwk: &Map<String, Value>, name: &str, value: &str) -> bool {
    jwk.get(name).is_some_and(|member| member == value)
}

fn without_leading_zeros(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}
