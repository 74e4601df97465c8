//! How a client stands, from what it holds; nobody is asked.

use crate::core::Core;
use crate::document::{Content, Document, Kind};
use crate::flow::Settings;
use crate::supply::{Condition, Freshness, Moment};
use crate::text::is_blank;
use serde_json::{Map, Value, json};

/// `documents` of the statistics: age, freshness, and the number of usable keys.
pub fn documents(core: &Core, settings: &Settings, now: Moment) -> Value {
    let report = |kind| {
        let condition = condition(core, settings, kind, now);
        let mut members = Map::new();
        describe(&condition, &mut members);
        members.insert("fresh".to_owned(), (condition.freshness == Freshness::Fresh).into());
        if kind == Kind::Jwks {
            members.entry("keys").or_insert_with(|| 0.into());
        }
        members
    };
    json!({ "metadata": report(Kind::Metadata), "jwks": report(Kind::Jwks) })
}

/// `ok`; `degraded`: what is needed serves, though the last attempt to renew it failed; `down`: it is not there.
pub fn report(core: &Core, settings: &Settings, now: Moment) -> Value {
    let metadata = condition(core, settings, Kind::Metadata, now);
    let jwks = condition(core, settings, Kind::Jwks, now);
    let needed = if needs_keys(core) { Kind::Jwks } else { Kind::Metadata };
    let (condition, overridden) = match needed {
        Kind::Metadata => (&metadata, settings.overrides.get_metadata),
        Kind::Jwks => (&jwks, settings.overrides.get_jwks),
    };
    let status = if overridden {
        "ok"
    } else if !is_usable(condition) {
        "down"
    } else if metadata.failure.is_some() || jwks.failure.is_some() {
        "degraded"
    } else {
        "ok"
    };
    json!({
        "status": status,
        "metadata": member(&metadata, settings.overrides.get_metadata),
        "jwks": member(&jwks, settings.overrides.get_jwks),
    })
}

/// Whether the client validates any tokens locally.
pub fn needs_keys(core: &Core) -> bool {
    !core.introspect_jwt_tokens
}

/// Whether the client may have to introspect tokens.
pub fn introspects(core: &Core) -> bool {
    !core.client_id.as_deref().is_none_or(is_blank)
}

fn condition(core: &Core, settings: &Settings, kind: Kind, now: Moment) -> Condition {
    core.tenant(settings.native).shelf(kind).condition(&settings.rules(core, kind), now)
}

fn is_usable(condition: &Condition) -> bool {
    condition.freshness != Freshness::Missing && condition.document.as_ref().is_some_and(|held| !held.is_empty())
}

fn member(condition: &Condition, overridden: bool) -> Value {
    let state = match condition.freshness {
        _ if overridden => "overridden",
        Freshness::Fresh => "fresh",
        Freshness::Stale => "stale",
        Freshness::Missing => "missing",
    };
    let mut members = Map::new();
    members.insert("state".to_owned(), state.into());
    describe(condition, &mut members);
    if let Some(failure) = &condition.failure {
        members.insert("reason".to_owned(), failure.reason.code().into());
        if let Some(seconds) = failure.retry_after() {
            members.insert("retryAfter".to_owned(), seconds.into());
        }
    }
    members.into()
}

fn describe(condition: &Condition, members: &mut Map<String, Value>) {
    if let Some(age) = condition.age {
        members.insert("ageSeconds".to_owned(), age.into());
    }
    if let Some(Document { content: Content::Keys(keys), .. }) = &condition.document {
        members.insert("keys".to_owned(), keys.len().into());
    }
}
