//! RFC 3986 section 2.1, as `decodeURIComponent` reads it: a bare `%` is no text, and `+` is itself.

use std::borrow::Cow;

/// The text in ASCII; nothing when there is anything else in it, before or after decoding.
pub fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.is_ascii() {
        return None;
    }
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = String::with_capacity(text.len());
    let mut parts = text.split('%');
    decoded.push_str(parts.next()?);
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        decoded.push(octet(digits)?);
        decoded.push_str(rest);
    }
    Some(Cow::Owned(decoded))
}

fn octet(digits: &str) -> Option<char> {
    // `from_str_radix` takes a sign.
    let octet = u8::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
    octet.is_ascii().then_some(octet.into())
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn two_hexadecimal_digits_or_nothing() {
        for (text, decoded) in [("a+b", "a+b"), ("%2b%2B%0a%25", "++\n%"), ("%2541", "%41"), ("", "")] {
            assert_eq!(decode(text).as_deref(), Some(decoded), "{text}");
        }
        for text in ["%", "%4", "a%", "%+4", "%4g", "%%41", "%C3%B6", "ö", "%80", "% 41"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
