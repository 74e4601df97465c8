//! `introspectAccessToken`: asking the tenant about a token (RFC 7662), one request per token at a time.

use super::{Checks, Context, Next, Operation, Resume, check_token};
use crate::claims::Claims;
use crate::document::Kind;
use crate::effect::{Answer, Effect, Outcome, Trouble};
use crate::error::{Failure, Reason};
use crate::introspection;
use crate::json::{self, Document, Object};
use crate::request::Purpose;
use crate::supply::{self, Ask, Demand, Pending, Turn};
use std::sync::Arc;

pub struct State {
    token: String,
    checks: Checks,
    url: String,
    stage: Stage,
}

enum Stage {
    Start,
    Asking(Ask),
    Waiting(Arc<Pending<supply::Answer>>),
    Over,
}

/// How asking goes on.
enum Progress {
    Next(Next),
    Claims(Claims),
}

/// Metadata as JSON text, from wherever it came.
pub fn read_metadata(text: Option<&str>) -> Result<Object, Failure> {
    match text.map(|text| json::read(text.as_bytes())) {
        Some(Document::Object(object)) => Ok(object),
        _ => Err(Failure::new(Reason::ResolverAnswerMalformed, "The issuer metadata must be an object")),
    }
}

impl State {
    pub fn new(token: String, checks: Checks) -> Self {
        Self { token, checks, url: String::new(), stage: Stage::Start }
    }

    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match (std::mem::replace(&mut self.stage, Stage::Over), resume) {
            (Stage::Start, Resume::Start) => {
                if context.core.client_id.as_deref().is_none_or(str::is_empty) {
                    return Err(Reason::ClientIdMissing.into());
                }
                check_token(&self.token)?;
                self.take_turn(context)
            }
            (Stage::Waiting(pending), Resume::Answer(_)) => match pending.result() {
                Some(answer) => {
                    let text = answer?;
                    let claims = Claims::from_application(text.as_bytes()).ok_or(Reason::Internal)?;
                    Ok(self.check(claims, text.to_string()))
                }
                None => self.take_turn(context),
            },
            (Stage::Asking(ask), resume) => self.asking(ask, resume, context),
            _ => Err(Reason::Internal.into()),
        }
    }

    fn take_turn(&mut self, context: &Context<'_>) -> Result<Next, Trouble> {
        match context.core.introspections.turn(&self.token, context.now) {
            Turn::Lead(ask) => {
                self.stage = Stage::Asking(ask);
                Ok(context.get(Kind::Metadata, Demand::Validation))
            }
            Turn::Join(pending) => {
                context.core.stats.joined();
                let until = Box::pin(pending.wait());
                self.stage = Stage::Waiting(pending);
                Ok(Next::Ask(Effect::Wait { until, limit: None }))
            }
            Turn::Refused(failure) => Err(failure.into()),
        }
    }

    /// Whatever comes of it, those who wait hear of it.
    fn asking(&mut self, ask: Ask, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        let introspections = &context.core.introspections;
        match self.progress(resume, context) {
            Ok(Progress::Next(next)) => {
                self.stage = Stage::Asking(ask);
                Ok(next)
            }
            Ok(Progress::Claims(claims)) => {
                let text = claims.text();
                introspections.finish(ask, Ok(text.as_str().into()), context.now);
                Ok(self.check(claims, text))
            }
            Err(trouble) => {
                let told = match &trouble {
                    Trouble::Failure(failure) => failure.clone(),
                    Trouble::Rethrow(thrown) => super::document::failure_of(thrown),
                };
                introspections.finish(ask, Err(told), context.now);
                Err(trouble)
            }
        }
    }

    fn progress(&mut self, resume: Resume, context: &Context<'_>) -> Result<Progress, Trouble> {
        match resume {
            Resume::Returned(result) => match result? {
                Outcome::Document { document, .. } => self.ask(super::document::metadata_of(&document)?, context),
                Outcome::Claims(..) | Outcome::Kept => Err(Reason::Internal.into()),
            },
            Resume::Answer(Answer::Text(text)) => self.ask(&read_metadata(text.as_deref())?, context),
            Resume::Answer(Answer::Response(reply)) => {
                let read = introspection::claims;
                Ok(Progress::Claims(context.receive(Purpose::Introspection, reply, &self.url, read)?))
            }
            Resume::Answer(Answer::Threw(thrown)) => Err(Trouble::Rethrow(thrown)),
            Resume::Answer(Answer::Kept) | Resume::Start => Err(Reason::Internal.into()),
        }
    }

    fn ask(&mut self, metadata: &Object, context: &Context<'_>) -> Result<Progress, Trouble> {
        let core = context.core;
        self.url = core.endpoint(metadata, "introspection_endpoint")?;
        let client_id = core.client_id.as_deref().unwrap_or_default();
        let authentication = core
            .authenticator
            .authenticate(client_id, &core.issuer, context.now.wall)
            .map_err(|error| Failure::new(Reason::ClientAuthenticationUnusable, error.message()))?;
        let request = introspection::request(self.url.clone(), &self.token, authentication);
        Ok(Progress::Next(Next::Ask(Effect::Fetch(request))))
    }

    fn check(&mut self, claims: Claims, text: String) -> Next {
        Next::Become(Operation::Check { claims, text, checks: std::mem::take(&mut self.checks) })
    }
}
