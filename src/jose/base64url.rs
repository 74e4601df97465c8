//! Base64url as RFC 7515 section 2 has it: no padding, no white space, no other alphabet, no stray trailing bits.

use base64_simd::{AsOut, URL_SAFE_NO_PAD};

/// The octets, or nothing when the text is not the one encoding of them.
pub fn decode(text: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// As [`decode`], to the beginning of a buffer that has room for them; how many there are.
pub fn decode_to(text: &[u8], octets: &mut [u8]) -> Option<usize> {
    URL_SAFE_NO_PAD.decode(text, octets.as_out()).ok().map(|decoded| decoded.len())
}

pub fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_is_read() {
        assert_eq!(decode(b"_-8").as_deref(), Some(&[0xff, 0xef][..]));
        assert_eq!(decode(b"").as_deref(), Some(&[][..]));
        for text in ["_-9", "/+8", "_-8=", "_-8 ", " _-8", "_\n-8", "A", "AB", "AAAAA", "\u{e9}AAA"] {
            assert_eq!(decode(text.as_bytes()), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for length in 0..70u8 {
            let octets: Vec<u8> = (0..length).map(|i| i.wrapping_mul(37)).collect();
            assert_eq!(decode(encode(&octets).as_bytes()), Some(octets));
        }
    }
}
