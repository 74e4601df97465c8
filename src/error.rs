//! Every way a validation can end badly: one closed list of reasons, each with its stable code, its kind and the
//! message the application sees.

use crate::request::{Response, TransportError};
use std::borrow::Cow;

/// The `code` of a `MonoCloudTokenError` (RFC 6750 section 3.1 names the first two families).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenCode {
    InvalidToken,
    InsufficientScope,
    InsufficientGroups,
    InactiveToken,
}

impl TokenCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientGroups => "insufficient_groups",
            Self::InactiveToken => "inactive_token",
        }
    }
}

/// Whose trouble it is; it selects the error class and, through [`crate::answer`], the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The token's: `MonoCloudTokenError`.
    Token(TokenCode),
    /// The network's or the tenant's: `MonoCloudHttpError`.
    Http,
    /// The tenant refused this client: `MonoCloudOPError` (RFC 6749 section 5.2).
    Op,
    /// The application's own configuration or arguments: `MonoCloudValidationError`.
    Validation,
}

macro_rules! reasons {
    ($($variant:ident $code:literal $kind:expr => $message:literal;)*) => {
        /// Why something was refused. The code is stable; operators see it in diagnostics.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Reason { $($variant),* }

        impl Reason {
            pub const ALL: &'static [Reason] = &[$(Reason::$variant),*];

            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => $kind),* }
            }

            /// The message when the failure brings none of its own.
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message),* }
            }
        }
    };
}

const INVALID: Kind = Kind::Token(TokenCode::InvalidToken);
const INACTIVE: Kind = Kind::Token(TokenCode::InactiveToken);

