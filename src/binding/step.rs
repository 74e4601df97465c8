//! Steps of the machine as plain objects.

use super::failure::NativeFailure;
use crate::document::Kind;
use crate::effect::{Effect, Outcome, Trouble};
use crate::flow::Step;
use crate::request::{Purpose, Request};
use napi_derive::napi;

/// What the driver has to do next: exactly one of `need`, `done`, `failed` and `rethrow` is set.
#[napi(object)]
#[derive(Default)]
pub struct NativeStep {
    /// `fetch`, `getMetadata`, `getJwks`, `validateJwt`, `introspect`, `checkClaims`, `checkBinding`,
    /// `resolveMetadata`, `resolveJwks`, `refresh`, `wait`, `cacheRead` or `cacheWrite`.
    pub need: Option<String>,
    /// With `fetch`.
    pub request: Option<NativeRequest>,
    /// With `checkClaims` and `checkBinding`: JSON text. With `cacheWrite`: the entry.
    pub text: Option<String>,
    /// With `checkClaims` and `checkBinding`: hand on the arguments of the operation.
    pub of_caller: Option<bool>,
    /// With `validateJwt` and `checkBinding`.
    pub mode: Option<String>,
    /// With `refresh`: the key set, not the metadata. With `getJwks`: force a new one.
    pub jwks: Option<bool>,
    /// With `cacheWrite`: seconds since the epoch.
    pub expires_at: Option<f64>,
    /// `text` when the operation ended with `result`, `kept` when it ended with what an overridden method answered.
    pub done: Option<String>,
    /// With `done`: JSON text of the document or the claims.
    pub result: Option<String>,
    pub failed: Option<NativeFailure>,
    /// Throw again what was thrown last.
    pub rethrow: Option<bool>,
}

#[napi(object)]
pub struct NativeRequest {
    pub url: String,
    /// `discovery`, `jwks` or `introspection`.
    pub purpose: String,
    /// Name and value by turns.
    pub headers: Vec<String>,
    pub body: Option<String>,
    /// The endpoint authenticates the client by its TLS certificate.
    pub mutual_tls: bool,
}

impl From<&Step> for NativeStep {
    fn from(step: &Step) -> Self {
        match step {
            Step::Need(effect) => need(effect),
            Step::Done(outcome) => done(outcome),
            Step::Failed(Trouble::Failure(failure)) => Self { failed: Some(failure.clone().into()), ..Self::default() },
            Step::Failed(Trouble::Rethrow(_)) => Self { rethrow: Some(true), ..Self::default() },
        }
    }
}

fn need(effect: &Effect) -> NativeStep {
    let need = match effect {
        Effect::GetMetadata => "getMetadata",
        Effect::GetJwks { .. } => "getJwks",
        Effect::ValidateJwt { .. } => "validateJwt",
        Effect::Introspect => "introspect",
        Effect::CheckClaims { .. } => "checkClaims",
        Effect::CheckBinding { .. } => "checkBinding",
        Effect::ResolveMetadata => "resolveMetadata",
        Effect::ResolveJwks => "resolveJwks",
        Effect::Fetch(_) => "fetch",
        Effect::Refresh(_) => "refresh",
        Effect::Wait { .. } => "wait",
        Effect::CacheRead => "cacheRead",
        Effect::CacheWrite { .. } => "cacheWrite",
    };
    let mut step = NativeStep { need: Some(need.to_owned()), ..NativeStep::default() };
    match effect {
        Effect::ValidateJwt { mode } => step.mode = mode.map(|mode| mode.as_str().to_owned()),
        Effect::CheckClaims { claims, of_caller } => {
            step.text = Some(claims.clone());
            step.of_caller = Some(*of_caller);
        }
        Effect::CheckBinding { claims, of_caller, mode } => {
            step.text = Some(claims.clone());
            step.of_caller = Some(*of_caller);
            step.mode = mode.map(|mode| mode.as_str().to_owned());
        }
        Effect::GetJwks { force } => step.jwks = Some(*force),
        Effect::Refresh(kind) => step.jwks = Some(*kind == Kind::Jwks),
        Effect::Fetch(request) => step.request = Some(request.into()),
        Effect::CacheWrite { entry, expires_at } => {
            step.text = Some(entry.clone());
            step.expires_at = Some(*expires_at);
        }
        _ => {}
    }
    step
}

fn done(outcome: &Outcome) -> NativeStep {
    let (done, result) = match outcome {
        Outcome::Document { document, .. } => ("text", Some(document.text.to_string())),
        Outcome::Claims(_, text) => ("text", Some(text.clone())),
        Outcome::Kept => ("kept", None),
    };
    NativeStep { done: Some(done.to_owned()), result, ..NativeStep::default() }
}

pub const fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Discovery => "discovery",
        Purpose::Jwks => "jwks",
        Purpose::Introspection => "introspection",
    }
}

impl From<&Request> for NativeRequest {
    fn from(request: &Request) -> Self {
        Self {
            url: request.url.clone(),
            purpose: purpose(request.purpose).to_owned(),
            headers: request.headers.iter().flat_map(|(name, value)| [(*name).to_owned(), value.clone()]).collect(),
            body: request.body.clone(),
            mutual_tls: request.mutual_tls,
        }
    }
}
