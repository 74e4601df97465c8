//! `ready`: gets what validations will need, as they would get it.

use super::{Context, Next, Resume, read_metadata};
use crate::document::{Content, Document, Kind};
use crate::effect::{Answer, Outcome, Trouble};
use crate::error::{Failure, Reason};
use crate::health;
use crate::json::Object;
use crate::supply::Demand;
use std::sync::Arc;

#[derive(Default)]
pub struct State {
    stage: Stage,
}

#[derive(Clone, Copy, Default)]
enum Stage {
    #[default]
    Start,
    Metadata,
    Keys,
}

impl State {
    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match (self.stage, resume) {
            (Stage::Start, Resume::Start) if needs_metadata(context) => {
                self.stage = Stage::Metadata;
                Ok(context.get(Kind::Metadata, Demand::Validation))
            }
            (Stage::Start, Resume::Start) => Ok(self.get_keys(context)),
            (Stage::Metadata, resume) => {
                let metadata = &*metadata(resume)?;
                if needs_keys(metadata, context) {
                    return Ok(self.get_keys(context));
                }
                context.core.endpoint(metadata, "introspection_endpoint")?;
                Ok(Next::Return(Ok(Outcome::Kept)))
            }
            (Stage::Keys, resume) => match keys(resume)? {
                Some(keys) if !keys.is_empty() => Ok(Next::Return(Ok(Outcome::Kept))),
                _ => Err(Failure::new(Reason::DocumentMalformed, "The key set holds no usable key").into()),
            },
            (Stage::Start, _) => Err(Reason::Internal.into()),
        }
    }

    fn get_keys(&mut self, context: &Context<'_>) -> Next {
        self.stage = Stage::Keys;
        context.get(Kind::Jwks, Demand::Validation)
    }
}

fn needs_metadata(context: &Context<'_>) -> bool {
    health::introspects(context.core) || !health::needs_keys(context.core) || !brings_own_keys(context)
}

/// A tenant without keys serves a client that can introspect.
fn needs_keys(metadata: &Object, context: &Context<'_>) -> bool {
    let without = health::introspects(context.core) && !metadata.contains_key("jwks_uri") && !brings_own_keys(context);
    health::needs_keys(context.core) && !without
}

fn brings_own_keys(context: &Context<'_>) -> bool {
    context.settings.supplied.jwks_resolver || context.settings.overrides.get_jwks
}

fn metadata(resume: Resume) -> Result<Arc<Object>, Trouble> {
    match resume {
        Resume::Returned(Ok(Outcome::Document {
            document: Document { content: Content::Metadata(metadata), .. },
            ..
        })) => Ok(metadata),
        Resume::Answer(Answer::Text(text)) => Ok(Arc::new(read_metadata(text.as_deref())?)),
        resume => Err(trouble(resume)),
    }
}

fn keys(resume: Resume) -> Result<Option<Document>, Trouble> {
    match resume {
        Resume::Returned(Ok(Outcome::Document { document, .. })) => Ok(Some(document)),
        Resume::Answer(Answer::Text(text)) => Ok(text.and_then(|text| Document::parse(Kind::Jwks, &text))),
        resume => Err(trouble(resume)),
    }
}

fn trouble(resume: Resume) -> Trouble {
    match resume {
        Resume::Returned(Err(trouble)) => trouble,
        Resume::Answer(Answer::Threw(thrown)) => Trouble::Rethrow(thrown),
        _ => Reason::Internal.into(),
    }
}
