//! Subject alternative names (RFC 5280 section 4.2.1.6) as text: `TYPE:value`.

use crate::text;
use std::collections::HashSet;
use std::net::IpAddr;

/// A certificate may have thousands of names, which are not compared with each entry.
pub struct Names {
    /// In their normal form, under each type that they may be of.
    listed: HashSet<(Option<Kind>, String)>,
    case_sensitive: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Dns,
    Email,
    Uri,
    Ip,
    DirectoryName,
    RegisteredId,
    OtherName,
}

const KINDS: [(&str, Kind); 8] = [
    ("dns", Kind::Dns),
    ("email", Kind::Email),
    ("uri", Kind::Uri),
    ("ip address", Kind::Ip),
    ("ip", Kind::Ip),
    ("dirname", Kind::DirectoryName),
    ("registered id", Kind::RegisteredId),
    ("othername", Kind::OtherName),
];

impl Names {
    /// Without a type in front an entry may be of any.
    pub fn compile(texts: &[String], case_sensitive: bool) -> Self {
        let mut listed = HashSet::new();
        for text in texts {
            let (kind, value) = match split(text) {
                (Some(kind), value) => (Some(kind), value),
                (None, _) => (None, text.as_str()),
            };
            if text::is_blank(value) {
                continue;
            }
            let every = KINDS.iter().map(|(_, kind)| Some(*kind)).chain([None]);
            for kind in every.filter(|every| kind.is_none() || *every == kind) {
                listed.extend(normal(kind, value, case_sensitive).map(|value| (kind, value)));
            }
        }
        Self { listed, case_sensitive }
    }

    /// `presented` is one name of a certificate.
    pub fn admit(&self, presented: &str) -> bool {
        let (kind, value) = split(presented);
        normal(kind, value, self.case_sensitive).is_some_and(|value| self.listed.contains(&(kind, value)))
    }
}

/// The names of Node's `subjectaltname`: `TYPE:value` joined by a comma and a space. A value with a comma, a quote or a
/// control in it is a JSON string without a comma; where it is not, the name is left out.
pub fn entries_of(line: &str) -> Vec<String> {
    line.split(',').filter_map(|entry| entry_of(text::trim(entry))).collect()
}

/// The address, if the name is one.
pub fn email_of(name: &str) -> Option<&str> {
    match split(name) {
        (Some(Kind::Email), value) => Some(value),
        _ => None,
    }
}

fn entry_of(entry: &str) -> Option<String> {
    let (kind, value) = entry.split_once(':')?;
    if !value.contains('"') {
        return Some(entry.to_owned());
    }
    let value: String = serde_json::from_str(value).ok()?;
    Some(format!("{kind}:{value}"))
}

/// The type and the value. What stands before the first colon and is no type belongs to the value of an entry, and is a
/// type that nobody knows in a certificate's name.
fn split(name: &str) -> (Option<Kind>, &str) {
    let Some((kind, value)) = name.split_once(':') else { return (None, name) };
    let kind = KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(text::trim(kind))).map(|(_, kind)| *kind);
    (kind, value)
}

/// Scheme and host of a URI fold (RFC 3986 section 6.2.2.1), its path does not; addresses are compared as numbers;
/// everything else folds as a whole. Nothing for an address that is none.
fn normal(kind: Option<Kind>, value: &str, case_sensitive: bool) -> Option<String> {
    match kind {
        Some(Kind::Ip) => text::trim(value).parse::<IpAddr>().ok().map(|address| address.to_string()),
        _ if case_sensitive => Some(value.to_owned()),
        Some(Kind::Uri) => Some(fold_uri(value)),
        _ => Some(value.to_ascii_lowercase()),
    }
}

fn fold_uri(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once(':') else { return uri.to_owned() };
    let scheme = scheme.to_ascii_lowercase();
    let Some(rest) = rest.strip_prefix("//") else { return format!("{scheme}:{rest}") };
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (user, host) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    format!("{scheme}://{user}{}{path}", host.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::entries_of;
    use crate::certificate::allow::Kind;
    use crate::certificate::allow::tests::{compiled, owned};

    fn admits(entry: &str, presented: &str) -> bool {
        compiled(Kind::AlternativeNames { case_sensitive: false }, &[entry]).admits(&owned(&[presented]), &[])
    }

    #[test]
    fn a_type_narrows_and_a_bare_value_does_not() {
        for entry in ["a.example", "DNS:A.example", "dns:a.example"] {
            assert!(admits(entry, "DNS:a.EXAMPLE"), "{entry}");
        }
        assert!(admits("a.example", "email:a.example"));
        assert!(!admits("email:a.example", "DNS:a.example"));
        assert!(!admits("a.example", "DNS:b.a.example"));
        assert!(admits("registered id:1.2.3", "Registered ID:1.2.3"));
        assert!(!admits("DNS:", "DNS:"));
        assert!(!admits("a.example", "a.example.attacker:a.example2"));
    }

    #[test]
    fn a_uri_folds_its_scheme_and_host_only() {
        for entry in ["SPIFFE://Acme/ns/X", "URI:spiffe://acme/ns/X"] {
            assert!(admits(entry, "URI:spiffe://ACME/ns/X"), "{entry}");
            assert!(!admits(entry, "URI:spiffe://acme/ns/x"), "{entry}");
        }
        assert!(admits("https://User@HOST:8443?Q", "URI:https://User@host:8443?Q"));
        assert!(!admits("https://User@host", "URI:https://user@host"));
        assert!(admits("URN:x:Y", "URI:urn:x:Y"));
        assert!(!admits("urn:x:Y", "URI:urn:x:y"));
    }

    #[test]
    fn addresses_are_numbers() {
        for entry in ["2001:db8::1", "IP:2001:DB8::1", "ip address:2001:db8:0:0::0:1"] {
            assert!(admits(entry, "IP Address:2001:DB8:0:0:0:0:0:1"), "{entry}");
            assert!(admits(entry, "IP:2001:db8::1"), "{entry}");
            assert!(!admits(entry, "IP Address:2001:DB8:0:0:0:0:0:2"), "{entry}");
        }
        assert!(admits("10.0.0.1", "IP Address:10.0.0.1"));
        assert!(!admits("10.0.0.1", "IP Address:0:0:0:0:0:FFFF:A00:1"));
        assert!(!admits("IP:x", "IP Address:x"));
    }

    #[test]
    fn case_may_count() {
        let exact = |entry, presented| {
            compiled(Kind::AlternativeNames { case_sensitive: true }, &[entry]).admits(&owned(&[presented]), &[])
        };
        assert!(exact("DNS:a.example", "DNS:a.example") && exact("a.example", "DNS:a.example"));
        assert!(!exact("A.example", "DNS:a.example"));
        assert!(!exact("spiffe://A/x", "URI:spiffe://a/x"));
        assert!(exact("IP:2001:DB8::1", "IP:2001:db8:0:0:0:0:0:1"));
    }

    #[test]
    fn the_line_of_node_is_split_where_names_end() {
        assert_eq!(
            entries_of(r#"DNS:a.example, IP Address:10.0.0.1,URI:"x\u002c DNS:admin\"", email:o@x"#),
            ["DNS:a.example", "IP Address:10.0.0.1", "URI:x, DNS:admin\"", "email:o@x"]
        );
        assert_eq!(entries_of(r#"URI:"open, DNS:"half"x, DNS:a"b, plain, DNS:z"#), ["DNS:z"]);
        assert!(entries_of("").is_empty());
    }
}
