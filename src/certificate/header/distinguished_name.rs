//! Distinguished names as text: RFC 4514, and the slash form of HAProxy.

use std::borrow::Cow;

/// More attributes than any certificate's name has.
const MAX_ATTRIBUTES: usize = 256;

/// A distinguished name that came as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinguishedName {
    /// As it was sent; octets of UTF-8 that arrived one character each are read as UTF-8.
    pub text: String,
    /// In the order of the certificate: what RFC 4514 writes last comes first.
    pub attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// `CN`, or a dotted decimal.
    pub kind: String,
    pub value: String,
    /// Whether it belongs to the same relative distinguished name as the attribute before it.
    pub continues: bool,
}

impl DistinguishedName {
    pub fn parse(text: &str) -> Option<Self> {
        let text = from_octets(text);
        let attributes = if is_slash_form(&text) { slash_form(&text)? } else { rfc4514(&text)? };
        Some(Self { text: text.into_owned(), attributes })
    }

    /// Nothing in it is escaped.
    pub fn is_slash_form(&self) -> bool {
        is_slash_form(&self.text)
    }

    /// The values of every attribute of a type, whose letters may be in any case.
    pub fn values<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a str> {
        let oid = oid_of(kind);
        let named = move |name: &str| name.eq_ignore_ascii_case(kind) || Some(name) == oid;
        self.attributes.iter().filter(move |attribute| named(&attribute.kind)).map(|attribute| attribute.value.as_str())
    }
}

/// Node hands header octets on as characters of Latin-1.
pub fn from_octets(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let octets = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>();
    octets.and_then(|octets| String::from_utf8(octets).ok()).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// RFC 4514 section 2.3: the type may stand as its dotted decimal.
fn oid_of(kind: &str) -> Option<&'static str> {
    match kind {
        "CN" => Some("2.5.4.3"),
        "O" => Some("2.5.4.10"),
        "OU" => Some("2.5.4.11"),
        _ => None,
    }
}

fn is_slash_form(text: &str) -> bool {
    text.starts_with('/')
}

/// Every attribute behind its own slash, in the order of the certificate, nothing escaped. A slash in a value that is
/// followed by what looks like a type cannot be told from a separator; both readings cannot be had, so this one shows
/// all there may be.
fn slash_form(text: &str) -> Option<Vec<Attribute>> {
    let mut attributes: Vec<Attribute> = Vec::new();
    for part in text.strip_prefix('/')?.split('/') {
        if attributes.len() >= MAX_ATTRIBUTES {
            return None;
        }
        match part.split_once('=').filter(|(kind, _)| is_type(kind)) {
            Some((kind, value)) => {
                attributes.push(Attribute { kind: kind.to_owned(), value: value.to_owned(), continues: false });
            }
            None => {
                let value = &mut attributes.last_mut()?.value;
                value.push('/');
                value.push_str(part);
            }
        }
    }
    Some(attributes)
}

/// RFC 4514 section 3. Spaces around separators are let through, as RFC 2253 section 4 asks; a space that belongs to a
/// value is escaped.
fn rfc4514(text: &str) -> Option<Vec<Attribute>> {
    let mut names: Vec<Vec<Attribute>> = vec![Vec::new()];
    let mut count = 0;
    let mut rest = text.trim_matches(' ');
    if rest.is_empty() {
        return None;
    }
    // A trailing escaped space has lost its space to the trimming.
    if text.trim_end_matches(' ').len() < text.len() && ends_in_escape(rest) {
        rest = text.trim_start_matches(' ').get(..=rest.len())?;
    }
    loop {
        let (kind, after) = rest.split_once('=')?;
        let kind = kind.trim_matches(' ');
        count += 1;
        if !is_type(kind) || count > MAX_ATTRIBUTES {
            return None;
        }
        let (value, separator, after) = value(after)?;
        let name = names.last_mut()?;
        name.push(Attribute { kind: kind.to_owned(), value, continues: !name.is_empty() });
        match separator {
            None => break,
            Some(b'+') => {}
            Some(_) => names.push(Vec::new()),
        }
        rest = after;
    }
    Some(names.into_iter().rev().flatten().collect())
}

/// `descr` of RFC 4512 section 1.4, or dotted decimal.
fn is_type(kind: &str) -> bool {
    let described = kind.starts_with(|c: char| c.is_ascii_alphabetic())
        && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let dotted = kind.split('.').all(|arc| {
        !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'))
    });
    described || (dotted && kind.contains('.'))
}

/// A value, the separator behind it and the text behind that.
fn value(text: &str) -> Option<(String, Option<u8>, &str)> {
    let text = text.trim_start_matches(' ');
    let mut octets: Vec<u8> = Vec::new();
    // The length of what may not be trimmed: an escape is part of the value.
    let mut kept = 0;
    let mut bytes = text.bytes().enumerate();
    let mut end = (None, "");
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => {
                octets.push(escaped(bytes.next()?.1, &mut bytes)?);
                kept = octets.len();
            }
            b',' | b'+' | b';' => {
                end = (Some(byte), text.get(at + 1..)?);
                break;
            }
            b'"' | b'<' | b'>' | 0 => return None,
            b'#' if octets.is_empty() => {
                let (digits, rest) = text.split_at_checked(text.find([',', '+', ';']).unwrap_or(text.len()))?;
                let separator = rest.bytes().next();
                return Some((hexadecimal(digits.trim_end_matches(' '))?, separator, rest.get(1..).unwrap_or("")));
            }
            _ => octets.push(byte),
        }
    }
    while octets.len() > kept && octets.last() == Some(&b' ') {
        octets.pop();
    }
    Some((String::from_utf8(octets).ok()?, end.0, end.1))
}

