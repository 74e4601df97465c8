//! Fingerprints: hashes of a certificate's DER in hexadecimal, with or without the hash's name, colons and spaces.

use crate::text::is_white_space;
use subtle::{Choice, ConstantTimeEq};

pub struct Fingerprints {
    listed: Vec<Fingerprint>,
    /// SHA-1 entries that were left out.
    ignored: usize,
}

/// The number of octets tells the hashes apart: 20, 32 and 64.
struct Fingerprint(Vec<u8>);

const SHA1: usize = 20;

/// Names that may stand in front, and the octets of the hash.
const HASHES: [(&str, usize); 6] =
    [("sha1", SHA1), ("sha-1", SHA1), ("sha256", 32), ("sha-256", 32), ("sha512", 64), ("sha-512", 64)];

impl Fingerprints {
    pub fn compile(name: &str, texts: &[String], allow_sha1: bool) -> Result<Self, String> {
        let wrong = |index| {
            format!("{name} needs fingerprints in hexadecimal, of SHA-256, SHA-512 or SHA-1; entry {index} is none")
        };
        let read = texts.iter().enumerate().map(|(index, text)| Fingerprint::parse(text).ok_or_else(|| wrong(index)));
        let all = read.collect::<Result<Vec<_>, _>>()?;
        let count = all.len();
        let listed: Vec<_> = all.into_iter().filter(|entry| allow_sha1 || entry.0.len() != SHA1).collect();
        let ignored = count - listed.len();
        Ok(Self { listed, ignored })
    }

    /// Every entry is compared with every value, in constant time, so that neither the place nor the prefix shows.
    pub fn admit(&self, values: &[String]) -> bool {
        let presented: Vec<_> = values.iter().filter_map(|value| Fingerprint::parse(value)).collect();
        let mut found = Choice::from(0);
        for entry in &self.listed {
            for value in &presented {
                found |= entry.0.ct_eq(&value.0);
            }
        }
        found.into()
    }

    pub fn warning(&self, name: &str) -> Option<String> {
        let text = || {
            format!(
                "{name}: {} SHA-1 fingerprint(s) never match. List SHA-256 fingerprints, or set allowSha1: true.",
                self.ignored
            )
        };
        (self.ignored > 0).then(text)
    }
}

impl Fingerprint {
    fn parse(text: &str) -> Option<Self> {
        let (octets, digits) = match text.split_once(':').map(|(name, digits)| (octets_of(name), digits)) {
            Some((Some(octets), digits)) => (Some(octets), digits),
            _ => (None, text),
        };
        let digits: Vec<u8> = digits
            .chars()
            .filter(|c| *c != ':' && !is_white_space(*c))
            .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect::<Option<_>>()?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        let is_hash =
            HASHES.iter().any(|(_, known)| bytes.len() == *known && octets.is_none_or(|named| named == *known));
        (digits.len().is_multiple_of(2) && is_hash).then_some(Self(bytes))
    }
}

fn octets_of(name: &str) -> Option<usize> {
    let name = name.trim_matches(is_white_space);
    HASHES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, octets)| *octets)
}

#[cfg(test)]
mod tests {
    use crate::certificate::allow::tests::{compiled, list, owned};
    use crate::certificate::allow::{AllowList, Kind};

    const STRICT: Kind = Kind::Fingerprints { allow_sha1: false };

    fn hex(byte: &str, octets: usize, separator: &str) -> String {
        vec![byte; octets].join(separator)
    }

    #[test]
    fn any_spelling_of_the_same_octets_matches() {
        for octets in [32, 64] {
            let presented = hex("AB", octets, ":");
            let bits = octets * 8;
            for entry in [
                presented.clone(),
                hex("ab", octets, ""),
                hex("aB", octets, " "),
                format!("SHA{bits}:{presented}"),
                format!("sha-{bits}: {}", hex("ab", octets, "")),
            ] {
                assert!(compiled(STRICT, &[&entry]).admits(&owned(&["", &presented]), &[]), "{entry}");
            }
            assert!(!compiled(STRICT, &[&hex("ac", octets, "")]).admits(&[presented], &[]));
        }
    }

    #[test]
    fn sha_1_counts_only_if_it_was_asked_for() {
        let presented = [hex("AB", 20, ":")];
        let entry = hex("ab", 20, "");
        let strict = compiled(STRICT, &[&entry]);
        assert!(!strict.admits(&presented, &[]));
        assert!(strict.warning("allowFingerprints").is_some_and(|text| text.contains("1 SHA-1")));
        for entry in [entry.clone(), format!("SHA1:{entry}")] {
            let lenient = compiled(Kind::Fingerprints { allow_sha1: true }, &[&entry]);
            assert!(lenient.admits(&presented, &[]));
            assert_eq!(lenient.warning("allowFingerprints"), None);
        }
    }

    #[test]
    fn an_entry_that_is_no_fingerprint_is_named() {
        let good = hex("ab", 32, "");
        let cut = hex("ab", 31, "");
        let odd = format!("{good}a");
        let other_hash = format!("SHA512:{good}");
        let sign = format!("+{}", &good[1..]);
        for entry in ["AB:CD", "svc-a", &cut, &odd, &other_hash, &sign, &format!("MD5:{good}")] {
            let message = AllowList::compile(STRICT, "allowFingerprints", &list(&[&good, entry])).err();
            assert!(message.is_some_and(|text| text.contains("entry 1")), "{entry}");
        }
    }
}