reasons! {
    TokenTooLarge "token_too_large" INVALID => "Access token exceeds the maximum size of 64 KiB";
    JwtPartsWrong "jwt_parts_wrong" INVALID => "JWT access token must have a header, payload and signature";
    JwtHeaderMalformed "jwt_header_malformed" INVALID => "Failed to parse JWT Header";
    JwtHeaderNotObject "jwt_header_not_object" INVALID => "JWT Header must be a top level object";
    JwtCritical "jwt_crit_not_supported" INVALID => "Unexpected JWT \"crit\" header parameter";
    AlgorithmUnsupported "algorithm_unsupported" INVALID => "unsupported JWS \"alg\" identifier";
    KeyNotFound "key_not_found" INVALID => "No matching key found in the JSON Web Key Set";
    KeyAmbiguous "key_ambiguous" INVALID => "error when selecting a JWT verification key, multiple applicable keys found, a \"kid\" JWT Header Parameter is required";
    RsaPkcs1KeySize "rsa_key_size_unsupported" INVALID => "Unsupported RSASSA-PKCS1-v1_5 modulusLength";
    RsaPssKeySize "rsa_pss_key_size_unsupported" INVALID => "Unsupported RSA-PSS modulusLength";
    SignatureMalformed "signature_malformed" INVALID => "JWT signature verification failed";
    SignatureInvalid "signature_invalid" INVALID => "JWT signature verification failed";
    JwtPayloadMalformed "jwt_payload_malformed" INVALID => "Failed to parse JWT Payload";
    JwtPayloadNotObject "jwt_payload_not_object" INVALID => "JWT Payload must be a top level object";
    IssuerMismatch "issuer_mismatch" INVALID => "Invalid Issuer";
    SubjectInvalid "subject_invalid" INVALID => "Invalid subject";
    AudienceMismatch "audience_mismatch" INVALID => "Invalid audience claim";
    ExpirationType "expiration_type" INVALID => "Unexpected \"exp\" (expiration time) claim type";
    Expired "token_expired" INVALID => "Unexpected \"exp\" (expiration time) claim value, timestamp is <= now()";
    NotBeforeType "not_before_type" INVALID => "Unexpected \"nbf\" (not before) claim type";
    NotYetValid "token_not_yet_valid" INVALID => "Unexpected \"nbf\" (not before) claim value, timestamp is > now()";
    ScopeType "scope_type" INVALID => "Unexpected \"scope\" claim type";
    ScopesMissing "scopes_missing" Kind::Token(TokenCode::InsufficientScope) => "Token is missing required scopes";
    GroupsType "groups_type" INVALID => "Unexpected element in the groups claim";
    GroupsMissing "groups_missing" Kind::Token(TokenCode::InsufficientGroups) => "Token is missing required groups";
    CertificateMissing "certificate_missing" INVALID => "Client certificate is not present";
    CertificateMalformed "certificate_malformed" INVALID => "Client certificate is malformed";
    ConfirmationMissing "confirmation_missing" INVALID => "Access token does not contain a 'cnf' (confirmation) claim for certificate binding";
    ConfirmationMalformed "confirmation_malformed" INVALID => "Malformed 'cnf' claim for certificate binding";
    ConfirmationNotObject "confirmation_not_object" INVALID => "The 'cnf' claim could not be parsed";
    ThumbprintMissing "thumbprint_missing" INVALID => "The 'cnf' claim does not contain an 'x5t#S256' member specifying the certificate hash for binding";
    ThumbprintMismatch "thumbprint_mismatch" INVALID => "The certificate hash in the access token does not match the presented client certificate (certificate binding validation failed)";
    Inactive "token_inactive" INACTIVE => "Token is not active. The introspection endpoint returned active=false";
    InactiveCached "token_inactive_cached" INACTIVE => "Token is not active. A cached introspection result reported active=false";
    DecodeNoPayload "decode_no_payload" INVALID => "JWT does not contain payload";
    DecodeNotObject "decode_not_object" INVALID => "Payload is not an object";
    DecodeMalformed "decode_malformed" INVALID => "Could not parse payload. Malformed payload";
    TokenBlank "token_blank" Kind::Validation => "Access token must be a valid non-empty string";
    RequirementInvalid "requirement_invalid" Kind::Validation => "";
    IntrospectionNotConfigured "introspection_not_configured" Kind::Validation => "Token introspection is not configured";
    ClientIdMissing "client_id_missing" Kind::Validation => "The clientId option must be configured to introspect access tokens";
    EndpointMissing "endpoint_missing" Kind::Validation => "";
    ClientAuthenticationUnusable "client_authentication_unusable" Kind::Validation => "";
    ResolverAnswerMalformed "resolver_answer_malformed" Kind::Validation => "";
    ConfigurationInvalid "configuration_invalid" Kind::Validation => "";
    RequestTimedOut "request_timed_out" Kind::Http => "";
    NetworkFailed "network_failed" Kind::Http => "Unexpected Network Error";
    StatusUnexpected "status_unexpected" Kind::Http => "";
    BodyTooLarge "body_too_large" Kind::Http => "Response body exceeds the maximum size of 1 MiB";
    BodyMalformed "body_malformed" Kind::Http => "";
    DocumentMalformed "document_malformed" Kind::Http => "";
    ResolverFailed "resolver_failed" Kind::Http => "";
    Internal "internal_error" Kind::Http => "Unexpected internal error";
    IntrospectionRefused "introspection_refused" Kind::Op => "";
}

/// One refusal: the reason, the message when it is not the reason's own, and what came over the wire.
#[derive(Clone)]
pub struct Failure {
    pub reason: Reason,
    pub message: Cow<'static, str>,
    pub detail: Option<Box<Detail>>,
}

/// What only some failures carry.
#[derive(Clone, Default)]
pub struct Detail {
    /// The response that was refused.
    pub raw: Option<Response>,
    /// RFC 6749 section 5.2 `error` and `error_description`, as JSON: kept whatever their type.
    pub op: Option<(serde_json::Value, serde_json::Value)>,
    /// System or TLS code of a failed connection.
    pub code: Option<String>,
    /// The chain of causes of a failed connection.
    pub cause: Option<String>,
    /// Seconds after which it is worth trying again.
    pub retry_after: Option<f64>,
    /// The body was not JSON: the JavaScript side completes the message with V8's own words.
    pub json: bool,
}

