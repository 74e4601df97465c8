//! Private JWKs made ready to sign: RFC 7518 sections 6.2.2 and 6.3.2, RFC 8037 section 2.

use super::ClientAuthError;
use super::signer::{Signer, octets, unusable};
use crate::jose::algorithm::Algorithm;
use crate::jose::der;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair,
};
use jsonwebtoken::{Algorithm as Jwt, EncodingKey};
use serde_json::{Map, Value};

impl Signer {
    /// The key must be of the one type that the algorithm takes; `use`, `key_ops` and `ext` are not looked at. The PSS
    /// salt is as long as the hash (RFC 7518 section 3.5).
    pub fn from_private_jwk(algorithm: Algorithm, jwk: &Map<String, Value>) -> Result<Self, ClientAuthError> {
        match algorithm {
            Algorithm::Rs256 => rsa(algorithm, jwk, Jwt::RS256),
            Algorithm::Rs384 => rsa(algorithm, jwk, Jwt::RS384),
            Algorithm::Rs512 => rsa(algorithm, jwk, Jwt::RS512),
            Algorithm::Ps256 => rsa(algorithm, jwk, Jwt::PS256),
            Algorithm::Ps384 => rsa(algorithm, jwk, Jwt::PS384),
            Algorithm::Ps512 => rsa(algorithm, jwk, Jwt::PS512),
            Algorithm::Es256 => {
                let key = elliptic(algorithm, jwk, "P-256", 32, &ECDSA_P256_SHA256_FIXED_SIGNING)?;
                encoded(algorithm, Jwt::ES256, &key)
            }
            Algorithm::Es384 => {
                let key = elliptic(algorithm, jwk, "P-384", 48, &ECDSA_P384_SHA384_FIXED_SIGNING)?;
                encoded(algorithm, Jwt::ES384, &key)
            }
            Algorithm::Es512 => {
                elliptic(algorithm, jwk, "P-521", 66, &ECDSA_P521_SHA512_FIXED_SIGNING).map(Self::Es512)
            }
            Algorithm::EdDsa | Algorithm::Ed25519 => ed25519(algorithm, jwk),
        }
    }
}

/// The primes and the CRT members must be there: RFC 7518 section 6.3.2 lets a producer leave them out, but without
/// them the key cannot be checked. Multi-prime keys (`oth`) are refused.
fn rsa(algorithm: Algorithm, jwk: &Map<String, Value>, jwt: Jwt) -> Result<Signer, ClientAuthError> {
    let name = algorithm.name();
    if !has(jwk, "kty", "RSA") {
        return Err(unusable(name, "the JWK must have \"kty\" \"RSA\""));
    }
    if jwk.contains_key("oth") {
        return Err(unusable(name, "keys of more than two primes (\"oth\") are not supported"));
    }
    let member = |member| octets(name, jwk, member);
    // RSAPrivateKey (RFC 8017 appendix A.1.2), version two-prime.
    let key = der::sequence(&[
        &[0],
        &member("n")?,
        &member("e")?,
        &member("d")?,
        &member("p")?,
        &member("q")?,
        &member("dp")?,
        &member("dq")?,
        &member("qi")?,
    ]);
    match rsa::KeyPair::from_der(&key) {
        Ok(_) => Ok(Signer::Jwt(jwt, EncodingKey::from_rsa_der(&key))),
        Err(_) => Err(unusable(
            name,
            "n, e, d, p, q, dp, dq and qi must belong together, with a modulus of 2048 to 8192 bits",
        )),
    }
}

fn elliptic(
    algorithm: Algorithm,
    jwk: &Map<String, Value>,
    curve: &str,
    size: usize,
    signing: &'static EcdsaSigningAlgorithm,
) -> Result<EcdsaKeyPair, ClientAuthError> {
    let name = algorithm.name();
    if !has(jwk, "kty", "EC") || !has(jwk, "crv", curve) {
        return Err(unusable(name, &format!("the JWK must have \"kty\" \"EC\" and \"crv\" \"{curve}\"")));
    }
    let (x, y, d) = (octets(name, jwk, "x")?, octets(name, jwk, "y")?, octets(name, jwk, "d")?);
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    let fits = [&x, &y, &d].iter().all(|coordinate| coordinate.len() == size);
    fits.then(|| EcdsaKeyPair::from_private_key_and_public_key(signing, &d, &point).ok())
        .flatten()
        .ok_or_else(|| unusable(name, &format!("x, y and d must belong together, with {size} octets each")))
}

fn encoded(algorithm: Algorithm, jwt: Jwt, key: &EcdsaKeyPair) -> Result<Signer, ClientAuthError> {
    let pkcs8 = key.to_pkcs8v1().map_err(|_| unusable(algorithm.name(), "it cannot be encoded"))?;
    Ok(Signer::Jwt(jwt, EncodingKey::from_ec_der(pkcs8.as_ref())))
}

fn ed25519(algorithm: Algorithm, jwk: &Map<String, Value>) -> Result<Signer, ClientAuthError> {
    let name = algorithm.name();
    if !has(jwk, "kty", "OKP") || !has(jwk, "crv", "Ed25519") {
        return Err(unusable(name, "the JWK must have \"kty\" \"OKP\" and \"crv\" \"Ed25519\""));
    }
    let key = Ed25519KeyPair::from_seed_and_public_key(&octets(name, jwk, "d")?, &octets(name, jwk, "x")?)
        .map_err(|_| unusable(name, "x and d must belong together, with 32 octets each"))?;
    let pkcs8 = key.to_pkcs8v1().map_err(|_| unusable(name, "it cannot be encoded"))?;
    Ok(Signer::Jwt(Jwt::EdDSA, EncodingKey::from_ed_der(pkcs8.as_ref())))
}

fn has(jwk: &Map<String, Value>, name: &str, value: &str) -> bool {
    jwk.get(name).is_some_and(|member| member == value)
}
