//! The validations that end within the call that asks for them.

use super::checks::NativeChecks;
use super::client::NativeCore;
use super::failure::NativeFailure;
use super::memory_cache::NativeMemoryCache;
use super::offload;
use super::settings::NativeSettings;
use super::token_text::with_text;
use super::{guarded, moment};
use crate::error::Failure;
use crate::flow::cached::judge_cached;
use crate::flow::direct::Payload;
use crate::flow::judge::{Accepted, Bench, Standing, Verdict, judge};
use crate::flow::{self, Checks};
use crate::jose::algorithm::Algorithm;
use crate::pool::policy::{self, Place};
use crate::supply::{self, Moment};
use napi::bindgen_prelude::{Either3, Either5, Null};
use napi::{Env, JsString};
use napi_derive::napi;
use std::sync::Arc;

/// The payload's JSON text, the same with when it stands, a failure, the ticket of a verdict that the port will be told,
/// or nothing when something has to be fetched first.
type Answer<'env> = Either5<JsString<'env>, NativeStanding<'env>, NativeFailure, u32, Null>;

/// Claims that need not be asked about again while the same checks are made by the same settings, as long as it is from
/// `from` to before `until`, in seconds since the epoch, and `documentGeneration` answers `generation`.
#[napi(object, object_from_js = false)]
pub struct NativeStanding<'env> {
    /// JSON text.
    pub claims: JsString<'env>,
    pub from: f64,
    pub until: f64,
    pub generation: u32,
}

/// Changes whenever a document of a tenant is replaced, in whatever thread of the process.
#[napi]
pub fn document_generation() -> u32 {
    supply::generation()
}

#[napi]
impl NativeCore {
    /// What the client's members say from now on, for `validate`.
    #[napi]
    pub fn adopt(&self, settings: NativeSettings) {
        self.settings.set(settings.into());
    }

    /// `validateJwtAccessToken` or, if `chooses`, `validateAccessToken`, which leaves some tokens to introspection: null.
    /// The certificate is PEM or base64 DER, or the thumbprint of one that this library has read, which wins. `now` in
    /// seconds since the epoch. `waiting`: others on this event loop want a verdict too.
    #[napi]
    pub fn validate<'env>(
        &self,
        env: &'env Env,
        token: JsString<'env>,
        checks: &NativeChecks,
        certificate: Option<String>,
        thumbprint: Option<String>,
        chooses: bool,
        now: f64,
        waiting: bool,
    ) -> napi::Result<Answer<'env>> {
        let now = moment(now);
        with_text(&token, |token| {
            if chooses && !flow::validates_locally(&self.core, token) {
                return Ok(Either5::E(Null));
            }
            let checks = checks.presenting(certificate, thumbprint);
            self.judge(env, token, checks, now, waiting)
        })?
    }

    /// `validateAccessToken` by what the built-in cache holds: the claims' JSON text, a failure, or null when the tenant has
    /// to be asked or the token is none to ask about.
    #[napi]
    pub fn validate_cached<'env>(
        &self,
        env: &'env Env,
        cache: &NativeMemoryCache,
        token: JsString<'env>,
        checks: &NativeChecks,
        certificate: Option<String>,
        thumbprint: Option<String>,
        now: f64,
    ) -> napi::Result<Either3<JsString<'env>, NativeFailure, Null>> {
        let (now, settings) = (moment(now), self.settings.get());
        let checks = checks.presenting(certificate, thumbprint);
        with_text(&token, |token| {
            // It may stand for a lone surrogate, which no key has.
            let entry = if token.contains('\u{fffd}') { None } else { cache.cache.get(token, now.wall) };
            let Some(entry) = entry else { return Ok(Either3::C(Null)) };
            let bench = Bench { core: &self.core, settings: &settings, verdicts: None, now };
            Ok(match guarded(|| Ok(judge_cached(bench, token, &checks, &entry))) {
                Ok(Verdict::Accepted(accepted)) => Either3::A(text(env, &accepted.text)?),
                Ok(Verdict::Refused(failure)) => Either3::B(failure.into()),
                Ok(Verdict::Open | Verdict::PutOff) | Err(_) => Either3::C(Null),
            })
        })?
    }

    /// Counts validations that were accepted without asking.
    #[napi]
    pub fn count_accepted(&self, count: i64) {
        self.core.stats.accepted_unasked(count.unsigned_abs());
    }

    fn judge<'env>(
        &self,
        env: &'env Env,
        token: &str,
        checks: Checks,
        now: Moment,
        waiting: bool,
    ) -> napi::Result<Answer<'env>> {
        let (settings, verdicts) = (self.settings.get(), self.verdicts.as_deref());
        let bench = Bench { core: &self.core, settings: &settings, verdicts, now };
        let port = self.port.get();
        let mut payload = Payload::default();
        let verdict = decide(bench, token, &checks, &mut payload, |algorithm| {
            port.is_some() && policy::place(self.core.signature_offload, waiting, algorithm) == Place::Pool
        });
        Ok(match (verdict, port) {
            (Verdict::Accepted(accepted), _) => answer(env, &accepted)?,
            (Verdict::Refused(failure), _) => Either5::C(failure.into()),
            (Verdict::PutOff, Some(port)) => {
                let (core, verdicts, token) = (Arc::clone(&self.core), self.verdicts.clone(), token.to_owned());
                Either5::D(port.defer(move || {
                    let bench = Bench { core: &core, settings: &settings, verdicts: verdicts.as_deref(), now };
                    told(decide(bench, &token, &checks, &mut Payload::default(), |_| false))
                }))
            }
            (Verdict::Open | Verdict::PutOff, _) => Either5::E(Null),
        })
    }
}

/// A panic becomes a failure of ours.
fn decide<'p>(
    bench: Bench<'_>,
    token: &str,
    checks: &Checks,
    payload: &'p mut Payload,
    put_off: impl FnOnce(Algorithm) -> bool,
) -> Verdict<'p> {
    guarded(|| Ok(judge(bench, token, checks, payload, put_off))).unwrap_or_else(|failure: Failure| {
        bench.core.stats.rejected(failure.reason);
        Verdict::Refused(failure)
    })
}

fn answer<'env>(env: &'env Env, accepted: &Accepted<'_>) -> napi::Result<Answer<'env>> {
    let claims = text(env, &accepted.text)?;
    Ok(match accepted.standing {
        Some(Standing { holds, generation }) => {
            Either5::B(NativeStanding { claims, from: holds.from, until: holds.until, generation })
        }
        None => Either5::A(claims),
    })
}

fn text<'env>(env: &'env Env, text: &str) -> napi::Result<JsString<'env>> {
    if text.is_ascii() { env.create_string_latin1(text) } else { env.create_string(text) }
}

fn told(verdict: Verdict<'_>) -> offload::Verdict {
    match verdict {
        Verdict::Accepted(accepted) => Some(Ok(accepted.text.into_owned())),
        Verdict::Refused(failure) => Some(Err(failure.into())),
        Verdict::Open | Verdict::PutOff => None,
    }
}
