//! The decision about a token by what the built-in cache holds of its introspection, without waiting for anything.
//! Decides as [`super::access_token`] does with an entry of the application's cache.

use super::judge::{Accepted, Bench, Verdict};
use super::{Checks, check_token, validates_locally};
use crate::access;
use crate::cache_entry::{self, Entry};
use crate::claims::borrowed::Question;
use crate::claims::{Claims, Date};
use crate::confirmation;
use crate::error::Reason;
use crate::stats::Lookup;
use crate::text::is_blank;
use serde_json::Value;
use std::borrow::Cow;

/// `entry` is what the cache holds of the token: JSON text. Counts what it decides.
pub fn judge_cached<'p>(bench: Bench<'_>, token: &str, checks: &Checks, entry: &'p str) -> Verdict<'p> {
    let Bench { core, settings, now, .. } = bench;
    let introspects = core.client_id.as_deref().is_some_and(|id| !is_blank(id))
        && core.introspection_cache_duration != 0.0
        && !validates_locally(core, token);
    if !introspects || check_token(token).is_err() {
        return Verdict::Open;
    }
    let verdict = match read_directly(bench, checks, entry) {
        Some(verdict) => verdict,
        None => match cache_entry::read(Some(entry), settings.clock(now.wall)) {
            Entry::Miss => None,
            Entry::Inactive => {
                core.stats.looked_up(Lookup::Negative);
                core.stats.rejected(Reason::InactiveCached);
                return Verdict::Refused(Reason::InactiveCached.into());
            }
            Entry::Claims(claims) => Some(check(bench, checks, &claims).map(|()| Cow::Owned(claims.text()))),
        },
    };
    let Some(verdict) = verdict else { return Verdict::Open };
    core.stats.looked_up(Lookup::Hit);
    match verdict {
        Ok(text) => {
            core.stats.accepted();
            Verdict::Accepted(Accepted { text, standing: None })
        }
        Err(reason) => {
            core.stats.rejected(reason);
            Verdict::Refused(reason.into())
        }
    }
}

fn check(bench: Bench<'_>, checks: &Checks, claims: &Claims) -> Result<(), Reason> {
    let checked = claims.check(&bench.settings.expected(bench.core, bench.now.wall))?;
    access::check(checked, &checks.requirement, &bench.core.groups)?;
    confirmation::check(checked, checks.mode, &checks.certificate)
}

/// Bare claims, in which every name is spelled as it is: most entries. Nothing for any other; `Some(None)` once they have
/// expired.
type Direct<'p> = Option<Option<Result<Cow<'p, str>, Reason>>>;

fn read_directly<'p>(bench: Bench<'_>, checks: &Checks, entry: &'p str) -> Direct<'p> {
    let Bench { core, settings, now, .. } = bench;
    let Value::String(audience) = &core.audience else { return None };
    let is_marked = [cache_entry::EXPIRES_AT, "\"active\"", "\\"].iter().any(|mark| entry.contains(mark));
    let question = Question::new(audience, &core.groups, &checks.requirement).filter(|_| !is_marked)?;
    let seen = question.read(entry).ok()?;
    let (registered, clock) = (seen.registered(), settings.clock(now.wall));
    let serves = match registered.expiration {
        Date::Absent => true,
        Date::At(expiration) => clock.is_before(expiration),
        Date::Malformed => false,
    };
    if !serves {
        return Some(None);
    }
    let decide = || {
        registered.check(&core.issuer, clock)?;
        access::check_scopes(seen.scope(), &checks.requirement.scopes)?;
        access::check_groups(seen.groups(), &checks.requirement.groups)?;
        seen.confirmation().check(checks.mode, &checks.certificate)?;
        Ok(Cow::Borrowed(entry))
    };
    Some(Some(decide()))
}
