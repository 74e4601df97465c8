//! `validateJwtAccessToken`: local validation against the tenant's keys (RFC 9068 section 4).

use super::{Checks, Context, Next, Operation, Resume, Settings, check_token};
use crate::core::Core;
use crate::document::{Content, Document, Kind};
use crate::effect::{Answer, Effect, Outcome, Trouble};
use crate::error::{Failure, Reason};
use crate::jose::jwks::KeySet;
use crate::jose::verification::{Unverified, Verified};
use crate::supply::Demand;
use crate::{access, confirmation};
use std::sync::Arc;

pub struct State {
    token: String,
    checks: Checks,
    /// The caller's own key set, as JSON text.
    jwks: Option<String>,
    /// No other keys are to be had: they are the caller's own, or have just been fetched.
    keys_are_final: bool,
}

/// The whole decision about a token, when its keys are at hand and no method is overridden.
pub fn accept(
    core: &Core,
    settings: &Settings,
    token: &str,
    checks: &Checks,
    keys: &KeySet,
    now: f64,
) -> Result<Verified, Reason> {
    check_token(token)?;
    let verified = Unverified::parse(token)?.verify(keys)?;
    let checked = verified.claims.check(&settings.expected(core, now))?;
    access::check(checked, &checks.requirement, &core.groups)?;
    confirmation::check(checked, checks.mode, &checks.certificate)?;
    Ok(verified)
}

impl State {
    pub fn new(token: String, checks: Checks, jwks: Option<String>) -> Self {
        let keys_are_final = jwks.is_some();
        Self { token, checks, jwks, keys_are_final }
    }

    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match resume {
            Resume::Start => {
                check_token(&self.token)?;
                Unverified::parse(&self.token)?;
                match self.jwks.take() {
                    Some(text) => self.verify(Document::parse(Kind::Jwks, &text), context),
                    None => Ok(context.get(Kind::Jwks, Demand::Validation)),
                }
            }
            Resume::Returned(result) => match result? {
                Outcome::Document { document, new } => {
                    self.keys_are_final |= new;
                    self.verify(Some(document), context)
                }
                Outcome::Claims(..) | Outcome::Kept => Err(Reason::Internal.into()),
            },
            Resume::Answer(Answer::Text(text)) => {
                self.verify(text.and_then(|text| Document::parse(Kind::Jwks, &text)), context)
            }
            Resume::Answer(Answer::Threw(thrown)) => Err(Trouble::Rethrow(thrown)),
            Resume::Answer(Answer::Kept | Answer::Response(_)) => Err(Reason::Internal.into()),
        }
    }

    fn verify(&mut self, set: Option<Document>, context: &Context<'_>) -> Result<Next, Trouble> {
        let Some(Document { content: Content::Keys(keys), text: set }) = set else {
            let message = "The key set must be a JSON Web Key Set: an object with an array 'keys'";
            return Err(Failure::new(Reason::ResolverAnswerMalformed, message).into());
        };
        let Verified { claims, text, .. } = match Unverified::parse(&self.token)?.verify(&keys) {
            Err(Reason::KeyNotFound) if !self.keys_are_final => return self.ask_for_new_keys(set, context),
            verdict => verdict?,
        };
        let checks = std::mem::take(&mut self.checks);
        Ok(Next::Become(Operation::Check { claims, text, checks }))
    }

    /// The tenant may have rotated its keys: one look, and none while the cooldown of the last one runs.
    fn ask_for_new_keys(&mut self, tried: Arc<str>, context: &Context<'_>) -> Result<Next, Trouble> {
        self.keys_are_final = true;
        if !context.settings.overrides.get_jwks {
            let demand = Demand::UnknownKey { tried };
            return Ok(Next::Call(Operation::Document { kind: Kind::Jwks, demand }));
        }
        if context.shelf(Kind::Jwks).may_force(&context.rules(Kind::Jwks), context.now.steady) {
            return Ok(Next::Ask(Effect::GetJwks { force: true }));
        }
        Err(Reason::KeyNotFound.into())
    }
}
