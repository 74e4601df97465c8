//! RFC 6750 section 3: the HTTP answer to a request that may not pass.

use crate::error::{Kind, TokenCode};

/// Status, `WWW-Authenticate` challenge and `message` of the JSON body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub challenge: Option<&'static str>,
    pub message: &'static str,
}

impl Answer {
    /// RFC 9110 section 10.2.3: whole seconds, at least one, and only where the trouble is ours.
    pub fn retry_after(self, seconds: f64) -> Option<u32> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and is at least 1")]
        let whole = seconds.ceil().max(1.0) as u32;
        (self.status >= 500).then_some(whole)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_trouble_says_when_to_come_back() {
        for (seconds, whole) in [(0.0, 1), (0.2, 1), (1.0, 1), (1.01, 2), (30.0, 30)] {
            for answer in [UNAVAILABLE, INTERNAL] {
                assert_eq!(answer.retry_after(seconds), Some(whole), "{seconds}");
            }
            for answer in [MISSING, INVALID, FORBIDDEN] {
                assert_eq!(answer.retry_after(seconds), None, "{seconds}");
            }
        }
    }
}
