//! General names as Node prints them in `subjectaltname` and `infoAccess`: a list that splits at `, ` without doubt.

use super::alternative_name::AlternativeName;
use super::name::{Attribute, Name};
use std::fmt::Write;
use std::net::IpAddr;

/// The names, joined by `, `.
pub fn list(names: &[AlternativeName]) -> String {
    let mut text = String::new();
    for name in names {
        if !text.is_empty() {
            text.push_str(", ");
        }
        entry(&mut text, name);
    }
    text
}

/// `DNS:a.example`, `IP Address:2001:DB8:0:0:0:0:0:1`, `URI:"a\u002cb"` …
fn entry(text: &mut String, name: &AlternativeName) {
    let ascii = match name {
        AlternativeName::Directory(_) => false,
        AlternativeName::Other(kind, _) => kind.is_ascii(),
        _ => true,
    };
    text.push_str(name.label());
    text.push(':');
    quoted(text, &name.text(), ascii);
}

/// Dotted decimal; eight groups of upper-case hexadecimal, none left out.
pub fn address(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address.segments().map(|group| format!("{group:X}")).join(":"),
    }
}

/// As it is, or in double quotes with the escapes of JSON where it holds a quote, a backslash, a comma or a control
/// character, and in names of ASCII any other character. A comma becomes `\u002c`.
fn quoted(text: &mut String, value: &str, ascii: bool) {
    let foreign = |character: char| character.is_ascii_control() || (ascii && !character.is_ascii());
    if !value.chars().any(|character| matches!(character, '"' | '\\' | ',' | '\'') || foreign(character)) {
        text.push_str(value);
        return;
    }
    text.push('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            // Names of ASCII are read as Latin-1: two digits are enough.
            ',' => text.push_str("\\u002c"),
            _ if foreign(character) => {
                let _ = write!(text, "\\u{:04x}", u32::from(character));
            }
            _ => text.push(character),
        }
    }
    text.push('"');
}

/// RFC 2253: the last relative distinguished name first, `+` between the attributes of one.
pub fn distinguished(name: &Name) -> String {
    let mut text = String::new();
    let mut after: Option<&Attribute> = None;
    for attribute in name.attributes().iter().rev() {
        if let Some(after) = after {
            text.push(if after.continues { '+' } else { ',' });
        }
        text.push_str(&attribute.kind.key());
        text.push('=');
        match &attribute.hexadecimal {
            Some(hexadecimal) => text.push_str(hexadecimal),
            None => escaped(&mut text, &attribute.value),
        }
        after = Some(attribute);
    }
    text
}

fn escaped(text: &mut String, value: &str) {
    let last = value.chars().count().wrapping_sub(1);
    for (at, character) in value.chars().enumerate() {
        let special = match character {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' => true,
            // OpenSSL looks at a single character as the last one.
            '#' => at == 0 && last > 0,
            ' ' => at == 0 || at == last,
            _ => false,
        };
        if special {
            text.push('\\');
        }
        text.push(character);
    }
}
