//! A certificate as Node 20 describes it: `X509Certificate#toLegacyObject`, `getPeerCertificate()`.

use super::alternative_name::AlternativeName;
use super::extensions::AccessDescription;
use super::name::Name;
use super::public_key::{self, PublicKey};
use super::{Certificate, curve, oid, print, text};
use serde::Serialize;
use serde_json::{Map, Value};

/// Members in Node's order; without `raw`, and with `pubkey` as base64 text.
#[derive(Serialize)]
struct Legacy<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<Map<String, Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subjectaltname: Option<String>,
    #[serde(rename = "infoAccess", skip_serializing_if = "Option::is_none")]
    info_access: Option<Map<String, Value>>,
    ca: bool,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    key: Option<Key>,
    valid_from: String,
    valid_to: String,
    fingerprint: String,
    fingerprint256: String,
    fingerprint512: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ext_key_usage: Option<Vec<String>>,
    #[serde(rename = "serialNumber")]
    serial_number: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Key {
    Rsa {
        modulus: String,
        bits: usize,
        exponent: String,
        pubkey: String,
    },
    Ec {
        bits: u32,
        pubkey: String,
        #[serde(rename = "asn1Curve")]
        name: &'static str,
        #[serde(rename = "nistCurve", skip_serializing_if = "Option::is_none")]
        nist: Option<&'static str>,
    },
}

impl Certificate {
    /// JSON of what Node 20's `new X509Certificate(der).toLegacyObject()` gives, without `raw`, and with `pubkey` as
    /// base64 text.
    pub fn legacy(&self) -> String {
        let extensions = self.extensions();
        let legacy = Legacy {
            subject: attributes(self.subject()),
            issuer: attributes(self.issuer()),
            subjectaltname: extensions.alternative_names.as_deref().map(print::list),
            info_access: extensions.info_access.as_deref().map(info_access),
            ca: self.is_ca(),
            key: self.public_key().and_then(|key| describe(&key, self.part(&self.0.key))),
            valid_from: self.0.not_before.text(),
            valid_to: self.0.not_after.text(),
            fingerprint: text::fingerprint(&self.sha1()),
            fingerprint256: text::fingerprint(&self.sha256()),
            fingerprint512: text::fingerprint(&self.sha512()),
            ext_key_usage: extensions
                .ext_key_usage
                .as_ref()
                .map(|purposes| purposes.iter().map(|purpose| oid::text(purpose)).collect()),
            serial_number: self.serial(),
        };
        serde_json::to_string(&legacy).unwrap_or_default()
    }
}

/// One value as a string, several of one type as an array. A name with a value that is no character string has no such
/// form.
pub(super) fn attributes(name: &Name) -> Option<Map<String, Value>> {
    let mut map = Map::new();
    for attribute in name.attributes() {
        if !attribute.is_text {
            return None;
        }
        push(&mut map, attribute.kind.key(), attribute.value.as_str().into());
    }
    Some(map)
}

fn push(map: &mut Map<String, Value>, key: String, value: Value) {
    match map.get_mut(&key) {
        Some(Value::Array(values)) => values.push(value),
        Some(single) => *single = Value::Array(vec![single.take(), value]),
        None => {
            map.insert(key, value);
        }
    }
}

/// Arrays by method and kind of location: `OCSP - URI`.
fn info_access(descriptions: &[AccessDescription]) -> Map<String, Value> {
    let mut map = Map::new();
    for AccessDescription { method, location } in descriptions {
        let key = format!("{} - {}", access_method(method), location.label());
        let values = map.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(values) = values {
            values.push(AlternativeName::text(location).into());
        }
    }
    map
}

fn access_method(method: &[u8]) -> String {
    let name = match method {
        // id-ad of PKIX
        [0x2b, 6, 1, 5, 5, 7, 48, number] => match number {
            1 => "OCSP",
            2 => "CA Issuers",
            3 => "AD Time Stamping",
            4 => "ad dvcs",
            5 => "CA Repository",
            10 => "RPKI Manifest",
            11 => "Signed Object",
            13 => "RPKI Notify",
            _ => return oid::text(method),
        },
        _ => return oid::text(method),
    };
    name.to_owned()
}

fn describe(key: &PublicKey<'_>, spki: &[u8]) -> Option<Key> {
    if key.algorithm == public_key::EC {
        let curve = curve::named(key.curve?)?;
        let pubkey = base64(key.octets);
        return Some(Key::Ec { bits: curve.bits, pubkey, name: curve.name, nist: curve.nist });
    }
    let numbers = (key.algorithm == public_key::RSA).then(|| key.rsa())??;
    let modulus = text::hex(&numbers.modulus);
    let zeros = numbers.modulus.first().map_or(0, |first| first.leading_zeros());
    let exponent = text::hex(&numbers.exponent).to_ascii_lowercase();
    Some(Key::Rsa {
        bits: numbers.modulus.len() * 8 - zeros as usize,
        modulus: modulus.trim_start_matches('0').to_owned(),
        exponent: format!("0x{}", exponent.trim_start_matches('0')),
        pubkey: base64(spki),
    })
}

fn base64(octets: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(octets)
}
