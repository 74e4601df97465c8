//! RFC 7517 section 4: one public key, kept only if it can verify signatures safely.

use super::algorithm::{Algorithm, KeyType};
use super::{base64url, der, edwards, signature};
use aws_lc_rs::signature::ParsedPublicKey;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Members that only private or symmetric keys have (RFC 7518 sections 6.2.2, 6.3.2 and 6.4).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A public key with what restricts its use.
pub struct Jwk {
    /// Its place in the set.
    pub index: usize,
    key_id: Option<Value>,
    algorithm: Option<Value>,
    material: Material,
    digest: OnceLock<[u8; 32]>,
    prepared: [OnceLock<Option<ParsedPublicKey>>; Algorithm::ALL.len()],
}

/// Key material in the form the verifier reads.
pub enum Material {
    /// DER RSAPublicKey (RFC 8017 appendix A.1.1).
    Rsa(Vec<u8>),
    /// RSA with a modulus outside the accepted range: kept to name the fault, never to verify.
    RsaOutOfRange,
    /// Uncompressed point (SEC 1 section 2.3.3).
    Ec(KeyType, Vec<u8>),
    Ed25519(Vec<u8>),
}

impl Jwk {
    /// Nothing when the key is private, symmetric, malformed, of an unknown type, or not meant for signatures
    /// (`use`, `key_ops`: RFC 7517 sections 4.2 and 4.3).
    pub fn parse(index: usize, members: &Map<String, Value>) -> Option<Self> {
        let usable = PRIVATE_MEMBERS.iter().all(|name| !members.contains_key(*name))
            && present(members, "use").is_none_or(|r#use| r#use == "sig")
            && present(members, "key_ops").is_none_or(|operations| {
                operations.as_array().is_some_and(|operations| operations.iter().any(|name| name == "verify"))
            });
        if !usable {
            return None;
        }
        Some(Self {
            index,
            key_id: members.get("kid").cloned(),
            algorithm: present(members, "alg").cloned(),
            material: Material::parse(members)?,
            digest: OnceLock::new(),
            prepared: Default::default(),
        })
    }

    /// RFC 7515 section 4.1.4 and RFC 7517 section 4.4: the identifier when the token names one, and the algorithm
    /// when the key names one.
    pub fn fits(&self, algorithm: Algorithm, key_id: Option<&Value>) -> bool {
        key_id.is_none_or(|key_id| self.key_id.as_ref() == Some(key_id))
            && self.algorithm.as_ref().is_none_or(|own| own == algorithm.name())
            && self.material.key_type() == algorithm.key_type()
    }

    pub fn is_out_of_range(&self) -> bool {
        matches!(self.material, Material::RsaOutOfRange)
    }

    /// Of the key material alone: keys that verify the same signatures have the same.
    pub fn digest(&self) -> &[u8; 32] {
        self.digest.get_or_init(|| Sha256::digest(self.material.octets()).into())
    }

    /// The key made ready for one algorithm, once.
    pub fn prepared(&self, algorithm: Algorithm) -> Option<&ParsedPublicKey> {
        let slot = self.prepared.get(algorithm as usize)?;
        slot.get_or_init(|| signature::prepare(&self.material, algorithm)).as_ref()
    }
}

impl Material {
    fn parse(members: &Map<String, Value>) -> Option<Self> {
        let octets = |name: &str| base64url::decode(members.get(name)?.as_str()?.as_bytes());
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        match text("kty")? {
            "RSA" => rsa(&octets("n")?, &octets("e")?),
            "EC" => {
                let (key_type, size) = match text("crv")? {
                    "P-256" => (KeyType::EcP256, 32),
                    "P-384" => (KeyType::EcP384, 48),
                    "P-521" => (KeyType::EcP521, 66),
                    _ => return None,
                };
                let (x, y) = (octets("x")?, octets("y")?);
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                (x.len() == size && y.len() == size).then_some(Self::Ec(key_type, point))
            }
            "OKP" => {
                let x = octets("x")?;
                (text("crv")? == "Ed25519" && x.len() == 32 && !edwards::has_small_order(&x))
                    .then_some(Self::Ed25519(x))
            }
            _ => None,
        }
    }

    fn octets(&self) -> &[u8] {
        match self {
            Self::Rsa(octets) | Self::Ec(_, octets) | Self::Ed25519(octets) => octets,
            Self::RsaOutOfRange => &[],
        }
    }

    pub const fn key_type(&self) -> KeyType {
        match self {
            Self::Rsa(_) | Self::RsaOutOfRange => KeyType::Rsa,
            Self::Ec(key_type, _) => *key_type,
            Self::Ed25519(_) => KeyType::OkpEd25519,
        }
    }
}

/// A member that is there and not null.
fn present<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    members.get(name).filter(|value| !value.is_null())
}

/// Accepts 2048 to 8192 bits and odd exponents from 3 to 2^33 - 1: smaller keys are forgeable, larger ones cost more
/// than a token is worth, and exponent 1 verifies anything.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<Material> {
    let (modulus, exponent) = (der::without_leading_zeros(modulus), der::without_leading_zeros(exponent));
    let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
    let value = exponent.iter().take(8).fold(0u64, |value, octet| value << 8 | u64::from(*octet));
    let exponent_fits = exponent.len() <= 5 && (3..1 << 33).contains(&value) && value % 2 == 1;
    let modulus_odd = modulus.last().is_some_and(|last| last % 2 == 1);
    if !exponent_fits || !modulus_odd {
        return None;
    }
    if !(2048..=8192).contains(&bits) {
        return Some(Material::RsaOutOfRange);
    }
    Some(Material::Rsa(der::sequence(&[modulus, exponent]).to_vec()))
}
