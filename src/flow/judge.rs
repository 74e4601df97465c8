//! The decision about a JWT by what is at hand, without waiting for anything.

use super::direct::{Direct, Payload};
use super::{Checks, Settings, accept};
use crate::core::Core;
use crate::document::{Content, Document, Kind};
use crate::error::{Failure, Reason};
use crate::interval::Interval;
use crate::jose::algorithm::Algorithm;
use crate::supply::{Moment, Ready};
use crate::verdicts::Verdicts;
use std::borrow::Cow;

pub enum Verdict<'p> {
    Accepted(Accepted<'p>),
    Refused(Failure),
    /// Something has to be fetched or refreshed first.
    Open,
    /// The signature is to be checked elsewhere.
    PutOff,
}

pub struct Accepted<'p> {
    /// The payload, which is JSON text.
    pub text: Cow<'p, str>,
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

/// Who asks, and by what.
#[derive(Clone, Copy)]
pub struct Bench<'b> {
    pub core: &'b Core,
    /// No method of the client may be overridden.
    pub settings: &'b Settings,
    pub verdicts: Option<&'b Verdicts>,
    pub now: Moment,
}

/// Counts what it decides. `put_off` is asked before a signature is checked: whether that is to be done elsewhere.
pub fn judge<'p>(
    bench: Bench<'_>,
    token: &str,
    checks: &Checks,
    payload: &'p mut Payload,
    put_off: impl FnOnce(Algorithm) -> bool,
) -> Verdict<'p> {
    let Bench { core, settings, verdicts, now } = bench;
    let shelf = core.tenant(settings.native).shelf(Kind::Jwks);
    let rules = settings.rules(core, Kind::Jwks);
    let Some(Ready { document, holds, generation }) = shelf.ready(&rules, now) else { return Verdict::Open };
    let Document { content: Content::Keys(keys), text: set } = document else { return Verdict::Open };
    let verdict = match Direct::new(core, settings, checks, &keys, verdicts, now.wall) {
        Some(direct) => direct.accept_unless(token, payload, put_off).map(|passed| {
            passed.map(|passed| {
                let holds = holds.and(passed.holds);
                let lasts = passed.known && !passed.bound && holds.contains(now.wall);
                let standing = lasts.then_some(Standing { holds, generation });
                Accepted { text: Cow::Borrowed(passed.text), standing }
            })
        }),
        None => accept(core, settings, token, checks, &keys, now.wall)
            .map(|verified| Some(Accepted { text: Cow::Owned(verified.text), standing: None })),
    };
    let failure = match verdict {
        Ok(Some(accepted)) => {
            core.stats.accepted();
            return Verdict::Accepted(accepted);
        }
        Ok(None) => return Verdict::PutOff,
        Err(Reason::KeyNotFound) => match shelf.refuses_unknown_key(&set, &rules, now) {
            Some(failure) => failure,
            None => return Verdict::Open,
        },
        Err(reason) => reason.into(),
    };
    core.stats.rejected(failure.reason);
    Verdict::Refused(failure)
}
