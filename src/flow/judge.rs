//! The decision about a JWT by what is at hand, without waiting for anything.

use super::direct::{Direct, Payload};
use super::{Checks, Settings, accept};
use crate::core::Core;
use crate::document::{Content, Document, Kind};
use crate::error::{Failure, Reason};
use crate::interval::Interval;
use crate::supply::{Moment, Ready};
use crate::verdicts::Verdicts;

pub enum Verdict {
    Accepted(Accepted),
    Refused(Failure),
    /// Something has to be fetched or refreshed first.
    Open,
}

pub struct Accepted {
    claims: Text,
    /// Nothing for a token that is not worth remembering, or whose certificate decides.
    pub standing: Option<Standing>,
}

/// As long as this holds, the same token passes the same checks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// By the same clock settings.
    pub holds: Interval,
    /// See [`crate::supply::generation`].
    pub generation: u32,
}

enum Text {
    Direct(Payload),
    Plain(String),
}

/// Counts what it decides. No method of the client may be overridden.
pub fn judge(
    core: &Core,
    settings: &Settings,
    token: &str,
    checks: &Checks,
    verdicts: Option<&Verdicts>,
    now: Moment,
) -> Verdict {
    let shelf = core.tenant(settings.native).shelf(Kind::Jwks);
    let rules = settings.rules(core, Kind::Jwks);
    let Some(Ready { document, holds, generation }) = shelf.ready(&rules, now) else { return Verdict::Open };
    let Document { content: Content::Keys(keys), text: set } = document else { return Verdict::Open };
    let verdict = match Direct::new(core, settings, checks, &keys, verdicts, now.wall) {
        Some(direct) => direct.accept(token).map(|passed| {
            let holds = holds.and(passed.holds);
            let standing = Standing { holds, generation };
            let lasts = passed.known && !passed.bound && holds.contains(now.wall);
            Accepted { claims: Text::Direct(passed.payload), standing: lasts.then_some(standing) }
        }),
        None => accept(core, settings, token, checks, &keys, now.wall)
            .map(|verified| Accepted { claims: Text::Plain(verified.text), standing: None }),
    };
    let failure = match verdict {
        Ok(accepted) => {
            core.stats.accepted();
            return Verdict::Accepted(accepted);
        }
        Err(Reason::KeyNotFound) => match shelf.refuses_unknown_key(&set, &rules, now) {
            Some(failure) => failure,
            None => return Verdict::Open,
        },
        Err(reason) => reason.into(),
    };
    core.stats.rejected(failure.reason);
    Verdict::Refused(failure)
}

impl Accepted {
    /// The payload, which is JSON text.
    pub fn text(&self) -> &str {
        match &self.claims {
            Text::Direct(payload) => std::str::from_utf8(payload.as_slice()).unwrap_or_default(),
            Text::Plain(text) => text,
        }
    }
}
