//! The certificates of authorities, as files carry them.

use crate::certificate::x509::Certificate;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const MARK: &str = "-----";

/// PEM (RFC 7468) as text or octets, or the DER of one certificate.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    Text(&'a str),
    Octets(&'a [u8]),
}

impl Entry<'_> {
    pub(super) fn certificates(self) -> Result<Vec<Certificate>, String> {
        let text = match self {
            Self::Text(text) => text,
            Self::Octets(octets) => match std::str::from_utf8(octets).ok().filter(|text| text.contains(BEGIN)) {
                Some(text) => text,
                None => return Ok(vec![Certificate::parse(octets).ok_or(NO_CERTIFICATE)?]),
            },
        };
        let blocks =
            blocks(text).ok_or("allowCA could not split this PEM bundle; pass each certificate as its own entry")?;
        let parse = |der: Vec<u8>| Certificate::parse(&der).ok_or_else(|| NO_CERTIFICATE.to_owned());
        blocks.into_iter().map(parse).collect()
    }
}

const NO_CERTIFICATE: &str = "allowCA could not read a CA certificate; pass PEM text, or the DER of one certificate";

/// The DER of each block; text between blocks is explanatory (RFC 7468 section 5.2). Nothing when there is no block, one
/// that is not closed or no base64, or one with another label.
fn blocks(text: &str) -> Option<Vec<Vec<u8>>> {
    let mut ders = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(MARK) {
        let (body, after) = rest.get(at..)?.strip_prefix(BEGIN)?.split_once(END)?;
        let base64: Vec<u8> = body.bytes().filter(|octet| !octet.is_ascii_whitespace()).collect();
        ders.push(base64_simd::STANDARD.decode_to_vec(base64).ok()?);
        rest = after;
    }
    (!ders.is_empty()).then_some(ders)
}
