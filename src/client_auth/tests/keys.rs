//! Fresh keys for the tests, as JWKs.

use crate::config::ClientSecret;
use crate::jose::base64url;
use aws_lc_rs::encoding::{AsBigEndian, AsDer};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{EcdsaKeyPair, EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// A private JWK without `alg`, and its public key in the form the verifier reads.
pub struct TestKey {
    pub jwk: Value,
    pub public: Vec<u8>,
}

pub static RSA: LazyLock<TestKey> = LazyLock::new(|| {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
    let pkcs8 = pair.as_der().unwrap();
    // PrivateKeyInfo (RFC 5958 section 2) holds the RSAPrivateKey (RFC 8017 appendix A.1.2) as its last element.
    let info = elements(elements(pkcs8.as_ref())[0]);
    let integers = elements(elements(info[2])[0]);
    let names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];
    let mut jwk = json!({"kty": "RSA"});
    for (name, integer) in names.iter().zip(&integers[1..]) {
        let zeros = integer.iter().take_while(|octet| **octet == 0).count();
        jwk[name] = base64url::encode(&integer[zeros..]).into();
    }
    TestKey { jwk, public: pair.public_key().as_ref().to_vec() }
});

/// The contents of the elements that make up a piece of DER.
fn elements(mut der: &[u8]) -> Vec<&[u8]> {
    let mut contents = Vec::new();
    while !der.is_empty() {
        let octets = if der[1] < 0x80 { 0 } else { usize::from(der[1] & 0x7f) };
        let start = 2 + octets;
        let length =
            if octets == 0 { der[1].into() } else { der[2..start].iter().fold(0, |n, o| n << 8 | usize::from(*o)) };
        contents.push(&der[start..start + length]);
        der = &der[start + length..];
    }
    contents
}

pub fn elliptic(curve: &str, signing: &'static EcdsaSigningAlgorithm) -> TestKey {
    let pair = EcdsaKeyPair::generate(signing).unwrap();
    let public = pair.public_key().as_ref().to_vec();
    let (x, y) = public[1..].split_at(public.len() / 2);
    let d = pair.private_key().as_be_bytes().unwrap();
    let jwk = json!({
        "kty": "EC", "crv": curve,
        "x": base64url::encode(x), "y": base64url::encode(y), "d": base64url::encode(d.as_ref()),
    });
    TestKey { jwk, public }
}

pub fn ed25519() -> TestKey {
    let pair = Ed25519KeyPair::generate().unwrap();
    let public = pair.public_key().as_ref().to_vec();
    let seed = pair.seed().unwrap().as_be_bytes().unwrap();
    let jwk = json!({
        "kty": "OKP", "crv": "Ed25519", "x": base64url::encode(&public), "d": base64url::encode(seed.as_ref()),
    });
    TestKey { jwk, public }
}

/// A JWK with members replaced; null removes one.
pub fn with(jwk: &Value, changes: Value) -> ClientSecret {
    let mut members: Map<String, Value> = jwk.as_object().unwrap().clone();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => members.shift_remove(name),
            value => members.insert(name.clone(), value.clone()),
        };
    }
    ClientSecret::Jwk(members)
}
