//! Every option there is: its names, its default and its rule. Documentation and tests read the same rows as
//! [`super::resolve`].

use super::{BindingMode, ClientAuthMethod, SignatureOffload};
use std::fmt;

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct OptionRow {
    /// The constructor's member.
    pub name: &'static str,
    /// The name in messages: the member, or `member.inner` for a part of it.
    pub key: &'static str,
    /// The full name of the environment variable.
    pub env: Option<&'static str>,
    pub default: Fallback,
    pub rule: Rule,
    /// One sentence for the documentation.
    pub meaning: &'static str,
}

/// What holds when an option is given nowhere. Displays as the text of a documentation table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fallback {
    Required,
    Absent,
    Number(f64),
    Bool(bool),
    Name(&'static str),
    /// The configuration leaves it open; the client then acts by this.
    InUse(&'static str),
}

/// What a value has to be. Displays as the text of a documentation table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    Uri,
    Text,
    /// Depends on `clientAuthMethod`.
    ClientSecret,
    OneOf(&'static [&'static str]),
    Function,
    Bool,
    AtLeast(f64),
    /// `memory`, or an object with the functions `set`, `get` and `delete`, own or inherited.
    Cache,
    /// PEM text or the path of a PEM file; certificate and key come together.
    Pem,
}

macro_rules! options {
    ($($row:ident $name:literal $(. $inner:literal)?, $($env:literal)?, $default:expr, $rule:expr, $meaning:literal;)*) => {
        $(pub const $row: OptionRow = OptionRow {
            name: $name,
            key: concat!($name $(, ".", $inner)?),
            env: options!(@env $($env)?),
            default: $default,
            rule: $rule,
            meaning: $meaning,
        };)*

        /// All options, in the order in which they are checked.
        pub const OPTIONS: &[OptionRow] = &[$($row),*];
    };
    (@env) => { None };
    (@env $env:literal) => { Some(concat!("MONOCLOUD_BACKEND_", $env)) };
}

