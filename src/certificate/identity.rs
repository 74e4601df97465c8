//! Whom a client certificate names: what its DER says, or, where there is none, what a proxy's text does.

use super::x509::{AlternativeName, Certificate};
use crate::json::Object;
use serde_json::Value;

#[derive(Debug, Default)]
pub struct Identity {
    pub verified: bool,
    /// Seconds since the epoch; `None` where nothing is said.
    pub not_before: Option<f64>,
    pub not_after: Option<f64>,
    /// Every common name, in the order of the certificate.
    pub subjects: Vec<String>,
    pub issuers: Vec<String>,
    /// In hexadecimal, of any hash.
    pub fingerprints: Vec<String>,
    /// `TYPE:value`.
    pub names: Vec<String>,
}

impl Identity {
    #[expect(clippy::cast_precision_loss, reason = "X.509 dates end in the year 9999")]
    pub fn of_certificate(certificate: &Certificate, verified: bool) -> Self {
        let hashes = [&certificate.sha1()[..], &certificate.sha256()[..], &certificate.sha512()[..]];
        Self {
            verified,
            not_before: Some(certificate.not_before() as f64),
            not_after: Some(certificate.not_after() as f64),
            subjects: certificate.subject().values("CN").map(str::to_owned).collect(),
            issuers: certificate.issuer().values("CN").map(str::to_owned).collect(),
            fingerprints: hashes.map(hexadecimal).into(),
            names: certificate.alternative_names().iter().filter_map(name).collect(),
        }
    }

    /// Of the JSON of a `ClientCertificate`. Dates in milliseconds since the epoch; one that is there and is none makes
    /// the certificate invalid at any time. Beside `subjectCN` and `issuerCN`, `subjectCNs` and `issuerCNs` have all of
    /// them; without it none is certain, and they do not count.
    pub fn of_description(description: &Object) -> Self {
        let text = |member| description.get(member).and_then(Value::as_str).map(str::to_owned);
        let texts = |member| {
            let list = description.get(member).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        };
        let common_names = |first, all| text(first).map_or_else(Vec::new, |first| [vec![first], texts(all)].concat());
        Self {
            verified: description.get("verified") == Some(&Value::Bool(true)),
            not_before: seconds(description.get("notBefore")),
            not_after: seconds(description.get("notAfter")),
            subjects: common_names("subjectCN", "subjectCNs"),
            issuers: common_names("issuerCN", "issuerCNs"),
            fingerprints: ["fingerprint256", "fingerprint"].into_iter().filter_map(text).collect(),
            names: texts("subjectAltNames"),
        }
    }
}

fn seconds(milliseconds: Option<&Value>) -> Option<f64> {
    milliseconds.map(|value| value.as_f64().map_or(f64::NAN, |milliseconds| milliseconds / 1000.0))
}

fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// The kinds of names that an allow-list can hold as text.
fn name(name: &AlternativeName) -> Option<String> {
    Some(match name {
        AlternativeName::Dns(text) => format!("DNS:{text}"),
        AlternativeName::Email(text) => format!("email:{text}"),
        AlternativeName::Uri(text) => format!("URI:{text}"),
        AlternativeName::Ip(address) => format!("IP:{address}"),
        AlternativeName::RegisteredId(dotted) => format!("Registered ID:{dotted}"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Identity;
    use crate::json::{self, Document};

    fn described(text: &str) -> Identity {
        let Document::Object(object) = json::read(text.as_bytes()) else { panic!("an object") };
        Identity::of_description(&object)
    }

    #[test]
    fn a_description_says_what_it_says() {
        let identity = described(
            r#"{"verified":true,"subjectCN":"a","issuerCN":"b","fingerprint256":"AB","subjectAltNames":["DNS:x",1],
                "notBefore":1000,"notAfter":null}"#,
        );
        assert!(identity.verified);
        assert_eq!((identity.subjects, identity.issuers), (vec!["a".to_owned()], vec!["b".to_owned()]));
        assert_eq!((identity.fingerprints, identity.names), (vec!["AB".to_owned()], vec!["DNS:x".to_owned()]));
        assert_eq!(identity.not_before, Some(1.0));
        assert!(identity.not_after.is_some_and(f64::is_nan));
    }

    #[test]
    fn every_common_name_counts_where_one_is_certain() {
        let identity =
            described(r#"{"subjectCN":"a","subjectCNs":["a","b"],"issuerCNs":["admin"],"fingerprint":"cd"}"#);
        assert_eq!(identity.subjects, ["a", "a", "b"]);
        assert!(identity.issuers.is_empty());
        assert_eq!(identity.fingerprints, ["cd"]);
    }

    #[test]
    fn only_true_is_verified() {
        for text in [r#"{"verified":"true"}"#, r#"{"verified":1}"#, "{}"] {
            assert!(!described(text).verified, "{text}");
        }
        assert_eq!(described("{}").not_after, None);
    }
}
