//! Signing under the algorithms of RFC 7518 section 3.1, RFC 8037 and RFC 9864, with keys that are checked once.

use super::ClientAuthError;
use crate::jose::base64url;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::EcdsaKeyPair;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// A key bound to the one algorithm it signs with. Never printed; wiped when dropped.
pub enum Signer {
    Jwt(Algorithm, EncodingKey),
    /// ES512, which jsonwebtoken does not know.
    Es512(EcdsaKeyPair),
}

impl Signer {
    /// RFC 7518 section 3.2. Keys shorter than the hash are accepted, because deployed client secrets are.
    pub fn hmac(algorithm: &str, key: &[u8]) -> Result<Self, ClientAuthError> {
        let hash = match algorithm {
            "HS256" => Algorithm::HS256,
            "HS384" => Algorithm::HS384,
            "HS512" => Algorithm::HS512,
            _ => return Err(ClientAuthError::UnsupportedAlgorithm),
        };
        if key.is_empty() {
            return Err(unusable(algorithm, "the key must not be empty"));
        }
        Ok(Self::Jwt(hash, EncodingKey::from_secret(key)))
    }

    /// RFC 7518 section 6.4.
    pub fn from_secret_jwk(algorithm: &str, jwk: &Map<String, Value>) -> Result<Self, ClientAuthError> {
        if !matches!(algorithm, "HS256" | "HS384" | "HS512") {
            return Err(ClientAuthError::UnsupportedAlgorithm);
        }
        Self::hmac(algorithm, &octets(algorithm, jwk, "k")?)
    }

    /// RSA and Ed25519 signatures as they are, ECDSA as r || s (RFC 7518 section 3.4). The provider is named, never
    /// taken from the process-wide default, which panics when there is more than one.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ClientAuthError> {
        let signature = match self {
            Self::Jwt(algorithm, key) => {
                (DEFAULT_PROVIDER.signer_factory)(algorithm, key).ok().and_then(|signer| signer.try_sign(message).ok())
            }
            Self::Es512(key) => {
                key.sign(&SystemRandom::new(), message).ok().map(|signature| signature.as_ref().to_vec())
            }
        };
        signature.ok_or_else(|| ClientAuthError::UnusableKey("the clientSecret key did not sign".to_owned()))
    }
}

/// A base64url member of the key (RFC 7518 section 6), wiped after use.
pub fn octets(algorithm: &str, jwk: &Map<String, Value>, name: &str) -> Result<Zeroizing<Vec<u8>>, ClientAuthError> {
    jwk.get(name)
        .and_then(Value::as_str)
        .and_then(|text| base64url::decode(text.as_bytes()))
        .map(Zeroizing::new)
        .ok_or_else(|| unusable(algorithm, &format!("its member \"{name}\" is missing or not base64url")))
}

/// Names the algorithm and the fault, never the key.
pub fn unusable(algorithm: &str, fault: &str) -> ClientAuthError {
    ClientAuthError::UnusableKey(format!("clientSecret cannot be used to sign with {algorithm}: {fault}"))
}
