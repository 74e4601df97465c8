//! RFC 7515 section 7.1: the compact serialization.

use memchr::{memchr, memrchr};

/// The largest token that is looked at, in bytes.
pub const MAX_TOKEN: usize = 64 * 1024;

/// The three segments of a token, still encoded.
#[derive(Clone, Copy)]
pub struct Compact<'a> {
    pub header: &'a str,
    pub payload: &'a str,
    pub signature: &'a str,
    /// RFC 7515 section 5.2 step 8: header and payload with the dot between them, as they were sent.
    pub signing_input: &'a str,
}

/// Splits a token of exactly three segments.
pub fn split(token: &str) -> Option<Compact<'_>> {
    let dots = (memchr(b'.', token.as_bytes())?, memrchr(b'.', token.as_bytes())?);
    let (signing_input, signature) = (token.get(..dots.1)?, token.get(dots.1 + 1..)?);
    let (header, payload) = (token.get(..dots.0)?, token.get(dots.0 + 1..dots.1)?);
    memchr(b'.', payload.as_bytes()).is_none().then_some(Compact { header, payload, signature, signing_input })
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn exactly_three_segments() {
        let compact = split("a.b.c").unwrap();
        assert_eq!((compact.header, compact.payload, compact.signature, compact.signing_input), ("a", "b", "c", "a.b"));
        assert!(split("..").is_some());
        for token in ["", "a", "a.b", "a.b.c.d", "..."] {
            assert!(split(token).is_none(), "{token:?}");
        }
    }
}
