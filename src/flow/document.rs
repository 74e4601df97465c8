//! `getMetadata` and `getJwks`: from the cache, the resolver or the tenant.

use super::{Context, Next, Resume};
use crate::document::{Content, Document, Fresh, Kind};
use crate::effect::{Answer, Effect, Outcome, Thrown, Trouble};
use crate::error::{Failure, Reason};
use crate::metadata;
use crate::request::{Purpose, Request};

pub struct State {
    kind: Kind,
    force: bool,
    url: String,
}

impl State {
    pub fn new(kind: Kind, force: bool) -> Self {
        Self { kind, force, url: String::new() }
    }

    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match resume {
            Resume::Start => Ok(self.start(context)),
            Resume::Returned(result) => match result? {
                Outcome::Document(text) => self.fetch_keys(Some(&text)),
                Outcome::Claims(..) | Outcome::Kept => Err(Reason::Internal.into()),
            },
            Resume::Answer(Answer::Response(reply)) => {
                let response = context.response(reply, &self.url)?;
                self.finish(Document::from_response(self.kind, response)?, context)
            }
            Resume::Answer(Answer::Text(text)) if self.resolves(context) => {
                let document = text.and_then(|text| Document::parse(self.kind, &text));
                self.finish(document.ok_or_else(|| self.resolver_malformed())?, context)
            }
            Resume::Answer(Answer::Text(text)) => self.fetch_keys(text.as_deref()),
            Resume::Answer(Answer::Threw(thrown)) if self.resolves(context) => Err(self.resolver_threw(thrown)),
            Resume::Answer(Answer::Threw(thrown)) => Err(Trouble::Rethrow(thrown)),
            Resume::Answer(Answer::Kept) => Err(Reason::Internal.into()),
        }
    }

    fn start(&mut self, context: &Context<'_>) -> Next {
        let fresh = if self.force { None } else { context.core.fresh(self.kind, context.now) };
        if let Some(document) = fresh {
            return Next::Return(Ok(Outcome::Document(document.text.to_string())));
        }
        match (self.kind, self.resolves(context)) {
            (Kind::Metadata, true) => Next::Ask(Effect::ResolveMetadata),
            (Kind::Jwks, true) => Next::Ask(Effect::ResolveJwks),
            (Kind::Metadata, false) => self.fetch(metadata::discovery_url(&context.core.issuer)),
            (Kind::Jwks, false) => context.get(Kind::Metadata),
        }
    }

    /// The metadata is here: `jwks_uri` says where the keys are.
    fn fetch_keys(&mut self, metadata: Option<&str>) -> Result<Next, Trouble> {
        let url = metadata::jwks_uri(&super::introspect::read_metadata(metadata)?)?;
        Ok(self.fetch(url))
    }

    fn fetch(&mut self, url: String) -> Next {
        self.url.clone_from(&url);
        let purpose: Purpose = self.kind.purpose();
        Next::Ask(Effect::Fetch(Request { purpose, url, headers: Vec::new(), body: None, mutual_tls: false }))
    }

    fn finish(&self, document: Document, context: &Context<'_>) -> Result<Next, Trouble> {
        let duration = match document.content {
            Content::Metadata(_) => context.settings.metadata_cache_duration,
            Content::Keys(_) => context.settings.jwks_cache_duration,
        };
        let text = document.text.to_string();
        context.core.store(self.kind, Some(Fresh { document, expires_at: context.now + duration }));
        Ok(Next::Return(Ok(Outcome::Document(text))))
    }

    fn resolves(&self, context: &Context<'_>) -> bool {
        match self.kind {
            Kind::Metadata => context.settings.supplied.metadata_resolver,
            Kind::Jwks => context.settings.supplied.jwks_resolver,
        }
    }

    fn resolver_malformed(&self) -> Failure {
        let message = match self.kind {
            Kind::Metadata => "metadataResolver must answer an issuer metadata object",
            Kind::Jwks => "jwksResolver must answer a JSON Web Key Set: an object with an array 'keys'",
        };
        Failure::new(Reason::ResolverAnswerMalformed, message)
    }

    /// Infrastructure is never the caller's fault: whatever a resolver throws does not become a 401.
    fn resolver_threw(&self, thrown: Thrown) -> Trouble {
        if thrown.ours && thrown.token_code.is_none() {
            return Trouble::Rethrow(thrown);
        }
        let message = thrown.message.unwrap_or_else(|| Reason::NetworkFailed.message().to_owned());
        Failure::new(Reason::ResolverFailed, message).into()
    }
}
