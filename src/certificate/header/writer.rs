//! What proxies write, for the tests: each form that a reader reads.

use super::Attribute;
use base64_simd::STANDARD;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What stands between the lines of PEM, and which of its characters are percent-encoded.
#[derive(Clone, Copy, Debug)]
pub struct PemForm {
    pub width: usize,
    pub newline: &'static str,
    pub space: &'static str,
    pub encoded: &'static [char],
    pub lower: bool,
}

pub const PEM_FORMS: [PemForm; 6] = [
    // nginx
    PemForm { width: 64, newline: "%0A", space: "%20", encoded: &['+', '/', '='], lower: false },
    // Apache's `escape`, and the load balancer of AWS
    PemForm { width: 64, newline: "%0a", space: "%20", encoded: &[], lower: true },
    PemForm { width: 64, newline: "%0A", space: "%20", encoded: &[], lower: false },
    // Apache without it
    PemForm { width: 64, newline: " ", space: " ", encoded: &[], lower: false },
    // HAProxy: one line
    PemForm { width: usize::MAX, newline: "%0A", space: "%20", encoded: &['+', '/', '='], lower: true },
    // PEM itself
    PemForm { width: 64, newline: "\n", space: " ", encoded: &[], lower: false },
];

pub fn pem(ders: &[Vec<u8>], form: PemForm) -> String {
    ders.iter().fold(String::new(), |mut text, der| {
        let base64 = STANDARD.encode_to_string(der);
        let width = form.width.min(base64.len());
        let lines = base64.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned());
        let body = lines.collect::<Vec<_>>().join(form.newline);
        let (space, newline) = (form.space, form.newline);
        write!(text, "-----BEGIN{space}CERTIFICATE-----{newline}").unwrap();
        for c in body.chars() {
            match form.encoded.contains(&c) {
                true if form.lower => write!(text, "%{:02x}", u32::from(c)).unwrap(),
                true => write!(text, "%{:02X}", u32::from(c)).unwrap(),
                false => text.push(c),
            }
        }
        write!(text, "{newline}-----END{space}CERTIFICATE-----{newline}").unwrap();
        text
    })
}

pub fn base64_list(ders: &[Vec<u8>], before: &str, after: &str) -> String {
    let items = ders.iter().map(|der| format!("{before}{}{after}", STANDARD.encode_to_string(der)));
    items.collect::<Vec<_>>().join(", ")
}

/// An element as Envoy writes it, with all that it can be asked for.
pub fn forwarded(ders: &[Vec<u8>], subject: &str, uris: &[String], names: &[String]) -> String {
    let hash = ders.first().map(Sha256::digest).unwrap_or_default();
    let mut element = String::from("Hash=");
    for octet in hash {
        write!(element, "{octet:02x}").unwrap();
    }
    let cert = pem(&ders[..1], PEM_FORMS[0]);
    write!(element, ";Cert=\"{cert}\";Chain=\"{}\";Subject=\"{subject}\"", pem(ders, PEM_FORMS[0])).unwrap();
    for uri in uris {
        write!(element, ";URI={uri}").unwrap();
    }
    for name in names {
        write!(element, ";DNS={name}").unwrap();
    }
    element
}

/// RFC 4514 section 2.
pub fn distinguished_name(attributes: &[Attribute]) -> String {
    let mut names: Vec<Vec<String>> = Vec::new();
    for attribute in attributes {
        let text = format!("{}={}", attribute.kind, escaped(&attribute.value));
        match names.last_mut().filter(|_| attribute.continues) {
            Some(name) => name.push(text),
            None => names.push(vec![text]),
        }
    }
    names.iter().rev().map(|name| name.join("+")).collect::<Vec<_>>().join(",")
}

fn escaped(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    value.chars().enumerate().fold(String::new(), |mut text, (at, c)| {
        match c {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(text, "\\{c}").unwrap(),
            ' ' if at == 0 || at == last => text.push_str("\\ "),
            '#' if at == 0 => text.push_str("\\#"),
            '\0'..='\x1f' | '\x7f' => write!(text, "\\{:02X}", u32::from(c)).unwrap(),
            _ => text.push(c),
        }
        text
    })
}

/// A comma list of alternative names; what could be taken for another entry is quoted.
pub fn alternative_names(names: &[String]) -> String {
    let entry = |name: &String| {
        let (kind, value) = name.split_once(':').unwrap_or(("", name));
        let kind = if kind.is_empty() { String::new() } else { format!("{kind}:") };
        format!("{kind}{}", serde_json::to_string(value).unwrap().replace(',', "\\u002c"))
    };
    names.iter().map(entry).collect::<Vec<_>>().join(", ")
}
