//! Tokens in the compact serialization, and what becomes of them.

use super::keys::{TestKey, key};
use monocloud_backend_node::error::Reason;
use monocloud_backend_node::jose::algorithm::Algorithm;
use monocloud_backend_node::jose::base64url;
use monocloud_backend_node::jose::jwks::KeySet;
use monocloud_backend_node::jose::verification::{Unverified, Verified};
use serde_json::{Value, json};

/// A well signed token with `alg` alone in its header.
pub fn token(algorithm: Algorithm, claims: &Value) -> String {
    let header = json!({"alg": algorithm.name()}).to_string();
    signed(key(algorithm), algorithm, header.as_bytes(), claims.to_string().as_bytes())
}

/// The octets of header and payload as they are.
pub fn signed(key: &TestKey, algorithm: Algorithm, header: &[u8], payload: &[u8]) -> String {
    let input = format!("{}.{}", base64url::encode(header), base64url::encode(payload));
    let signature = key.sign(algorithm, input.as_bytes());
    format!("{input}.{}", base64url::encode(&signature))
}

/// The segments as they are, signed.
pub fn signed_segments(algorithm: Algorithm, header: &str, payload: &str) -> String {
    let input = format!("{header}.{payload}");
    let signature = key(algorithm).sign(algorithm, input.as_bytes());
    format!("{input}.{}", base64url::encode(&signature))
}

/// The token with another signature.
pub fn resigned(token: &str, signature: &[u8]) -> String {
    let (input, _) = token.rsplit_once('.').unwrap();
    format!("{input}.{}", base64url::encode(signature))
}

pub fn signature_of(token: &str) -> Vec<u8> {
    base64url::decode(token.rsplit_once('.').unwrap().1.as_bytes()).unwrap()
}

/// The JWKS document of these keys.
pub fn jwks(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

pub fn verify(token: &str, keys: &[Value]) -> Result<Verified, Reason> {
    let keys = KeySet::parse(jwks(keys).as_bytes()).unwrap();
    Unverified::parse(token)?.verify(&keys)
}

/// How the verification ended.
pub fn verdict(token: &str, keys: &[Value]) -> Result<(), Reason> {
    verify(token, keys).map(|_| ())
}
