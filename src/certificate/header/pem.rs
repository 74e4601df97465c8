//! PEM certificates (RFC 7468 section 5) in a header, where newlines are percent-encoded, spaces, or left out.

use super::{MAX_CHAIN_CERTS, Refusal, base64, percent};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Percent-encoded PEM, as a whole or in part: the DER of each block.
pub fn url_pem(value: &str) -> Result<Vec<Vec<u8>>, Refusal> {
    // Two header lines that were joined, or a list: neither is this form.
    if value.contains(',') {
        return Err(Refusal::Malformed);
    }
    blocks(&percent::decode(value).ok_or(Refusal::Malformed)?)
}

/// The DER of each block. Nothing but white space before the first, nothing but certificates among the blocks; text
/// after the last that begins no block is none of the certificate's.
pub fn blocks(text: &str) -> Result<Vec<Vec<u8>>, Refusal> {
    if text.matches(BEGIN).count() > MAX_CHAIN_CERTS {
        return Err(Refusal::TooManyCertificates);
    }
    let mut ders = Vec::new();
    let mut rest = text.trim_ascii_start();
    while let Some(body) = rest.strip_prefix(BEGIN) {
        let (body, after) = body.split_once(END).ok_or(Refusal::Malformed)?;
        ders.push(decode(body).ok_or(Refusal::Malformed)?);
        rest = after.trim_ascii_start();
    }
    if ders.is_empty() || rest.contains("-----") { Err(Refusal::Malformed) } else { Ok(ders) }
}

fn decode(body: &str) -> Option<Vec<u8>> {
    let base64: Vec<u8> = body.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).collect();
    base64::padded(&base64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_for_a_newline() {
        for value in [
            "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n",
            "-----BEGIN%20CERTIFICATE-----%0AAQID%0A-----END%20CERTIFICATE-----%0A",
            "-----BEGIN%20CERTIFICATE-----%0d%0aAQ%0aID%0d%0a-----END%20CERTIFICATE-----",
            "-----BEGIN CERTIFICATE----- AQ ID -----END CERTIFICATE----- ",
            "%2D%2D%2D%2D%2DBEGIN CERTIFICATE-----AQID-----END CERTIFICATE-----",
            "%20%0A-----BEGIN CERTIFICATE-----AQID-----END CERTIFICATE-----trailing text",
        ] {
            assert_eq!(url_pem(value), Ok(vec![vec![1, 2, 3]]), "{value}");
        }
        let two = "-----BEGIN CERTIFICATE-----AQID-----END CERTIFICATE-----".repeat(2);
        assert_eq!(url_pem(&two), Ok(vec![vec![1, 2, 3]; 2]));
    }

    #[test]
    fn nothing_else_is_a_certificate() {
        let block = "-----BEGIN CERTIFICATE-----AQID-----END CERTIFICATE-----";
        for value in [
            "AQID",
            &format!("junk {block}"),
            &format!("{block},{block}"),
            &format!("{block} -----BEGIN CERTIFICATE-----AQID"),
            &format!("{block}-----BEGIN PRIVATE KEY-----AQID-----END PRIVATE KEY-----"),
            &format!("{block} junk {block}"),
            "-----BEGIN TRUSTED CERTIFICATE-----AQID-----END TRUSTED CERTIFICATE-----",
            "-----BEGIN X509 CERTIFICATE-----AQID-----END X509 CERTIFICATE-----",
            "-----begin certificate-----AQID-----end certificate-----",
            "-----BEGIN+CERTIFICATE-----AQID-----END+CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----AQI-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----A_-D-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----AQ\u{0}ID-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----Proc-Type: 4 AQID-----END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
            "-----BEGIN CERTIFICATE-----AQID-----END CERTIFICATE----- 100%",
            "\u{a0}-----BEGIN CERTIFICATE-----AQID-----END CERTIFICATE-----",
        ] {
            assert_eq!(url_pem(value), Err(Refusal::Malformed), "{value}");
        }
        assert_eq!(url_pem(&block.repeat(11)), Err(Refusal::TooManyCertificates));
        assert_eq!(url_pem(&block.repeat(10)).map(|ders| ders.len()), Ok(10));
    }
}
