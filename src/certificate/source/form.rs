//! Whose options they are.

/// The functions that take a source among their options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `clientCertificateAuth` and the extractor.
    Auth,
    /// `clientCertificateResolver`.
    Resolver,
    /// `clientCertAuth`.
    Mtls,
}

impl Form {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "auth" => Some(Self::Auth),
            "resolver" => Some(Self::Resolver),
            "mtls" => Some(Self::Mtls),
            _ => None,
        }
    }

    /// What messages about its options begin with.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Auth => "client-certificate-auth: ",
            Self::Resolver => "clientCertificateResolver(): ",
            Self::Mtls => "clientCertAuth(): ",
        }
    }

    /// The options that are looked at, inherited ones too.
    pub const fn members(self) -> &'static [&'static str] {
        match self {
            Self::Auth => &[
                "certificateSource",
                "certificateHeader",
                "chainHeader",
                "headerEncoding",
                "fallbackToSocket",
                "includeChain",
                "verifyHeader",
                "verifyValue",
                "onAuthenticated",
                "onRejected",
                "xfccElement",
                "trustedProxies",
                "checkValidity",
                "clockTolerance",
            ],
            Self::Resolver => &[
                "source",
                "certificateHeader",
                "headerEncoding",
                "chainHeader",
                "verifyHeader",
                "verifyValue",
                "trustedProxies",
                "fallbackToSocket",
                "xfccElement",
                "allowTextIdentity",
                "requireAuthorized",
                "checkValidity",
                "clockTolerance",
            ],
            Self::Mtls => &[
                "header",
                "source",
                "certificateHeader",
                "headerEncoding",
                "chainHeader",
                "verifyHeader",
                "verifyValue",
                "trustedProxies",
                "fallbackToSocket",
                "xfccElement",
                "allowTextIdentity",
                "checkValidity",
                "clockTolerance",
            ],
        }
    }
}

/// What is looked at in the option `header` of `clientCertAuth`.
pub const HEADER_MEMBERS: &[&str] = &[
    "format",
    "name",
    "subjectDN",
    "issuerDN",
    "fingerprint",
    "serialNumber",
    "san",
    "verify",
    "verifySuccessValue",
    "xfccElement",
    "allowTextIdentity",
    "trustedProxies",
];