options! {
    TENANT_DOMAIN "tenantDomain", "TENANT_DOMAIN", Fallback::Required, Rule::Uri,
        "The tenant's address and expected issuer. https, or http on localhost, 127.0.0.1 and [::1].";
    AUDIENCE "audience", "AUDIENCE", Fallback::Required, Rule::Uri,
        "The audience that access tokens must be issued for.";
    CLIENT_ID "clientId", "CLIENT_ID", Fallback::Absent, Rule::Text,
        "The client that introspects tokens; without it only JWTs are validated.";
    CLIENT_SECRET "clientSecret", "CLIENT_SECRET", Fallback::Absent, Rule::ClientSecret,
        "The client's secret, assertion or key, as its authentication method needs it.";
    CLIENT_AUTH_METHOD "clientAuthMethod", "CLIENT_AUTH_METHOD",
        Fallback::Name(ClientAuthMethod::ClientSecretPost.as_str()), Rule::OneOf(ClientAuthMethod::NAMES),
        "How the client authenticates at the introspection endpoint.";
    TRUST_STORE_ID "trustStoreId", "TRUST_STORE_ID", Fallback::Absent, Rule::Text,
        "The trust store whose mTLS endpoints are used.";
    METADATA_RESOLVER "metadataResolver", , Fallback::Absent, Rule::Function,
        "Returns the tenant's metadata instead of a discovery request.";
    JWKS_RESOLVER "jwksResolver", , Fallback::Absent, Rule::Function,
        "Returns the tenant's keys instead of a JWKS request.";
    FETCHER "fetcher", , Fallback::Absent, Rule::Function,
        "Makes the requests instead of the native transport; called like fetch.";
    GROUPS_CLAIM "groupOptions"."groupsClaim", "GROUPS_CLAIM", Fallback::InUse("groups"), Rule::Text,
        "The claim that holds the groups.";
    MATCH_ALL "groupOptions"."matchAll", "GROUPS_MATCH_ALL", Fallback::InUse("false"), Rule::Bool,
        "Whether all required groups are needed, not just one.";
    CLOCK_SKEW "clockSkew", "CLOCK_SKEW", Fallback::Number(0.0), Rule::AtLeast(0.0),
        "Seconds by which the clock is moved forward.";
    CLOCK_TOLERANCE "clockTolerance", "CLOCK_TOLERANCE", Fallback::Number(60.0), Rule::AtLeast(0.0),
        "Seconds by which exp and nbf may be missed.";
    JWKS_CACHE_DURATION "jwksCacheDuration", "JWKS_CACHE_DURATION", Fallback::InUse("300"), Rule::AtLeast(0.0),
        "Seconds for which the tenant's keys are kept.";
    METADATA_CACHE_DURATION "metadataCacheDuration", "METADATA_CACHE_DURATION",
        Fallback::InUse("300"), Rule::AtLeast(0.0),
        "Seconds for which the tenant's metadata is kept.";
    JWKS_STALE_DURATION "jwksStaleDuration", "JWKS_STALE_DURATION", Fallback::Number(3600.0), Rule::AtLeast(0.0),
        "Seconds past their expiry for which keys still serve while the tenant cannot be reached; 0 switches it off.";
    JWKS_COOLDOWN_DURATION "jwksCooldownDuration", "JWKS_COOLDOWN_DURATION", Fallback::Number(30.0), Rule::AtLeast(0.0),
        "Seconds between two fetches that unknown keys may cause.";
    INTROSPECT_JWT_TOKENS "introspectJwtTokens", "INTROSPECT_JWT_TOKENS", Fallback::Bool(false), Rule::Bool,
        "Whether JWTs are introspected too instead of validated locally.";
    VALIDATE_CERTIFICATE_BINDING "validateCertificateBinding", "VALIDATE_CERTIFICATE_BINDING",
        Fallback::Name(BindingMode::WhenPresent.as_str()), Rule::OneOf(BindingMode::NAMES),
        "Whether tokens must match the client certificate they are bound to.";
    SIGNATURE_OFFLOAD "signatureOffload", "SIGNATURE_OFFLOAD",
        Fallback::Name(SignatureOffload::Auto.as_str()), Rule::OneOf(SignatureOffload::NAMES),
        "Whether signatures are checked on threads of their own: when that pays, never, or always.";
    RESPONSE_TIMEOUT "responseTimeout", "RESPONSE_TIMEOUT", Fallback::Number(10_000.0), Rule::AtLeast(1000.0),
        "Milliseconds that a request may take, headers and body together.";
    INTROSPECTION_CACHE_DURATION "introspectionCacheDuration", "INTROSPECTION_CACHE_DURATION",
        Fallback::Number(300.0), Rule::AtLeast(0.0),
        "Seconds for which introspection results are kept in the cache; 0 switches it off.";
    CACHE "cache", , Fallback::Absent, Rule::Cache,
        "Where introspection results are kept; 'memory' is the built-in cache.";
    JWT_CACHE_MAX_ENTRIES "jwtCache"."maxEntries", "JWT_CACHE_MAX_ENTRIES", Fallback::Number(10_000.0), Rule::AtLeast(0.0),
        "How many verified tokens are remembered, in all threads of the process; 0, or false for `jwtCache`, switches it off.";
    JWT_CACHE_MAX_BYTES "jwtCache"."maxBytes", , Fallback::Number(16_777_216.0), Rule::AtLeast(0.0),
        "Bytes that remembering them may take.";
    CLIENT_CERTIFICATE "clientCertificate", "CLIENT_CERTIFICATE", Fallback::Absent, Rule::Pem,
        "The certificate chain that the client presents for mTLS: PEM or the path of a PEM file.";
    CLIENT_KEY "clientKey", "CLIENT_KEY", Fallback::Absent, Rule::Pem,
        "The private key of clientCertificate: PEM or the path of a PEM file.";
}

impl fmt::Display for Fallback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => formatter.write_str("required"),
            Self::Absent => formatter.write_str("-"),
            Self::Number(number) => number.fmt(formatter),
            Self::Bool(bool) => bool.fmt(formatter),
            Self::Name(text) | Self::InUse(text) => formatter.write_str(text),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uri => formatter.write_str("URI with a scheme"),
            Self::Text => formatter.write_str("non-empty string"),
            Self::ClientSecret => formatter.write_str(
                "string; JWK (object or JSON text) for private_key_jwt; string or oct JWK for client_secret_jwt",
            ),
            Self::OneOf(names) => write!(formatter, "one of {}", names.join(", ")),
            Self::Function => formatter.write_str("function"),
            Self::Bool => formatter.write_str("boolean"),
            Self::AtLeast(minimum) => write!(formatter, "number >= {minimum}"),
            Self::Cache => formatter.write_str("'memory', or object with functions set, get and delete"),
            Self::Pem => formatter.write_str("PEM or path, both or neither of clientCertificate and clientKey"),
        }
    }
}
