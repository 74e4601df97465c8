//! The grammar of `X-Forwarded-Client-Cert`: elements by `,`, members by `;`, a value whole in quotes or without any.

use super::{Refusal, trim};

/// More elements, or members of one, than any chain of proxies writes.
const MAX_PARTS: usize = 64;

/// One proxy's account of one client.
#[derive(Debug, Default)]
pub struct Element<'a> {
    pub members: Vec<Member<'a>>,
    /// Some part of it has no `=`, or no key.
    pub malformed: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    pub key: Key,
    /// Without its quotes, escapes as they stand.
    pub value: &'a str,
    pub quoted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    By,
    Hash,
    Cert,
    Chain,
    Subject,
    Serial,
    Uri,
    Dns,
    Other,
}

impl Key {
    const NAMES: [(&'static str, Self); 8] = [
        ("by", Self::By),
        ("hash", Self::Hash),
        ("cert", Self::Cert),
        ("chain", Self::Chain),
        ("subject", Self::Subject),
        ("serial", Self::Serial),
        ("uri", Self::Uri),
        ("dns", Self::Dns),
    ];

    fn named(name: &str) -> Self {
        let known = Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or(Self::Other, |(_, key)| *key)
    }

    /// Written by the client's certificate, without quotes by every proxy that is known.
    pub const fn is_alternative_name(self) -> bool {
        matches!(self, Self::Uri | Self::Dns)
    }
}

impl Element<'_> {
    /// An unquoted SAN: it may have written the separators that follow it, and what stands behind them.
    pub fn has_open_name(&self) -> bool {
        self.members.iter().any(Member::is_open_name)
    }
}

impl Member<'_> {
    pub fn is_open_name(&self) -> bool {
        self.key.is_alternative_name() && !self.quoted
    }
}

/// All elements. Refused as a whole: a quote that is not closed, a value that is quoted in part, a quote where none
/// belongs. One of them moves every separator behind it. Text behind an unquoted SAN that has no `=` is nobody's member:
/// the SAN has a separator in it.
pub fn elements(value: &str) -> Result<Vec<Element<'_>>, Refusal> {
    let mut elements = vec![Element::default()];
    let mut separator = None;
    let mut rest = Some(value);
    while let Some(text) = rest {
        let part = Part::read(text)?;
        let element = elements.last_mut().ok_or(Refusal::Malformed)?;
        let open = element.members.last().is_some_and(Member::is_open_name);
        if !(open && part.is_bare) {
            if separator == Some(',') {
                elements.push(Element::default());
            }
            let element = elements.last_mut().ok_or(Refusal::Malformed)?;
            element.malformed |= part.member.is_none();
            element.members.extend(part.member);
            if element.members.len() > MAX_PARTS || elements.len() > MAX_PARTS {
                return Err(Refusal::Malformed);
            }
        }
        (separator, rest) = (part.separator, part.rest);
    }
    Ok(elements)
}

/// What stands between two separators.
struct Part<'a> {
    /// Nothing where there is no `=`, or no key before it.
    member: Option<Member<'a>>,
    /// Without `=`.
    is_bare: bool,
    separator: Option<char>,
    /// Behind the separator, if there is one.
    rest: Option<&'a str>,
}

impl<'a> Part<'a> {
    fn read(text: &'a str) -> Result<Self, Refusal> {
        let end = text.find(['=', ';', ',', '"']).unwrap_or(text.len());
        let (name, rest) = text.split_at_checked(end).ok_or(Refusal::Malformed)?;
        let Some(rest) = rest.strip_prefix('=') else {
            let (separator, rest) = separated(rest)?;
            return Ok(Self { member: None, is_bare: true, separator, rest });
        };
        let name = trim(name);
        let rest = rest.trim_start_matches([' ', '\t']);
        let (value, quoted, rest) = match rest.strip_prefix('"') {
            Some(inner) => {
                let (value, rest) = quoted(inner)?;
                (value, true, rest.trim_start_matches([' ', '\t']))
            }
            None => {
                let end = rest.find([';', ',', '"']).unwrap_or(rest.len());
                let (value, rest) = rest.split_at_checked(end).ok_or(Refusal::Malformed)?;
                (trim(value), false, rest)
            }
        };
        let (separator, rest) = separated(rest)?;
        let member = (!name.is_empty()).then(|| Member { key: Key::named(name), value, quoted });
        Ok(Self { member, is_bare: false, separator, rest })
    }
}

/// Up to the closing quote; a backslash takes the character behind it along.
fn quoted(text: &str) -> Result<(&str, &str), Refusal> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => {
                let (value, rest) = text.split_at_checked(at).ok_or(Refusal::Malformed)?;
                return Ok((value, rest.strip_prefix('"').ok_or(Refusal::Malformed)?));
            }
            _ => {}
        }
    }
    Err(Refusal::Malformed)
}

fn separated(rest: &str) -> Result<(Option<char>, Option<&str>), Refusal> {
    let mut characters = rest.chars();
    match characters.next() {
        None => Ok((None, None)),
        Some(separator @ (';' | ',')) => Ok((Some(separator), Some(characters.as_str()))),
        Some(_) => Err(Refusal::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(value: &str) -> Option<String> {
        let elements = elements(value).ok()?;
        let shape = |element: &Element<'_>| {
            let members = element.members.iter().map(|m| format!("{:?}={}", m.key, m.value)).collect::<Vec<_>>();
            format!("{}{}", members.join(";"), if element.malformed { "!" } else { "" })
        };
        Some(elements.iter().map(shape).collect::<Vec<_>>().join(" | "))
    }

    #[test]
    fn elements_and_their_members() {
        for (value, expected) in [
            ("Hash=ab;URI=", "Hash=ab;Uri="),
            (r#"hash=ab; SUBJECT="CN=a,O=b;c" , By=x"#, "Hash=ab;Subject=CN=a,O=b;c | By=x"),
            (r#"Subject="CN=a\"b\\";DNS=x"#, r#"Subject=CN=a\"b\\;Dns=x"#),
            ("URI=http://e/a,email:b,x;y;DNS=z", "Uri=http://e/a;Dns=z"),
            ("URI=\"a\",b", "Uri=a | !"),
            ("By=a,b,URI=a,=b", "By=a | ! | Uri=a | !"),
            ("", "!"),
            (",", "! | !"),
            ("=a;Other=b=c", "Other=b=c!"),
        ] {
            assert_eq!(shape(value).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn quotes_that_would_move_separators() {
        for value in [
            r#"Subject="CN=a"#,
            r#"Subject="CN=a\""#,
            r#"Subject=CN="a""#,
            r#"Subject="CN=a"b;Hash=c"#,
            r#"Sub"ject=a"#,
            r#"""#,
            r#"URI=a"b"#,
            r#"By=a\";Hash=b"#,
            r#"a,"b""#,
        ] {
            assert_eq!(shape(value), None, "{value}");
        }
        assert_eq!(shape(&",".repeat(65_536)), None);
        assert_eq!(shape(&"a=;".repeat(20_000)), None);
    }
}
