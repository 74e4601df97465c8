//! One key pair per key type, made once, and signatures of every accepted algorithm.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{self as aws, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaEncoding};
use monocloud_backend_node::jose::algorithm::{Algorithm, KeyType};
use monocloud_backend_node::jose::base64url;
use serde_json::{Value, json};
use std::sync::LazyLock;

pub struct TestKey {
    pair: Pair,
    /// The public JWK: nothing but the key itself.
    pub jwk: Value,
}

enum Pair {
    Rsa(rsa::KeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// The pair for an algorithm. All of one type share theirs.
pub fn key(algorithm: Algorithm) -> &'static TestKey {
    match algorithm.key_type() {
        KeyType::Rsa => &RSA,
        KeyType::EcP256 => &P256,
        KeyType::EcP384 => &P384,
        KeyType::EcP521 => &P521,
        KeyType::OkpEd25519 => &ED25519,
    }
}

impl TestKey {
    pub fn sign(&self, algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(rsa_encoding(algorithm), &SystemRandom::new(), message, &mut signature).unwrap();
                signature
            }
            Pair::Ec(pair) => pair.sign(&SystemRandom::new(), message).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }

    /// The public JWK with members added or replaced.
    pub fn with(&self, members: &Value) -> Value {
        let mut jwk = self.jwk.clone();
        for (name, value) in members.as_object().unwrap() {
            jwk[name] = value.clone();
        }
        jwk
    }

    /// A member of the public JWK, decoded.
    pub fn octets(&self, name: &str) -> Vec<u8> {
        base64url::decode(self.jwk[name].as_str().unwrap().as_bytes()).unwrap()
    }
}

/// A fresh P-256 key.
pub fn another() -> TestKey {
    elliptic("P-256", &aws::ECDSA_P256_SHA256_FIXED_SIGNING)
}

static RSA: LazyLock<TestKey> = LazyLock::new(|| {
    let pair = rsa::KeyPair::generate(rsa::KeySize::Rsa2048).unwrap();
    let public = pair.public_key();
    let number = |octets: &[u8]| base64url::encode(&octets[octets.iter().take_while(|octet| **octet == 0).count()..]);
    let n = number(public.modulus().big_endian_without_leading_zero());
    let e = number(public.exponent().big_endian_without_leading_zero());
    TestKey { jwk: json!({"kty": "RSA", "n": n, "e": e}), pair: Pair::Rsa(pair) }
});
static P256: LazyLock<TestKey> = LazyLock::new(|| elliptic("P-256", &aws::ECDSA_P256_SHA256_FIXED_SIGNING));
static P384: LazyLock<TestKey> = LazyLock::new(|| elliptic("P-384", &aws::ECDSA_P384_SHA384_FIXED_SIGNING));
static P521: LazyLock<TestKey> = LazyLock::new(|| elliptic("P-521", &aws::ECDSA_P521_SHA512_FIXED_SIGNING));
static ED25519: LazyLock<TestKey> = LazyLock::new(|| {
    let pair = Ed25519KeyPair::generate().unwrap();
    let x = base64url::encode(pair.public_key().as_ref());
    TestKey { jwk: json!({"kty": "OKP", "crv": "Ed25519", "x": x}), pair: Pair::Ed(pair) }
});

fn elliptic(curve: &str, signing: &'static aws::EcdsaSigningAlgorithm) -> TestKey {
    let pair = EcdsaKeyPair::generate(signing).unwrap();
    let point = pair.public_key().as_ref();
    let (x, y) = point[1..].split_at(point.len() / 2);
    let jwk = json!({"kty": "EC", "crv": curve, "x": base64url::encode(x), "y": base64url::encode(y)});
    TestKey { jwk, pair: Pair::Ec(pair) }
}

fn rsa_encoding(algorithm: Algorithm) -> &'static dyn RsaEncoding {
    match algorithm {
        Algorithm::Rs256 => &aws::RSA_PKCS1_SHA256,
        Algorithm::Rs384 => &aws::RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &aws::RSA_PKCS1_SHA512,
        Algorithm::Ps256 => &aws::RSA_PSS_SHA256,
        Algorithm::Ps384 => &aws::RSA_PSS_SHA384,
        Algorithm::Ps512 => &aws::RSA_PSS_SHA512,
        other => panic!("{} is not RSA", other.name()),
    }
}
