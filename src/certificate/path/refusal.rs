//! Why a chain was not let in.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    NoCertificate,
    /// Octets that are no certificate.
    Malformed,
    /// No anchor has the issuer's name and made the signature.
    UnknownIssuer,
    Expired,
    NotYetValid,
    /// By the dotted decimal of its object identifier.
    UnsupportedExtension(String),
    NotClientAuth,
    NotForSigning,
    NotAnAuthority,
    PathTooLong,
    TooDeep,
    TooManyChecks,
}

/// A code for operators, with the extension that it is about.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoCertificate => "certificate_missing",
            Self::Malformed => "certificate_malformed",
            Self::UnknownIssuer => "issuer_unknown",
            Self::Expired => "certificate_expired",
            Self::NotYetValid => "certificate_not_yet_valid",
            Self::UnsupportedExtension(oid) => return write!(f, "extension_unsupported {oid}"),
            Self::NotClientAuth => "client_auth_not_permitted",
            Self::NotForSigning => "key_usage_not_permitted",
            Self::NotAnAuthority => "issuer_not_an_authority",
            Self::PathTooLong => "path_length_exceeded",
            Self::TooDeep => "max_depth_exceeded",
            Self::TooManyChecks => "too_many_signatures",
        })
    }
}
