//! `validateAccessToken`: JWTs are validated locally, everything else by introspection with the application's cache.

use super::{Checks, Context, Next, Operation, Resume, check_token};
use crate::cache_entry::{self, Entry};
use crate::claims::{Claims, Clock};
use crate::core::Core;
use crate::effect::{Answer, Effect, Outcome, Thrown, Trouble};
use crate::error::{Failure, Kind, Reason, TokenCode};
use crate::jose::compact;
use crate::stats::Lookup;
use crate::text::is_blank;

pub struct State {
    token: String,
    checks: Checks,
    claims: Option<(Claims, String)>,
    /// The refusal to return once the cache has been told.
    refusal: Option<Trouble>,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    Start,
    Jwt,
    CacheRead,
    Introspected,
    CacheWritten,
}

impl State {
    pub fn new(token: String, checks: Checks) -> Self {
        Self { token, checks, claims: None, refusal: None, stage: Stage::Start }
    }

    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match (self.stage, resume) {
            (Stage::Start, Resume::Start) => self.start(context),
            (Stage::Jwt, Resume::Answer(Answer::Kept)) => Ok(Next::Return(Ok(Outcome::Kept))),
            (Stage::CacheRead, Resume::Answer(answer)) => self.cache_answered(answer, context),
            (Stage::Introspected, Resume::Returned(result)) => self.introspected(result, context),
            (Stage::Introspected, Resume::Answer(answer)) => self.introspected(overridden(answer), context),
            // A cache that fails never decides about a token.
            (Stage::CacheWritten, Resume::Answer(answer)) => {
                if matches!(answer, Answer::Threw(_)) {
                    context.looked_up(Lookup::Error);
                }
                self.cache_written()
            }
            (Stage::Jwt, Resume::Answer(Answer::Threw(thrown))) => Err(Trouble::Rethrow(thrown)),
            _ => Err(Reason::Internal.into()),
        }
    }

    fn start(&mut self, context: &Context<'_>) -> Result<Next, Trouble> {
        check_token(&self.token)?;
        if validates_locally(context.core, &self.token) {
            self.stage = Stage::Jwt;
            if context.settings.overrides.validate_jwt {
                return Ok(Next::Ask(Effect::ValidateJwt { mode: self.checks.mode }));
            }
            let (token, checks) = (std::mem::take(&mut self.token), self.checks.clone());
            return Ok(Next::Become(Operation::ValidateJwt { token, checks, jwks: None }));
        }
        if context.core.client_id.as_deref().is_none_or(is_blank) {
            return Err(Reason::IntrospectionNotConfigured.into());
        }
        if caches(context) {
            self.stage = Stage::CacheRead;
            return Ok(Next::Ask(Effect::CacheRead));
        }
        Ok(self.introspect(context))
    }

    fn cache_answered(&mut self, answer: Answer, context: &Context<'_>) -> Result<Next, Trouble> {
        let Answer::Text(text) = answer else {
            context.looked_up(Lookup::Error);
            return Ok(self.introspect(context));
        };
        let entry = cache_entry::read(text.as_deref(), clock(context));
        context.looked_up(match entry {
            Entry::Miss => Lookup::Miss,
            Entry::Inactive => Lookup::Negative,
            Entry::Claims(_) => Lookup::Hit,
        });
        match entry {
            Entry::Miss => Ok(self.introspect(context)),
            Entry::Inactive => Err(Reason::InactiveCached.into()),
            Entry::Claims(claims) => {
                let text = claims.text();
                self.claims = Some((claims, text));
                self.check()
            }
        }
    }

    /// Without options: what depends on this route only is checked afterwards and never keeps claims out of the cache.
    fn introspect(&mut self, context: &Context<'_>) -> Next {
        self.stage = Stage::Introspected;
        if context.settings.overrides.introspect {
            return Next::Ask(Effect::Introspect);
        }
        Next::Call(Operation::Introspect { token: self.token.clone(), checks: Checks::default() })
    }

    fn introspected(&mut self, result: Result<Outcome, Trouble>, context: &Context<'_>) -> Result<Next, Trouble> {
        let duration = context.core.introspection_cache_duration;
        match result {
            Ok(Outcome::Claims(claims, text)) => {
                let expires_at = cache_entry::expires_at(&claims, context.now.wall, duration);
                self.claims = Some((claims, text.clone()));
                self.write(text, expires_at, context)
            }
            Ok(Outcome::Document { .. } | Outcome::Kept) => Err(Reason::Internal.into()),
            Err(trouble) if is_inactive(&trouble) => {
                let expires_at = context.now.wall + duration;
                self.refusal = Some(trouble);
                self.write(cache_entry::inactive(expires_at), expires_at, context)
            }
            Err(trouble) => Err(trouble),
        }
    }

    fn write(&mut self, entry: String, expires_at: f64, context: &Context<'_>) -> Result<Next, Trouble> {
        if caches(context) {
            self.stage = Stage::CacheWritten;
            return Ok(Next::Ask(Effect::CacheWrite { entry, expires_at }));
        }
        self.cache_written()
    }

    fn cache_written(&mut self) -> Result<Next, Trouble> {
        match self.refusal.take() {
            Some(refusal) => Err(refusal),
            None => self.check(),
        }
    }

    fn check(&mut self) -> Result<Next, Trouble> {
        let (claims, text) = self.claims.take().ok_or(Reason::Internal)?;
        Ok(Next::Become(Operation::Check { claims, text, checks: std::mem::take(&mut self.checks) }))
    }
}

/// A token of exactly three segments, unless the tenant is asked about those too.
pub fn validates_locally(core: &Core, token: &str) -> bool {
    !core.introspect_jwt_tokens && compact::split(token).is_some()
}

fn caches(context: &Context<'_>) -> bool {
    context.settings.supplied.cache && context.core.introspection_cache_duration != 0.0
}

fn clock(context: &Context<'_>) -> Clock {
    let settings = context.settings;
    Clock { now: context.now.wall, skew: settings.clock_skew, tolerance: settings.clock_tolerance }
}

/// What an overridden `introspectAccessToken` answered.
fn overridden(answer: Answer) -> Result<Outcome, Trouble> {
    match answer {
        Answer::Threw(thrown) => Err(Trouble::Rethrow(thrown)),
        Answer::Text(text) => {
            let claims = text.and_then(|text| Some((Claims::from_application(text.as_bytes())?, text)));
            let (claims, text) = claims.ok_or_else(not_claims)?;
            Ok(Outcome::Claims(claims, text))
        }
        Answer::Kept | Answer::Response(_) => Err(not_claims().into()),
    }
}

fn not_claims() -> Failure {
    Failure::new(Reason::ResolverAnswerMalformed, "introspectAccessToken must answer a claims object")
}

fn is_inactive(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Failure(failure) => failure.reason.kind() == Kind::Token(TokenCode::InactiveToken),
        Trouble::Rethrow(Thrown { token_code, .. }) => token_code.as_deref() == Some(TokenCode::InactiveToken.as_str()),
    }
}
