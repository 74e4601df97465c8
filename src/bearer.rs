//! RFC 6750 section 2.1: the token of an `Authorization` header line.

use crate::text::words;

/// The token, or nothing when the header does not hold exactly a `Bearer` scheme and one more part. The scheme is
/// compared without case (RFC 9110 section 11.1); any white space may stand between the parts.
pub fn token(header: &str) -> Option<&str> {
    let mut parts = words(header);
    let scheme = parts.next()?;
    let token = parts.next()?;
    (scheme.eq_ignore_ascii_case("bearer") && parts.next().is_none()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn one_scheme_and_one_token() {
        for (header, expected) in [
            ("Bearer abc", Some("abc")),
            ("  bEaReR \t abc  ", Some("abc")),
            ("Bearer\u{a0}abc", Some("abc")),
            ("", None),
            ("Bearer", None),
            ("Bearer ", None),
            ("Basic abc", None),
            ("Bearer a b", None),
            ("Bearerabc", None),
            ("abc", None),
        ] {
            assert_eq!(token(header), expected, "{header:?}");
        }
    }
}