impl Failure {
    pub fn new(reason: Reason, message: impl Into<Cow<'static, str>>) -> Self {
        Self { reason, message: message.into(), detail: None }
    }

    pub fn with_detail(reason: Reason, message: impl Into<Cow<'static, str>>, detail: Detail) -> Self {
        Self { reason, message: message.into(), detail: Some(Box::new(detail)) }
    }

    /// Seconds until the next attempt: while a backoff runs, or as the tenant said (RFC 9110 section 10.2.3).
    pub fn retry_after(&self) -> Option<f64> {
        let detail = self.detail.as_ref()?;
        detail.retry_after.or_else(|| {
            let raw = detail.raw.as_ref().filter(|raw| matches!(raw.status, 429 | 503))?;
            let header = |name: &str| raw.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim());
            let value = header("retry-after")?;
            value.parse::<u32>().map(f64::from).ok().or_else(|| seconds_between(header("date")?, value))
        })
    }

    /// Seconds that a running pause lasts; nothing for what has just happened.
    pub fn pause(&self) -> Option<f64> {
        self.detail.as_ref()?.retry_after
    }

    pub fn retry_in(mut self, seconds: f64) -> Self {
        self.detail.get_or_insert_default().retry_after = Some(seconds);
        self
    }

    /// A transport that brought no complete response.
    pub fn from_transport(error: TransportError, url: &str, timeout_ms: f64) -> Self {
        match error {
            TransportError::TimedOut => {
                Self::new(Reason::RequestTimedOut, format!("Request to {url} timed out after {timeout_ms}ms"))
            }
            TransportError::Network { message, code, cause }
            | TransportError::BodyLost { message, code, cause, .. } => {
                Self::with_detail(Reason::NetworkFailed, message, Detail { code, cause, ..Detail::default() })
            }
            TransportError::TooLarge(raw) => Self::with_detail(
                Reason::BodyTooLarge,
                Reason::BodyTooLarge.message(),
                Detail { raw: Some(raw), ..Detail::default() },
            ),
        }
    }
}

/// From one HTTP date to another (RFC 9110 section 5.6.7), both by the clock of whoever wrote them; nothing backwards.
fn seconds_between(date: &str, later: &str) -> Option<f64> {
    let (date, later) = (httpdate::parse_http_date(date).ok()?, httpdate::parse_http_date(later).ok()?);
    later.duration_since(date).ok().map(|between| between.as_secs_f64())
}

impl From<Reason> for Failure {
    fn from(reason: Reason) -> Self {
        Self::new(reason, reason.message())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn retry_after_in_seconds_or_as_a_date() {
        let date = "Sat, 21 Nov 2026 13:40:00 GMT";
        for (status, value, expected) in [
            (503, "7", Some(7.0)),
            (429, " 0 ", Some(0.0)),
            (503, "Sat, 21 Nov 2026 13:40:20 GMT", Some(20.0)),
            (503, "Sat, 21 Nov 2026 13:39:00 GMT", None),
            (500, "7", None),
            (503, "-1", None),
            (503, "soon", None),
        ] {
            let headers = vec![("date".to_owned(), date.to_owned()), ("retry-after".to_owned(), value.to_owned())];
            let raw = Some(Response { status, headers, ..Response::default() });
            let failure = Failure::with_detail(Reason::StatusUnexpected, "", Detail { raw, ..Detail::default() });
            assert_eq!(failure.retry_after(), expected, "{status} {value}");
        }
    }

    #[test]
    fn reason_codes_are_distinct_and_snake_case() {
        let codes: HashSet<_> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        assert!(
            codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
        );
    }
}
