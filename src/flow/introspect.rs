//! `introspectAccessToken`: asking the tenant about a token (RFC 7662).

use super::{Checks, Context, Next, Operation, Resume, check_token};
use crate::document::Kind;
use crate::effect::{Answer, Effect, Outcome, Trouble};
use crate::error::{Failure, Reason};
use crate::introspection;
use crate::json::{self, Document, Object};

pub struct State {
    token: String,
    checks: Checks,
    url: String,
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
        Self { token, checks, url: String::new() }
    }

    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match resume {
            Resume::Start => {
                if context.core.client_id.as_deref().is_none_or(str::is_empty) {
                    return Err(Reason::ClientIdMissing.into());
                }
                check_token(&self.token)?;
                Ok(context.get(Kind::Metadata))
            }
            Resume::Returned(result) => match result? {
                Outcome::Document(text) => self.ask(Some(&text), context),
                Outcome::Claims(..) | Outcome::Kept => Err(Reason::Internal.into()),
            },
            Resume::Answer(Answer::Text(text)) => self.ask(text.as_deref(), context),
            Resume::Answer(Answer::Response(reply)) => {
                let response = context.response(reply, &self.url)?;
                let claims = introspection::claims(response)?;
                let (text, checks) = (claims.text(), std::mem::take(&mut self.checks));
                Ok(Next::Become(Operation::Check { claims, text, checks }))
            }
            Resume::Answer(Answer::Threw(thrown)) => Err(Trouble::Rethrow(thrown)),
            Resume::Answer(Answer::Kept) => Err(Reason::Internal.into()),
        }
    }

    fn ask(&mut self, metadata: Option<&str>, context: &Context<'_>) -> Result<Next, Trouble> {
        let core = context.core;
        let metadata = read_metadata(metadata)?;
        self.url = core.endpoint(&metadata, "introspection_endpoint")?;
        let client_id = core.client_id.as_deref().unwrap_or_default();
        let authentication = core
            .authenticator
            .authenticate(client_id, &core.issuer, context.now)
            .map_err(|error| Failure::new(Reason::ClientAuthenticationUnusable, error.message()))?;
        Ok(Next::Ask(Effect::Fetch(introspection::request(self.url.clone(), &self.token, authentication))))
    }
}
