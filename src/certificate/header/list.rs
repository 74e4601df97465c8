//! Base64 of DER, bare or as RFC 9440 byte sequences, alone and in comma lists.

use super::{Encoding, MAX_CHAIN_CERTS, MAX_HEADER, Refusal, base64, is_placeholder, octets, trim};

/// Bare base64; a comma list, leaf first, only where the proxy is known to write one.
pub fn base64_der(value: &str, chain_in_leaf: bool) -> Result<Vec<Vec<u8>>, Refusal> {
    let items = if chain_in_leaf { items(value)? } else { vec![value] };
    let (leaf, rest) = items.split_first().ok_or(Refusal::Malformed)?;
    let leaf = base64::padded(leaf.as_bytes()).ok_or(Refusal::Malformed)?;
    // What cannot be read cannot be linked either.
    Ok(std::iter::once(leaf).chain(rest.iter().filter_map(|item| base64::padded(item.as_bytes()))).collect())
}

/// RFC 9440 section 2.1: a byte sequence and nothing beside it, no parameters.
pub fn rfc9440(value: &str) -> Result<Vec<u8>, Refusal> {
    let inner = trim(value).strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
    inner.and_then(|text| base64::padding_optional(text.as_bytes())).ok_or(Refusal::Malformed)
}

/// The DER of each certificate in a chain header (RFC 9440 section 2.3), every item in the leaf's encoding. Items that
/// cannot be read are left out; `room` is how many there may be.
pub fn chain_of(lines: &[String], encoding: Encoding, room: usize) -> Result<Vec<Vec<u8>>, Refusal> {
    if lines.iter().map(String::len).sum::<usize>() > MAX_HEADER {
        return Err(Refusal::TooLong);
    }
    let mut ders = Vec::new();
    let mut left = room;
    for line in lines.iter().map(|line| trim(line)).filter(|line| !is_placeholder(line)) {
        let items = items(line)?;
        left = left.checked_sub(items.len()).ok_or(Refusal::TooManyCertificates)?;
        for item in items {
            match octets(item, encoding, false) {
                Ok(read) => ders.extend(read),
                Err(Refusal::TooManyCertificates) => return Err(Refusal::TooManyCertificates),
                Err(_) => {}
            }
        }
    }
    if ders.len() > room { Err(Refusal::TooManyCertificates) } else { Ok(ders) }
}

fn items(value: &str) -> Result<Vec<&str>, Refusal> {
    if value.bytes().filter(|byte| *byte == b',').count() >= MAX_CHAIN_CERTS {
        return Err(Refusal::TooManyCertificates);
    }
    Ok(value.split(',').map(trim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_alone_and_in_a_list() {
        assert_eq!(base64_der("AQID", false), Ok(vec![vec![1, 2, 3]]));
        assert_eq!(base64_der("AQID , AQIE,*", true), Ok(vec![vec![1, 2, 3], vec![1, 2, 4]]));
        for (value, list) in [("AQID,AQIE", false), ("AQI", false), ("AQ ID", false), ("*,AQID", true), (",AQID", true)]
        {
            assert_eq!(base64_der(value, list), Err(Refusal::Malformed), "{value}");
        }
        assert_eq!(base64_der(&",".repeat(65_536), true), Err(Refusal::TooManyCertificates));
    }

    #[test]
    fn byte_sequences_between_colons() {
        assert_eq!(rfc9440(":AQID:"), Ok(vec![1, 2, 3]));
        assert_eq!(rfc9440(" :AQI: "), Ok(vec![1, 2]));
        for value in ["AQID", ":AQID", "AQID:", "::", ":AQID:;a=1", ":AQID:,:AQID:", ":AQ ID:", ":A_-D:", "x:AQID:"] {
            assert_eq!(rfc9440(value), Err(Refusal::Malformed), "{value}");
        }
    }

    #[test]
    fn chains_over_several_lines() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let chain = chain_of(&lines(&[":AQID:, :AQIE:", "(null)", "", "junk, :AQIF:"]), Encoding::Rfc9440, 9);
        assert_eq!(chain, Ok(vec![vec![1, 2, 3], vec![1, 2, 4], vec![1, 2, 5]]));
        let ten = lines(&[&":AQID:,".repeat(5), ":AQID:,:AQID:,:AQID:,:AQID:"]);
        assert_eq!(chain_of(&ten, Encoding::Rfc9440, 9), Err(Refusal::TooManyCertificates));
        assert_eq!(chain_of(&lines(&[&" ".repeat(65_537)]), Encoding::Rfc9440, 9), Err(Refusal::TooLong));
    }
}
