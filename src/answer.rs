//! RFC 6750 section 3: the HTTP answer to a request that may not pass.

use crate::error::{Kind, TokenCode};

/// Status, `WWW-Authenticate` challenge and `message` of the JSON body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub challenge: Option<&'static str>,
    pub message: &'static str,
}

const MISSING: Answer = Answer { status: 401, challenge: Some("Bearer"), message: "unauthorized" };
const INVALID: Answer =
    Answer { status: 401, challenge: Some("Bearer error=\"invalid_token\""), message: "unauthorized" };
const FORBIDDEN: Answer =
    Answer { status: 403, challenge: Some("Bearer error=\"insufficient_scope\""), message: "forbidden" };
const UNAVAILABLE: Answer = Answer { status: 503, challenge: None, message: "service unavailable" };
const INTERNAL: Answer = Answer { status: 500, challenge: None, message: "internal server error" };

/// Section 3.1: a request without a token gets a bare challenge.
pub fn to_missing_token() -> Answer {
    MISSING
}

/// `kind` is `None` for an exception that is none of ours; `upstream` is the status that the tenant answered, if it did.
pub fn to_failure(kind: Option<Kind>, upstream: Option<f64>) -> Answer {
    match kind {
        Some(Kind::Token(TokenCode::InsufficientScope | TokenCode::InsufficientGroups)) => FORBIDDEN,
        Some(Kind::Token(TokenCode::InvalidToken | TokenCode::InactiveToken)) | None => INVALID,
        Some(Kind::Http) => match upstream {
            Some(status) if status < 500.0 && status != 429.0 => INTERNAL,
            _ => UNAVAILABLE,
        },
        Some(Kind::Op | Kind::Validation) => INTERNAL,
    }
}
