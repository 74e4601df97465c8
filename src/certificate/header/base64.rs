//! RFC 4648 section 4, the one text of each octet sequence: no white space, no other alphabet, no stray trailing bits.

use base64_simd::{STANDARD, STANDARD_NO_PAD};

/// Padding as the RFC has it.
pub fn padded(text: &[u8]) -> Option<Vec<u8>> {
    if text.is_empty() { None } else { STANDARD.decode_to_vec(text).ok() }
}

/// RFC 8941 section 4.2.7: padding may be left out.
pub fn padding_optional(text: &[u8]) -> Option<Vec<u8>> {
    if text.ends_with(b"=") || text.is_empty() { padded(text) } else { STANDARD_NO_PAD.decode_to_vec(text).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_for_each_octet_sequence() {
        assert_eq!(padded(b"+/8=").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(padding_optional(b"+/8=").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(padding_optional(b"+/8").as_deref(), Some(&[0xfb, 0xff][..]));
        assert_eq!(padded(b"+/8"), None);
        for text in ["", "=", "+/9=", "+/9", "-_8=", "+/ 8=", "+/8==", "+/8=\n", "A", "AAAA=", "A=AA"] {
            assert_eq!(padded(text.as_bytes()), None, "{text:?}");
            assert_eq!(padding_optional(text.as_bytes()), None, "{text:?}");
        }
    }
}
