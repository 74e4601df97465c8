//! `validateJwtAccessToken`: local validation against the tenant's keys (RFC 9068 section 4).

use super::{Checks, Context, Next, Operation, Resume, Settings, check_token};
use crate::core::Core;
use crate::document::{Content, Document, Kind};
use crate::effect::{Answer, Outcome, Trouble};
use crate::error::{Failure, Reason};
use crate::jose::jwks::KeySet;
use crate::jose::verification::{Unverified, Verified};
use crate::{access, confirmation};

pub struct State {
    token: String,
    checks: Checks,
    /// The caller's own key set, as JSON text.
    jwks: Option<String>,
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
    confirmation::check(checked, checks.mode, checks.certificate.as_deref())?;
    Ok(verified)
}

impl State {
    pub fn new(token: String, checks: Checks, jwks: Option<String>) -> Self {
        Self { token, checks, jwks }
    }

    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match resume {
            Resume::Start => {
                check_token(&self.token)?;
                Unverified::parse(&self.token)?;
                match self.jwks.take() {
                    Some(text) => self.verify(&text),
                    None => Ok(context.get(Kind::Jwks)),
                }
            }
            Resume::Returned(result) => match result? {
                Outcome::Document(text) => self.verify(&text),
                Outcome::Claims(..) | Outcome::Kept => Err(Reason::Internal.into()),
            },
            Resume::Answer(Answer::Text(text)) => self.verify(&text.unwrap_or_default()),
            Resume::Answer(Answer::Threw(thrown)) => Err(Trouble::Rethrow(thrown)),
            Resume::Answer(Answer::Kept | Answer::Response(_)) => Err(Reason::Internal.into()),
        }
    }

    fn verify(&mut self, keys: &str) -> Result<Next, Trouble> {
        let Some(Document { content: Content::Keys(keys), .. }) = Document::parse(Kind::Jwks, keys) else {
            let message = "The key set must be a JSON Web Key Set: an object with an array 'keys'";
            return Err(Failure::new(Reason::ResolverAnswerMalformed, message).into());
        };
        let Verified { claims, text, .. } = Unverified::parse(&self.token)?.verify(&keys)?;
        let checks = std::mem::take(&mut self.checks);
        Ok(Next::Become(Operation::Check { claims, text, checks }))
    }
}
