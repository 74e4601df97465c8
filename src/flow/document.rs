//! `getMetadata` and `getJwks`: from memory, from whoever is fetching already, from the resolver or from the tenant.

use super::{Context, Next, Resume};
use crate::document::{Content, Document, Kind};
use crate::effect::{Answer, Effect, Outcome, Thrown, Trouble};
use crate::error::{Failure, Reason};
use crate::json::Object;
use crate::metadata;
use crate::request::Request;
use crate::supply::{Demand, Fetch, Lead, Supply};
use std::sync::Arc;

pub struct State {
    kind: Kind,
    demand: Demand,
    stage: Stage,
    url: String,
}

enum Stage {
    Start,
    /// A refresh has been asked for; the document serves meanwhile.
    Due(Document),
    /// A refresh has been asked for; it is worth a moment's waiting.
    Stale,
    Waiting(Arc<Fetch>, Option<Document>),
    Fetching(Lead<Result<Document, Failure>>),
    Over,
}

/// How a fetch goes on.
enum Progress {
    Next(Next),
    Document(Document),
}

impl State {
    pub fn new(kind: Kind, demand: Demand) -> Self {
        Self { kind, demand, stage: Stage::Start, url: String::new() }
    }

    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match (std::mem::replace(&mut self.stage, Stage::Over), resume) {
            (Stage::Start, Resume::Start) => self.acquire(false, context),
            (Stage::Due(document), Resume::Answer(_)) => Ok(held(document)),
            (Stage::Stale, Resume::Answer(_)) => self.acquire(true, context),
            (Stage::Waiting(fetch, fallback), Resume::Answer(_)) => self.waited(&fetch, fallback, context),
            (Stage::Fetching(lead), resume) => self.fetching(lead, resume, context),
            _ => Err(Reason::Internal.into()),
        }
    }

    /// `refreshing`: a refresh has been asked for; what is stale serves if that did not start, or has ended already.
    fn acquire(&mut self, refreshing: bool, context: &Context<'_>) -> Result<Next, Trouble> {
        match context.shelf(self.kind).demand(&self.demand, &context.rules(self.kind), context.now) {
            Supply::Ready(document) => Ok(held(document)),
            Supply::Fallback(document) => Ok(stale(document, context)),
            Supply::Due(document) => {
                self.stage = Stage::Due(document);
                Ok(Next::Ask(Effect::Refresh(self.kind)))
            }
            Supply::Stale(document) if refreshing => Ok(stale(document, context)),
            Supply::Stale(_) => {
                self.stage = Stage::Stale;
                Ok(Next::Ask(Effect::Refresh(self.kind)))
            }
            Supply::Wait { fetch, limit, fallback } => {
                context.core.stats.joined();
                let until = Box::pin(fetch.wait());
                self.stage = Stage::Waiting(fetch, fallback);
                Ok(Next::Ask(Effect::Wait { until, limit }))
            }
            Supply::Lead(lead) => {
                if matches!(self.demand, Demand::Ahead) {
                    context.core.stats.refreshing();
                }
                let next = self.begin(context);
                self.stage = Stage::Fetching(lead);
                Ok(next)
            }
            Supply::Refused(failure) => Err(failure.into()),
        }
    }

    /// Waiters share the outcome, a failure included; whoever has a fallback uses it instead.
    fn waited(
        &mut self,
        fetch: &Arc<Fetch>,
        fallback: Option<Document>,
        context: &Context<'_>,
    ) -> Result<Next, Trouble> {
        match (fetch.result(), fallback) {
            (Some(Ok(document)), _) => Ok(returned(document, true)),
            (_, Some(document)) => Ok(stale(document, context)),
            (Some(Err(failure)), None) => Err(failure.into()),
            (None, None) => self.acquire(false, context),
        }
    }

    fn begin(&mut self, context: &Context<'_>) -> Next {
        match (self.kind, self.resolves(context)) {
            (Kind::Metadata, true) => Next::Ask(Effect::ResolveMetadata),
            (Kind::Jwks, true) => Next::Ask(Effect::ResolveJwks),
            (Kind::Metadata, false) => self.fetch(metadata::discovery_url(&context.core.issuer)),
            (Kind::Jwks, false) => context.get(Kind::Metadata, self.demand_for_metadata()),
        }
    }

    /// A background refresh brings fresh metadata along; a validation makes do with what serves.
    fn demand_for_metadata(&self) -> Demand {
        match self.demand {
            Demand::Caller { .. } => Demand::Caller { force: false },
            Demand::Ahead => Demand::Ahead,
            Demand::Validation | Demand::UnknownKey { .. } => Demand::Validation,
        }
    }

    /// Whatever comes of it, those who wait hear of it.
    fn fetching(
        &mut self,
        lead: Lead<Result<Document, Failure>>,
        resume: Resume,
        context: &Context<'_>,
    ) -> Result<Next, Trouble> {
        let result = match self.progress(resume, context) {
            Ok(Progress::Next(next)) => {
                self.stage = Stage::Fetching(lead);
                return Ok(next);
            }
            Ok(Progress::Document(document)) => Ok(document),
            Err(trouble) => Err(trouble),
        };
        let (told, trouble) = match result {
            Ok(document) => (Ok(document), None),
            Err(Trouble::Failure(failure)) => (Err(failure), None),
            Err(Trouble::Rethrow(thrown)) => (Err(failure_of(&thrown)), Some(Trouble::Rethrow(thrown))),
        };
        let finished = context.shelf(self.kind).finish(lead, told, context.now, crate::random::unit());
        match (finished, trouble) {
            (Ok(document), _) => Ok(returned(document, true)),
            (Err(_), Some(trouble)) => Err(trouble),
            (Err(failure), None) => Err(failure.into()),
        }
    }

    fn progress(&mut self, resume: Resume, context: &Context<'_>) -> Result<Progress, Trouble> {
        match resume {
            Resume::Returned(Ok(Outcome::Document { document, .. })) => self.fetch_keys(metadata_of(&document)?),
            Resume::Returned(Ok(Outcome::Claims(..) | Outcome::Kept)) => Err(Reason::Internal.into()),
            Resume::Returned(Err(trouble)) => match self.stale_metadata(context) {
                Some(metadata) => self.fetch_keys(metadata_of(&metadata)?),
                None => Err(trouble),
            },
            Resume::Answer(Answer::Response(reply)) => {
                let (kind, url) = (self.kind, &self.url);
                let read = |response| Document::from_response(kind, response);
                Ok(Progress::Document(context.receive(kind.purpose(), reply, url, read)?))
            }
            Resume::Answer(Answer::Text(text)) if self.resolves(context) => {
                let document = text.and_then(|text| Document::parse(self.kind, &text));
                Ok(Progress::Document(document.ok_or_else(|| self.resolver_malformed())?))
            }
            Resume::Answer(Answer::Text(text)) => self.fetch_keys(&super::introspect::read_metadata(text.as_deref())?),
            Resume::Answer(Answer::Threw(thrown)) if self.resolves(context) => Err(resolver_threw(thrown)),
            Resume::Answer(Answer::Threw(thrown)) => Err(Trouble::Rethrow(thrown)),
            Resume::Answer(Answer::Kept) | Resume::Start => Err(Reason::Internal.into()),
        }
    }

    /// What a refresh of the keys falls back on when the metadata cannot be refreshed.
    fn stale_metadata(&self, context: &Context<'_>) -> Option<Document> {
        let refreshes = !matches!(self.demand, Demand::Caller { .. });
        let shelf = context.shelf(Kind::Metadata);
        if refreshes { shelf.servable(&context.rules(Kind::Metadata), context.now) } else { None }
    }

    /// The metadata is here: `jwks_uri` says where the keys are.
    fn fetch_keys(&mut self, metadata: &Object) -> Result<Progress, Trouble> {
        let url = metadata::jwks_uri(metadata)?;
        Ok(Progress::Next(self.fetch(url)))
    }

    fn fetch(&mut self, url: String) -> Next {
        self.url.clone_from(&url);
        let purpose = self.kind.purpose();
        Next::Ask(Effect::Fetch(Request { purpose, url, headers: Vec::new(), body: None, mutual_tls: false }))
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
}

/// The members of a metadata document.
pub fn metadata_of(document: &Document) -> Result<&Object, Reason> {
    match &document.content {
        Content::Metadata(metadata) => Ok(metadata),
        Content::Keys(_) => Err(Reason::Internal),
    }
}

/// Infrastructure is never the caller's fault: whatever a resolver throws does not become a 401.
fn resolver_threw(thrown: Thrown) -> Trouble {
    if thrown.ours && thrown.token_code.is_none() {
        return Trouble::Rethrow(thrown);
    }
    failure_of(&thrown).into()
}

pub fn failure_of(thrown: &Thrown) -> Failure {
    let message = thrown.message.clone().unwrap_or_else(|| Reason::NetworkFailed.message().to_owned());
    Failure::new(Reason::ResolverFailed, message)
}

fn stale(document: Document, context: &Context<'_>) -> Next {
    context.core.stats.served_stale();
    held(document)
}

fn held(document: Document) -> Next {
    returned(document, false)
}

fn returned(document: Document, new: bool) -> Next {
    Next::Return(Ok(Outcome::Document { document, new }))
}
