//! Why a header's value gives no certificate.

/// For operators; what the caller sees is the same for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No header, an empty one, or a proxy's placeholder for "no certificate".
    Absent,
    UntrustedPeer,
    /// The header came in several lines.
    Repeated,
    TooLong,
    TooManyCertificates,
    /// Not the form that the encoding asks for.
    Malformed,
    /// The form is right, but what it carries is no X.509 certificate.
    NotACertificate,
    /// Several XFCC elements, and `xfccElement` does not say which one counts.
    SeveralElements,
    /// Members of an XFCC element that contradict each other, or come twice.
    Contradiction,
    /// An unquoted SAN stands where it could have written what follows it.
    Ambiguous,
    /// Names and hashes, but no certificate.
    TextOnly,
    /// An exception of ours; never the sender's fault.
    Unreadable,
}

impl Refusal {
    pub const fn code(self) -> &'static str {
        match self {
            Self::Absent => "header_absent",
            Self::UntrustedPeer => "untrusted_peer",
            Self::Repeated => "header_repeated",
            Self::TooLong => "header_too_long",
            Self::TooManyCertificates => "too_many_certificates",
            Self::Malformed => "header_malformed",
            Self::NotACertificate => "not_a_certificate",
            Self::SeveralElements => "several_xfcc_elements",
            Self::Contradiction => "contradicting_xfcc_members",
            Self::Ambiguous => "ambiguous_xfcc_element",
            Self::TextOnly => "text_identity_not_allowed",
            Self::Unreadable => "unreadable",
        }
    }
}