/// RFC 4514 section 2.4: a special character, or two hexadecimal digits.
fn escaped(first: u8, rest: &mut impl Iterator<Item = (usize, u8)>) -> Option<u8> {
    if b"\"+,;<>\\ #=".contains(&first) {
        return Some(first);
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((digit(first)? << 4) | digit(rest.next()?.1)?)
}

/// `#` and the BER of a value: its text if it is a character string of octets, else as it stands.
fn hexadecimal(digits: &str) -> Option<String> {
    let hex = digits.strip_prefix('#')?.as_bytes();
    if hex.is_empty() || hex.len() % 2 != 0 {
        return None;
    }
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let octets = hex.chunks_exact(2).map(|pair| match pair {
        [high, low] => Some((digit(high)? << 4) | digit(low)?),
        _ => None,
    });
    let octets = octets.collect::<Option<Vec<u8>>>()?;
    match octets.as_slice() {
        // UTF8String, PrintableString and IA5String of fewer than 128 octets.
        [0x0c | 0x13 | 0x16, length @ ..0x80, text @ ..] if usize::from(*length) == text.len() => {
            String::from_utf8(text.to_vec()).ok()
        }
        _ => Some(digits.to_owned()),
    }
}

/// Whether the last backslash of a text escapes something that is not there.
fn ends_in_escape(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Option<String> {
        let attribute = |a: &Attribute| format!("{}{}={}", if a.continues { "+" } else { "" }, a.kind, a.value);
        Some(DistinguishedName::parse(text)?.attributes.iter().map(attribute).collect::<Vec<_>>().join("|"))
    }

    #[test]
    fn rfc4514_in_the_order_of_the_certificate() {
        for (text, expected) in [
            ("CN=svc-a", "CN=svc-a"),
            (r"CN=svc-b,OU=Payments\;Core,O=Acme\, Inc.,C=US", "C=US|O=Acme, Inc.|OU=Payments;Core|CN=svc-b"),
            ("UID=1234+CN=svc-c,OU=Eng+OU=Dev,O=Acme", "O=Acme|OU=Eng|+OU=Dev|UID=1234|+CN=svc-c"),
            (r"O=x\,CN=admin,CN=attacker", "CN=attacker|O=x,CN=admin"),
            (r"CN=J\C3\B6rg M\c3\bcller \E2\98\83", "CN=Jörg Müller ☃"),
            ("CN=J\u{c3}\u{b6}rg", "CN=Jörg"),
            ("CN=Jörg", "CN=Jörg"),
            (r#"CN=\ a\"\+\=\<\>\\\# \ , O = b "#, "O=b|CN= a\"+=<>\\#  "),
            (r"CN=a\ ", "CN=a "),
            (r"CN=a\\ ", "CN=a\\"),
            ("CN=,O=", "O=|CN="),
            ("CN=a=b", "CN=a=b"),
            ("0.9.2342.19200300.100.1.1=#130431323334,2.5.4.3=#0c0161", "2.5.4.3=a|0.9.2342.19200300.100.1.1=1234"),
            ("CN=#040161", "CN=#040161"),
            (r"CN=a\0d\0A", "CN=a\r\n"),
        ] {
            assert_eq!(shape(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(DistinguishedName::parse("2.5.4.3=a,cn=b").map(|n| n.values("CN").count()), Some(2));
    }

    #[test]
    fn text_that_is_no_name() {
        for text in [
            "",
            " ",
            "admin",
            "CN",
            "=a",
            "CN=a,",
            "CN=a,O",
            "CN=a+",
            "CN=\"a\"",
            "CN=a<b",
            "CN=a\\",
            "CN=a\\x",
            "CN=a\\4",
            "CN=\\C3",
            "CN=\0",
            "C N=a",
            "1=a",
            "01.2=a",
            "CN=#",
            "CN=#0",
            "CN=#zz",
            "CN=#0c01ff",
            "1.=a",
            "Ä=a",
            &"a=,".repeat(256),
            &"/a=".repeat(257),
        ] {
            assert_eq!(shape(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_slash_form() {
        for (text, expected) in [
            ("/O=Acme, Inc./OU=Dev/OU=Eng/CN=svc-c/UID=1234", "O=Acme, Inc.|OU=Dev|OU=Eng|CN=svc-c|UID=1234"),
            ("/CN=a/b+CN=c", "CN=a/b+CN=c"),
            ("/O=x/CN=admin/CN=attacker", "O=x|CN=admin|CN=attacker"),
            ("/CN=", "CN="),
        ] {
            assert_eq!(shape(text).as_deref(), Some(expected), "{text}");
        }
        for text in ["/", "//", "/a/CN=b"] {
            assert_eq!(shape(text), None, "{text}");
        }
    }
}
