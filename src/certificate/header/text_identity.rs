//! An identity that is known by text alone: what a proxy says about a certificate that it does not forward.

use super::distinguished_name::DistinguishedName;
use serde_json::{Map, Value};

/// The members of a `ClientCertificate`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextIdentity {
    pub subject_dn: Option<String>,
    /// Every one, in the order of the certificate.
    pub subject_cns: Vec<String>,
    /// Another attribute may have written one of them.
    pub subject_is_uncertain: bool,
    pub issuer_dn: Option<String>,
    pub issuer_cns: Vec<String>,
    pub issuer_is_uncertain: bool,
    pub serial_number: Option<String>,
    /// Upper-case hexadecimal.
    pub fingerprint256: Option<String>,
    /// SHA-1, upper-case hexadecimal.
    pub fingerprint: Option<String>,
    pub alternative_names: Vec<String>,
    pub verified: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    Sha1,
    Sha256,
}

impl TextIdentity {
    pub fn set_subject(&mut self, text: &str) -> Option<()> {
        let name = DistinguishedName::parse(text)?;
        self.subject_cns = name.values("CN").map(str::to_owned).collect();
        self.subject_is_uncertain = is_uncertain(&name);
        self.subject_dn = Some(name.text);
        Some(())
    }

    pub fn set_issuer(&mut self, text: &str) -> Option<()> {
        let name = DistinguishedName::parse(text)?;
        self.issuer_cns = name.values("CN").map(str::to_owned).collect();
        self.issuer_is_uncertain = is_uncertain(&name);
        self.issuer_dn = Some(name.text);
        Some(())
    }

    /// SHA-256 or SHA-1 in hexadecimal, told apart by length; colons and spaces between the digits count for nothing.
    pub fn set_fingerprint(&mut self, text: &str) -> Option<Digest> {
        let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
        let digits = digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| digits.to_ascii_uppercase())?;
        match digits.len() {
            64 => {
                self.fingerprint256 = Some(digits);
                Some(Digest::Sha256)
            }
            40 => {
                self.fingerprint = Some(digits);
                Some(Digest::Sha1)
            }
            _ => None,
        }
    }

    /// JSON of a `ClientCertificate`; `subjectCNs` and `issuerCNs` have every value where `subjectCN` has the first.
    pub fn to_json(&self) -> String {
        let mut members = Map::new();
        let mut set = |name: &str, value: Option<&String>| {
            if let Some(value) = value {
                members.insert(name.to_owned(), Value::from(value.as_str()));
            }
        };
        set("subjectDN", self.subject_dn.as_ref());
        set("subjectCN", self.subject_cns.first().filter(|_| !self.subject_is_uncertain));
        set("issuerDN", self.issuer_dn.as_ref());
        set("issuerCN", self.issuer_cns.first().filter(|_| !self.issuer_is_uncertain));
        set("serialNumber", self.serial_number.as_ref());
        set("fingerprint256", self.fingerprint256.as_ref());
        set("fingerprint", self.fingerprint.as_ref());
        members.insert("subjectAltNames".to_owned(), Value::from(self.alternative_names.clone()));
        members.insert("verified".to_owned(), Value::from(self.verified));
        members.insert("subjectCNs".to_owned(), Value::from(self.subject_cns.clone()));
        members.insert("issuerCNs".to_owned(), Value::from(self.issuer_cns.clone()));
        Value::Object(members).to_string()
    }
}

/// Nothing escapes a slash in the slash form: an organization `x/CN=admin` reads as a common name of its own. Which of
/// several is the certificate's cannot be told.
fn is_uncertain(name: &DistinguishedName) -> bool {
    name.is_slash_form() && name.values("CN").nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use super::TextIdentity;

    #[test]
    fn the_slash_form_is_certain_of_one_common_name_only() {
        for (text, certain, all) in
            [("/O=x/CN=a", true, 1), ("/O=x/CN=admin/CN=attacker", false, 2), ("CN=b,CN=a,O=x", true, 2)]
        {
            let mut identity = TextIdentity::default();
            assert_eq!(identity.set_subject(text).and(identity.set_issuer(text)), Some(()));
            assert_eq!((identity.subject_cns.len(), identity.issuer_cns.len()), (all, all), "{text}");
            assert_eq!(identity.to_json().contains(r#""subjectCN":"#), certain, "{text}");
            assert_eq!(identity.to_json().contains(r#""issuerCN":"#), certain, "{text}");
        }
    }
}
