//! Why a certificate does not pass.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Missing,
    NotVerified,
    Expired,
    NotYetValid,
    Subject,
    Issuer,
    Fingerprint,
    Name,
    /// `verify` of the application.
    Application,
}

impl Refusal {
    pub const ALL: [Self; 9] = [
        Self::Missing,
        Self::NotVerified,
        Self::Expired,
        Self::NotYetValid,
        Self::Subject,
        Self::Issuer,
        Self::Fingerprint,
        Self::Name,
        Self::Application,
    ];

    /// Stable, for operators.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "certificate_missing",
            Self::NotVerified => "certificate_not_verified",
            Self::Expired => "certificate_expired",
            Self::NotYetValid => "certificate_not_yet_valid",
            Self::Subject => "certificate_subject_not_allowed",
            Self::Issuer => "certificate_issuer_not_allowed",
            Self::Fingerprint => "certificate_fingerprint_not_allowed",
            Self::Name => "certificate_name_not_allowed",
            Self::Application => "certificate_refused_by_application",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn codes_are_distinct() {
        let mut codes: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::ALL.len());
    }
}
