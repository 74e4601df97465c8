//! RFC 7468 section 5: the octets of the first certificate in a text.

use crate::text::is_white_space;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The first complete block, else the whole text as base64 (the alphabet of RFC 4648 section 4, white space left out).
/// The octets are not read as X.509: they are only compared by their hash.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let block = text.find(BEGIN).and_then(|begin| {
        let body = text.get(begin + BEGIN.len()..)?;
        body.get(..body.find(END)?)
    });
    let base64: String = block.unwrap_or(text).chars().filter(|c| !is_white_space(*c)).collect();
    base64_simd::forgiving_decode_to_vec(base64.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_first_block_or_the_whole_text() {
        let block = "-----BEGIN CERTIFICATE-----\r\nAQ\tID\n-----END CERTIFICATE-----";
        for text in
            [block, "AQID", " AQ ID ", &format!("junk\n{block}\n-----BEGIN CERTIFICATE-----\nBBBB"), "AQID\u{a0}"]
        {
            assert_eq!(decode(text).as_deref(), Some(&[1, 2, 3][..]), "{text:?}");
        }
        for text in [
            "-----BEGIN CERTIFICATE-----\nAQID\n",
            "-----BEGIN PUBLIC KEY-----\nAQID\n-----END PUBLIC KEY-----",
            "-----BEGIN%20CERTIFICATE-----AQID",
            "A_-D",
            "AQID=",
            "A",
        ] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }
}
