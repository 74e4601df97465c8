//! Whom an application admits, by what a certificate says. A list is compiled once; an empty one admits nobody.

mod alternative_name;
mod attributes;
mod fingerprint;
mod serial;

pub use alternative_name::entries_of;
pub use attributes::Attributes;

use crate::config::Value;
use crate::text::is_blank;
use alternative_name::Names;
use fingerprint::Fingerprints;
use serial::Serials;

/// What the entries of a list are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Values of an attribute, compared exactly.
    Texts,
    /// Hashes of the DER in hexadecimal. SHA-1 counts only if it was asked for.
    Fingerprints {
        allow_sha1: bool,
    },
    Serials,
    /// Subject alternative names, with or without their type in front.
    AlternativeNames {
        case_sensitive: bool,
    },
    /// Addresses, whatever their case.
    Emails,
}

/// A compiled list.
pub struct AllowList(Entries);

enum Entries {
    Texts(Vec<String>),
    Fingerprints(Fingerprints),
    Serials(Serials),
    Names(Names),
    Emails(Vec<String>),
}

impl AllowList {
    /// `name` is what the application called, for the message. Blank entries match nothing.
    pub fn compile(kind: Kind, name: &str, list: &Value) -> Result<Self, String> {
        let Value::Array(items) = list else { return Err(not_a_list(name)) };
        let listed = items
            .iter()
            .map(|item| match (item, kind) {
                (Value::String(text), _) => Ok(text.clone()),
                (Value::Number(number), Kind::Serials) => serial::from_number(*number).ok_or_else(|| not_a_list(name)),
                _ => Err(not_a_list(name)),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<String> = listed.into_iter().filter(|text| !is_blank(text)).collect();
        Ok(Self(match kind {
            Kind::Texts => Entries::Texts(texts),
            Kind::Fingerprints { allow_sha1 } => {
                Entries::Fingerprints(Fingerprints::compile(name, &texts, allow_sha1)?)
            }
            Kind::Serials => Entries::Serials(Serials::compile(name, &texts)?),
            Kind::AlternativeNames { case_sensitive } => Entries::Names(Names::compile(&texts, case_sensitive)),
            Kind::Emails => Entries::Emails(texts),
        }))
    }

    /// `values` are the certificate's: of the attribute, its fingerprints, its serial number, its alternative names as
    /// `TYPE:value`. For addresses they are those of the subject, and `names` its alternative names.
    pub fn admits(&self, values: &[String], names: &[String]) -> bool {
        match &self.0 {
            Entries::Texts(texts) => values.iter().any(|value| texts.contains(value)),
            Entries::Fingerprints(fingerprints) => fingerprints.admit(values),
            Entries::Serials(serials) => values.iter().any(|value| serials.admit(value)),
            Entries::Names(listed) => values.iter().chain(names).any(|name| listed.admit(name)),
            Entries::Emails(listed) => {
                let in_names = names.iter().filter_map(|name| alternative_name::email_of(name));
                values.iter().map(String::as_str).chain(in_names).any(|address| holds_address(listed, address))
            }
        }
    }

    /// Entries that can never match, for the operator.
    pub fn warning(&self, name: &str) -> Option<String> {
        match &self.0 {
            Entries::Fingerprints(fingerprints) => fingerprints.warning(name),
            _ => None,
        }
    }
}

fn holds_address(listed: &[String], address: &str) -> bool {
    listed.iter().any(|entry| entry.eq_ignore_ascii_case(address))
}

fn not_a_list(name: &str) -> String {
    format!("{name} needs an array of strings; put a single one in brackets")
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn list(texts: &[&str]) -> Value {
        Value::Array(texts.iter().map(|text| Value::String((*text).to_owned())).collect())
    }

    pub(super) fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    pub(super) fn compiled(kind: Kind, texts: &[&str]) -> AllowList {
        AllowList::compile(kind, "allow", &list(texts)).unwrap_or_else(|error| panic!("{error}"))
    }

    const KINDS: [Kind; 5] = [
        Kind::Texts,
        Kind::Fingerprints { allow_sha1: true },
        Kind::Serials,
        Kind::AlternativeNames { case_sensitive: false },
        Kind::Emails,
    ];

    #[test]
    fn only_a_list_of_texts_is_one() {
        let wrong = [
            Value::Undefined,
            Value::Null,
            Value::String("svc-a".to_owned()),
            Value::Object(vec![("0".to_owned(), Value::String("svc-a".to_owned()))]),
            Value::Array(vec![Value::Undefined]),
            Value::Array(vec![Value::Array(Vec::new())]),
        ];
        for (kind, value) in KINDS.iter().flat_map(|kind| wrong.iter().map(move |value| (*kind, value))) {
            let message = AllowList::compile(kind, "allowCN", value).err();
            let expected = "allowCN needs an array of strings; put a single one in brackets";
            assert_eq!(message.as_deref(), Some(expected), "{kind:?}");
        }
    }

    #[test]
    fn an_empty_list_admits_nobody_and_neither_does_a_blank_entry() {
        for (kind, texts) in KINDS.iter().flat_map(|kind| [(*kind, &[][..]), (*kind, &["", " "][..])]) {
            let allowed = compiled(kind, texts);
            for value in ["", " ", "svc-a", "email:", "DNS:", "0"] {
                assert!(!allowed.admits(&owned(&[value]), &owned(&[value])), "{kind:?} {value:?}");
            }
            assert!(!allowed.admits(&[], &[]), "{kind:?}");
        }
    }

    #[test]
    fn texts_are_compared_exactly_and_any_value_will_do() {
        let allowed = compiled(Kind::Texts, &["svc-a", "svc-b"]);
        assert!(allowed.admits(&owned(&["other", "svc-b"]), &[]));
        for value in ["SVC-A", "svc-a ", "svc", "svc-a,svc-b"] {
            assert!(!allowed.admits(&owned(&[value]), &[]), "{value}");
        }
    }

    #[test]
    fn addresses_are_those_of_the_subject_and_of_its_alternative_names() {
        let allowed = compiled(Kind::Emails, &["Ops@Example.com"]);
        assert!(allowed.admits(&owned(&["ops@example.COM"]), &[]));
        assert!(allowed.admits(&[], &owned(&["DNS:x", "email:OPS@example.com"])));
        assert!(!allowed.admits(&[], &owned(&["URI:ops@example.com"])));
        // The Kelvin sign is no 'k', whatever Unicode folds it to.
        assert!(!compiled(Kind::Emails, &["k@example.com"]).admits(&owned(&["\u{212a}@example.com"]), &[]));
    }
}
