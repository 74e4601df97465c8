//! The few DER forms (X.690) that keys are handed on in: SEQUENCE and INTEGER.

use zeroize::{Zeroize, Zeroizing};

/// SEQUENCE of unsigned INTEGERs: RSAPublicKey and RSAPrivateKey (RFC 8017 appendix A.1). Wiped after use.
pub fn sequence(integers: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let mut content = Zeroizing::new(Vec::new());
    for octets in integers {
        let octets = without_leading_zeros(octets);
        // A negative number has its first bit set; zero has one octet.
        let sign: &[u8] = if octets.first().is_none_or(|first| *first >= 0x80) { &[0] } else { &[] };
        let mut integer = element(0x02, &[sign, octets]);
        // No part of a private key stays behind in a buffer that grows.
        let mut grown = Vec::with_capacity(content.len() + integer.len());
        grown.extend_from_slice(&content);
        grown.extend_from_slice(&integer);
        integer.zeroize();
        content = Zeroizing::new(grown);
    }
    Zeroizing::new(element(0x30, &[&content]))
}

pub fn without_leading_zeros(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let size: usize = parts.iter().map(|part| part.len()).sum();
    let length = size.to_be_bytes();
    let length = without_leading_zeros(&length);
    let mut element = Vec::with_capacity(size + length.len() + 2);
    element.push(tag);
    if size < 0x80 {
        element.push(size as u8);
    } else {
        element.push(0x80 | length.len() as u8);
        element.extend_from_slice(length);
    }
    parts.iter().for_each(|part| element.extend_from_slice(part));
    element
}

#[cfg(test)]
mod tests {
    use super::sequence;

    #[test]
    fn integers_are_unsigned_and_as_short_as_they_can_be() {
        assert_eq!(**sequence(&[&[0, 0, 1], &[0x80], &[]]), [0x30, 10, 2, 1, 1, 2, 2, 0, 0x80, 2, 1, 0]);
        let long = sequence(&[&[1; 300]]);
        assert_eq!(long[..8], [0x30, 0x82, 1, 48, 2, 0x82, 1, 44]);
        assert_eq!(long.len(), 308);
        assert_eq!(sequence(&[&[1; 0x80]])[..6], [0x30, 0x81, 0x83, 2, 0x81, 0x80]);
    }
}
