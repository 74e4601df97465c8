//! Decisions that JavaScript asks for one by one.

use super::failure::NativeFailure;
use super::guarded;
use crate::certificate::header::MAX_CHAIN_CERTS;
use crate::certificate::refusal;
use crate::certificate::x509::Validity;
use crate::error::{Failure, Kind, Reason, TokenCode};
use crate::jose::header::Header;
use crate::jose::jwks::KeySet;
use crate::json::{self, Document};
use crate::{access, answer, bearer, cache_entry, config, decode};
use napi::bindgen_prelude::Either;
use napi_derive::napi;
use serde_json::Value;

/// The HTTP answer to a request that may not pass.
#[napi(object)]
pub struct NativeAnswer {
    pub status: u32,
    /// `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// `message` of the JSON body.
    pub message: String,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u32>,
}

impl From<answer::Answer> for NativeAnswer {
    fn from(answer: answer::Answer) -> Self {
        Self {
            status: answer.status.into(),
            challenge: answer.challenge.map(str::to_owned),
            message: answer.message.to_owned(),
            retry_after: None,
        }
    }
}

#[napi]
pub fn answer_to_missing_token() -> NativeAnswer {
    answer::to_missing_token().into()
}

/// `kind` as in `NativeFailure`, absent for an exception that is none of ours; `status` is the one that the tenant
/// answered, if it did; `retry_after` the seconds after which it is worth trying again, if that is known.
#[napi]
pub fn answer_to_failure(
    kind: Option<String>,
    code: Option<String>,
    status: Option<f64>,
    retry_after: Option<f64>,
) -> NativeAnswer {
    let kind = kind.map(|kind| match kind.as_str() {
        "token" => Kind::Token(match code.as_deref() {
            Some("insufficient_scope") => TokenCode::InsufficientScope,
            Some("insufficient_groups") => TokenCode::InsufficientGroups,
            Some("inactive_token") => TokenCode::InactiveToken,
            _ => TokenCode::InvalidToken,
        }),
        "op" => Kind::Op,
        "validation" => Kind::Validation,
        _ => Kind::Http,
    });
    let answer = answer::to_failure(kind, status);
    NativeAnswer { retry_after: retry_after.and_then(|seconds| answer.retry_after(seconds)), ..answer.into() }
}

/// The HTTP status and message with which `clientCertificateAuth` refuses for this reason.
#[napi]
pub fn answer_to_certificate(reason: String) -> NativeAnswer {
    let (status, message) = refusal::answer(&reason);
    answer::Answer { status, challenge: None, message }.into()
}

/// How many certificates a header may hold, the issuers included.
#[napi]
pub fn max_chain_certificates() -> u32 {
    u32::try_from(MAX_CHAIN_CERTS).unwrap_or(u32::MAX)
}

/// Why a certificate of which only the dates are known, in seconds since the epoch, does not count now.
#[napi]
pub fn validity_of_dates(not_before: f64, not_after: f64, now: f64, tolerance: f64) -> Option<String> {
    // What is no date is not within any.
    let now = if not_before.is_nan() || not_after.is_nan() { f64::NAN } else { now };
    Validity::at(not_before as i64, not_after as i64, now, tolerance).reason().map(str::to_owned)
}

/// The largest response body that is read, in bytes.
#[napi]
pub fn max_body() -> u32 {
    u32::try_from(crate::request::MAX_BODY).unwrap_or(u32::MAX)
}

/// RFC 6750 section 2.1.
#[napi]
pub fn bearer_token(authorization: String) -> Option<String> {
    bearer::token(&authorization).map(str::to_owned)
}

/// Payload text of a token that nobody has verified.
#[napi]
pub fn decode_jwt(token: String) -> Either<String, NativeFailure> {
    match guarded(|| Ok(decode::payload(&token)?)) {
        Ok(text) => Either::A(text),
        Err(failure) => Either::B(failure.into()),
    }
}

#[napi]
pub fn env_boolean(value: Option<String>) -> Option<bool> {
    value.and_then(|value| config::env_boolean(&value))
}

#[napi]
pub fn env_number(value: Option<String>) -> Option<f64> {
    value.and_then(|value| config::env_number(&value))
}

/// The member of a cache entry that carries its expiry.
#[napi]
pub fn cache_expiry_member() -> String {
    cache_entry::EXPIRES_AT.to_owned()
}

/// Whether a user's claim holds any (or all) of the groups; an empty list is held by everybody.
#[napi]
pub fn is_user_in_group(user: String, groups: String, claim: String, match_all: bool) -> bool {
    let (Document::Object(user), Ok(Value::Array(groups))) =
        (json::read(user.as_bytes()), serde_json::from_str(&groups))
    else {
        return false;
    };
    let wanted: Vec<_> = groups.into_iter().map(|group| group.as_str().map(str::to_owned)).collect();
    let held = user.get(&claim).and_then(Value::as_array);
    wanted.is_empty() || held.is_some_and(|held| access::in_groups(held, &wanted, match_all))
}

/// The place in the list of the one key that verifies a token with this header.
#[napi]
pub fn choose_key(keys: String, header: String) -> Either<u32, NativeFailure> {
    let index = guarded(|| {
        let set = format!("{{\"keys\":{keys}}}");
        let malformed = |_| Failure::new(Reason::ResolverAnswerMalformed, "The keys must be an array of JSON Web Keys");
        let set = KeySet::parse(set.as_bytes()).map_err(malformed)?;
        let Document::Object(header) = json::read(header.as_bytes()) else {
            return Err(Reason::JwtHeaderNotObject.into());
        };
        let index = set.choose(&Header::from_object(header)?)?.index;
        u32::try_from(index).map_err(|_| Reason::Internal.into())
    });
    match index {
        Ok(index) => Either::A(index),
        Err(failure) => Either::B(failure.into()),
    }
}
