//! What proxies write about the client's certificate, read from one header value. A value is hostile until its reader
//! has taken all of it: bounded before it is looked into, and read in one way or not at all.

mod alternative_names;
mod base64;
mod distinguished_name;
mod forwarded;
mod list;
mod pem;
mod percent;
mod placeholder;
mod refusal;
mod structured;
mod text_identity;
mod xfcc;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod writer;

pub use alternative_names::alternative_names;
pub use distinguished_name::{Attribute, DistinguishedName};
pub use forwarded::{Identity, Which, read as forwarded};
pub use list::{chain_of, rfc9440};
pub use placeholder::{is_placeholder, trim};
pub use refusal::Refusal;
pub use structured::{Member, Structured};
pub use text_identity::TextIdentity;

use super::x509::Certificate;

/// The longest header value that is read, in bytes; of a chain, all its lines together.
pub const MAX_HEADER: usize = 65_536;

/// How many certificates leaf and chain may have together.
pub const MAX_CHAIN_CERTS: usize = 10;

/// How a header's value carries a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// PEM (RFC 7468), percent-encoded where the proxy does; spaces may stand for its newlines.
    UrlPem,
    /// PEM, percent-encoded but for `+`, `=` and `/`.
    UrlPemAws,
    /// Envoy's `X-Forwarded-Client-Cert`.
    Xfcc,
    /// Base64 (RFC 4648 section 4) of the DER.
    Base64Der,
    /// A byte sequence of RFC 8941 section 3.3.5 (RFC 9440 section 2.1).
    Rfc9440,
}

impl Encoding {
    pub const ALL: [(&'static str, Self); 5] = [
        ("url-pem", Self::UrlPem),
        ("url-pem-aws", Self::UrlPemAws),
        ("xfcc", Self::Xfcc),
        ("base64-der", Self::Base64Der),
        ("rfc9440", Self::Rfc9440),
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, encoding)| *encoding)
    }

    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, encoding)| *encoding == self).map_or("", |(name, _)| name)
    }
}

/// The certificates of a value, leaf first, not yet linked. `chain_in_leaf` admits a comma list in base64 DER.
pub fn certificates(value: &str, encoding: Encoding, chain_in_leaf: bool) -> Result<Vec<Certificate>, Refusal> {
    parse(&octets(value, encoding, chain_in_leaf)?)
}

/// The DER of each certificate of a value, leaf first.
pub fn octets(value: &str, encoding: Encoding, chain_in_leaf: bool) -> Result<Vec<Vec<u8>>, Refusal> {
    let value = trim(value);
    if value.len() > MAX_HEADER {
        return Err(Refusal::TooLong);
    }
    if is_placeholder(value) {
        return Err(Refusal::Absent);
    }
    match encoding {
        Encoding::UrlPem | Encoding::UrlPemAws => pem::url_pem(value),
        Encoding::Base64Der => list::base64_der(value, chain_in_leaf),
        Encoding::Rfc9440 => rfc9440(value).map(|der| vec![der]),
        Encoding::Xfcc => match forwarded::read(value, None, false)? {
            Identity::Certificates(ders) => Ok(ders),
            Identity::Text(_) => Err(Refusal::TextOnly),
        },
    }
}

/// The first must be a certificate; what else is none cannot be part of a chain and is left out.
pub fn parse(ders: &[Vec<u8>]) -> Result<Vec<Certificate>, Refusal> {
    let (leaf, rest) = ders.split_first().ok_or(Refusal::Absent)?;
    let leaf = Certificate::parse(leaf).ok_or(Refusal::NotACertificate)?;
    Ok(std::iter::once(leaf).chain(rest.iter().filter_map(|der| Certificate::parse(der))).collect())
}
