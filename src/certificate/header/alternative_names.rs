//! A comma list of subject alternative names, as Node and OpenSSL print it.

use super::distinguished_name::from_octets;
use super::{is_placeholder, trim};

/// More entries than any certificate has.
const MAX_NAMES: usize = 1024;

/// The entries (`DNS:a`, `URI:b`, or bare). A value that is quoted as JSON keeps its commas; nothing where a quote is
/// not closed or stands in the middle of a value.
pub fn alternative_names(text: &str) -> Option<Vec<String>> {
    let text = from_octets(text);
    let mut names = Vec::new();
    let mut count = 0;
    let mut rest = trim(&text);
    while !rest.is_empty() {
        let (name, after) = entry(rest)?;
        count += 1;
        if count > MAX_NAMES {
            return None;
        }
        if !is_placeholder(&name) {
            names.push(name);
        }
        rest = trim(after);
    }
    Some(names)
}

/// One entry and the text behind its comma.
fn entry(text: &str) -> Option<(String, &str)> {
    let end = text.find([',', '"']).unwrap_or(text.len());
    let (plain, rest) = text.split_at_checked(end)?;
    if !rest.starts_with('"') {
        return Some((trim(plain).to_owned(), rest.strip_prefix(',').unwrap_or(rest)));
    }
    // Only behind the kind of a name.
    if !plain.is_empty() && !plain.ends_with(':') {
        return None;
    }
    let mut strings = serde_json::Deserializer::from_str(rest).into_iter::<String>();
    let value = strings.next()?.ok()?;
    let after = trim(rest.get(strings.byte_offset()..)?);
    let after = if after.is_empty() { after } else { after.strip_prefix(',')? };
    Some((format!("{plain}{value}"), after))
}

#[cfg(test)]
mod tests {
    use super::alternative_names;

    #[test]
    fn entries_of_a_list() {
        for (text, expected) in [
            ("DNS:a, URI:http://b ,c", &["DNS:a", "URI:http://b", "c"][..]),
            (r#"DNS:"a\u002cb", "c,d""#, &["DNS:a,b", "c,d"]),
            ("DNS:a,,(null),", &["DNS:a"]),
            ("DNS:J\u{c3}\u{b6}rg", &["DNS:Jörg"]),
            ("", &[]),
        ] {
            assert_eq!(
                alternative_names(text).as_deref(),
                Some(expected.iter().map(|e| (*e).to_owned()).collect::<Vec<_>>().as_slice()),
                "{text}"
            );
        }
        assert_eq!(alternative_names(&"a,".repeat(1025)), None);
        for text in [r#"DNS:"a"#, r#"DNS:a"b""#, r#"DNS:"a"b"#, r#"""#, r#"DNS:"\x""#] {
            assert_eq!(alternative_names(text), None, "{text}");
        }
    }
}
