//! ASN.1 character strings as text.

use crate::certificate::der::{self, BIT_STRING, SEQUENCE};

/// RFC 5280 section 4.1.2.4 (DirectoryString) and the other types that OpenSSL lets names carry. `Some(None)` for BIT
/// STRING and SEQUENCE, which are no character strings; `None` for other types and for text that is not well-formed.
pub fn read(tag: u8, octets: &[u8]) -> Option<Option<String>> {
    match tag {
        // UTF8String
        0x0c => Some(Some(std::str::from_utf8(octets).ok()?.to_owned())),
        // NumericString, PrintableString, T61String, IA5String
        0x12 | 0x13 | 0x14 | 0x16 => Some(Some(latin1(octets))),
        // UniversalString
        0x1c => wide(octets.as_chunks::<4>(), |unit| u32::from_be_bytes(*unit)).map(Some),
        // BMPString: no surrogates
        0x1e => wide(octets.as_chunks::<2>(), |unit| u16::from_be_bytes(*unit).into()).map(Some),
        BIT_STRING => der::bits(octets).map(|_| None),
        SEQUENCE => der::each(octets, Some).map(|_| None),
        _ => None,
    }
}

/// One character an octet: NUL and controls stay what they are.
pub fn latin1(octets: &[u8]) -> String {
    octets.iter().copied().map(char::from).collect()
}

/// `AB:CD`, upper-case.
pub fn fingerprint(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() * 3);
    for octet in octets {
        if !text.is_empty() {
            text.push(':');
        }
        push_hex(&mut text, *octet);
    }
    text
}

/// `ABCD`, upper-case.
pub fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len() * 2);
    octets.iter().for_each(|octet| push_hex(&mut text, *octet));
    text
}

/// RFC 7468: lines of 64 characters, each ended by a line feed.
pub fn pem(der: &[u8]) -> String {
    let base64 = base64_simd::STANDARD.encode_to_string(der);
    let mut pem = String::with_capacity(base64.len() + base64.len() / 64 + 64);
    pem.push_str("-----BEGIN CERTIFICATE-----");
    for (at, character) in base64.chars().enumerate() {
        if at % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push_str("\n-----END CERTIFICATE-----\n");
    pem
}

fn push_hex(text: &mut String, octet: u8) {
    let digit = |digit: u8| char::from(if digit < 10 { b'0' + digit } else { b'A' - 10 + digit });
    text.push(digit(octet >> 4));
    text.push(digit(octet & 0xf));
}

fn wide<const N: usize>((units, rest): (&[[u8; N]], &[u8]), read: impl Fn(&[u8; N]) -> u32) -> Option<String> {
    if rest.is_empty() { units.iter().map(|unit| char::from_u32(read(unit))).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_string_type() {
        for (tag, octets, text) in [
            (0x0c, "ö\0".as_bytes(), "ö\0"),
            (0x13, b"a\0b", "a\0b"),
            (0x14, b"\xf6", "ö"),
            (0x1c, &[0, 1, 0xf6, 0], "\u{1f600}"),
            (0x1e, &[0, 0xf6, 0x20, 0xac], "ö€"),
        ] {
            assert_eq!(read(tag, octets), Some(Some(text.to_owned())), "{tag:x}");
        }
        assert_eq!(read(0x03, &[0, 1]), Some(None));
        for (tag, octets) in [
            (0x0c, &b"\xff"[..]),
            (0x03, b"\x08a"),
            (0x1a, b"a"),
            (0x05, b""),
            (0x1c, &[0, 0, 1]),
            (0x1c, &[0, 0x11, 0, 0]),
            (0x1e, &[0]),
            (0x1e, &[0xd8, 0x3d, 0xde, 0x00]),
        ] {
            assert_eq!(read(tag, octets), None, "{tag:x} {octets:?}");
        }
    }
}
