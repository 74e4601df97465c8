//! The short form of a client certificate that an application authorises by.

use super::legacy::attributes;
use super::{Certificate, print, text};
use serde::Serialize;
use serde_json::{Map, Value};

/// `ClientCertificate`. Dates in milliseconds since the epoch, or as the text that was given.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Normalized {
    #[serde(rename = "subjectDN", skip_serializing_if = "Option::is_none")]
    subject_dn: Option<String>,
    #[serde(rename = "subjectCN", skip_serializing_if = "Option::is_none")]
    subject_cn: Option<String>,
    #[serde(rename = "issuerDN", skip_serializing_if = "Option::is_none")]
    issuer_dn: Option<String>,
    #[serde(rename = "issuerCN", skip_serializing_if = "Option::is_none")]
    issuer_cn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint256: Option<String>,
    subject_alt_names: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<Value>,
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pem: Option<String>,
}

impl Certificate {
    /// JSON of the `ClientCertificate`; `notBefore` and `notAfter` in milliseconds since the epoch.
    pub fn normalized(&self, verified: bool) -> String {
        let (subject, issuer) = (attributes(self.subject()), attributes(self.issuer()));
        let (subject, issuer) = (subject.unwrap_or_default(), issuer.unwrap_or_default());
        let milliseconds = |seconds: i64| Some(seconds.saturating_mul(1000).into());
        let normalized = Normalized {
            subject_dn: distinguished(&subject),
            subject_cn: common_name(&subject),
            issuer_dn: distinguished(&issuer),
            issuer_cn: common_name(&issuer),
            serial_number: Some(self.serial().to_owned()),
            fingerprint256: Some(text::hex(&self.sha256())),
            subject_alt_names: alternative_names(&print::list(self.alternative_names())),
            not_before: milliseconds(self.not_before()),
            not_after: milliseconds(self.not_after()),
            verified,
            pem: Some(self.pem()),
        };
        serde_json::to_string(&normalized).unwrap_or_default()
    }
}

/// The same of a description in JSON, as `getPeerCertificate()` gives it; `notBefore` and `notAfter` are the texts of
/// `valid_from` and `valid_to`. Nothing where it names neither subject, issuer, SHA-256 fingerprint nor serial number.
pub fn normalize(description: &str, der: Option<&[u8]>, verified: bool) -> Option<String> {
    let Ok(Value::Object(description)) = serde_json::from_str(description) else { return None };
    let text = |name: &str| description.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let object = |name: &str| description.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let (subject, issuer) = (object("subject"), object("issuer"));
    let normalized = Normalized {
        subject_dn: distinguished(&subject),
        subject_cn: common_name(&subject),
        issuer_dn: distinguished(&issuer),
        issuer_cn: common_name(&issuer),
        serial_number: text("serialNumber").map(str::to_owned),
        fingerprint256: text("fingerprint256").map(plain_fingerprint).filter(|text| !text.is_empty()),
        subject_alt_names: text("subjectaltname").map(alternative_names).unwrap_or_default(),
        not_before: text("valid_from").map(Into::into),
        not_after: text("valid_to").map(Into::into),
        verified,
        pem: der.map(text::pem),
    };
    let known = [&normalized.subject_dn, &normalized.issuer_dn, &normalized.serial_number, &normalized.fingerprint256];
    if known.iter().all(|member| member.is_none()) {
        return None;
    }
    serde_json::to_string(&normalized).ok()
}

/// `K=V` joined by `,`, nothing escaped: to be read by people. Decisions are made on the attributes.
fn distinguished(name: &Map<String, Value>) -> Option<String> {
    let pairs = name.iter().flat_map(|(key, value)| values(value).map(move |value| format!("{key}={value}")));
    let pairs: Vec<_> = pairs.collect();
    (!pairs.is_empty()).then(|| pairs.join(","))
}

fn common_name(name: &Map<String, Value>) -> Option<String> {
    name.get("CN").and_then(|value| values(value).next()).map(str::to_owned)
}

fn values(value: &Value) -> impl Iterator<Item = &str> {
    let several = value.as_array().map(Vec::as_slice).unwrap_or_default();
    value.as_str().into_iter().chain(several.iter().filter_map(Value::as_str))
}

/// The entries as Node prints them, where a comma and a space always end one; `IP Address` is `IP`. Other white space
/// belongs to the name: `admin ` is not `admin`.
fn alternative_names(list: &str) -> Vec<String> {
    let entries = list.split(',').map(|entry| entry.strip_prefix(' ').unwrap_or(entry));
    let entries = entries.filter(|entry| !entry.is_empty());
    let renamed = entries.map(|entry| match entry.strip_prefix("IP Address:") {
        Some(address) => format!("IP:{address}"),
        None => entry.to_owned(),
    });
    renamed.collect()
}

fn plain_fingerprint(text: &str) -> String {
    let plain = text.chars().filter(|character| *character != ':' && !character.is_whitespace());
    plain.collect::<String>().to_ascii_uppercase()
}
