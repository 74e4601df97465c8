//! What a request presented.

use crate::certificate::Chain;
use crate::certificate::header::{Refusal, TextIdentity};
use crate::certificate::x509::Validity;

/// Why a certificate does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    VerificationHeaderMismatch,
    HeaderMissingOrMalformed,
    CertificateExpired,
    CertificateNotYetValid,
}

impl Reason {
    pub const fn code(self) -> &'static str {
        match self {
            Self::VerificationHeaderMismatch => "verification_header_mismatch",
            Self::HeaderMissingOrMalformed => "header_missing_or_malformed",
            Self::CertificateExpired => "certificate_expired",
            Self::CertificateNotYetValid => "certificate_not_yet_valid",
        }
    }

    pub const fn of(validity: Validity) -> Option<Self> {
        match validity {
            Validity::Valid => None,
            Validity::Expired => Some(Self::CertificateExpired),
            Validity::NotYetValid => Some(Self::CertificateNotYetValid),
        }
    }
}

/// What a request presented: a chain, a text identity, or the reason for neither.
#[derive(Clone, Debug, Default)]
pub struct Presented {
    /// Also there when `reason` is about its dates.
    pub chain: Option<Chain>,
    pub reason: Option<Reason>,
    /// A stable code for operators.
    pub detail: Option<&'static str>,
    /// The certificate of the TLS socket may stand in.
    pub fallback: bool,
    /// JSON of a ClientCertificate that is known by text alone.
    pub text: Option<String>,
}

impl Presented {
    /// Nothing that counts, in a header that was looked at.
    pub fn refused(refusal: Refusal, fallback: bool) -> Self {
        Self {
            reason: Some(Reason::HeaderMissingOrMalformed),
            detail: Some(refusal.code()),
            fallback,
            ..Self::default()
        }
    }

    /// No header is looked at: the TLS socket alone counts.
    pub fn elsewhere() -> Self {
        Self { fallback: true, ..Self::default() }
    }

    pub fn text(identity: TextIdentity) -> Self {
        Self { text: Some(identity.to_json()), ..Self::default() }
    }

    /// After an exception of ours.
    pub fn unreadable() -> Self {
        Self::refused(Refusal::Unreadable, false)
    }
}

impl From<Chain> for Presented {
    fn from(chain: Chain) -> Self {
        Self { chain: Some(chain), ..Self::default() }
    }
}
