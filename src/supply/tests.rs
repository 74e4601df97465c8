//! The rules on both clocks, without any I/O.

use super::*;
use crate::document::{Document, Kind};
use crate::error::{Detail, Failure, Reason};
use crate::request::Response;
use std::sync::Arc;

const RULES: Rules = Rules { duration: 300.0, stale: 3600.0, cooldown: 30.0 };
/// The wall clock at the time of the first fetch; the steady clock then says 0.
const START: f64 = 1_800_000_000.0;

/// Seconds after the first fetch, on both clocks.
fn after(wall: f64, steady: f64) -> Moment {
    Moment { wall: START + wall, steady }
}

/// RFC 7517 appendix A.1.
fn keys(kid: &str) -> Document {
    let (x, y) = ("MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
    let text = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"{kid}","x":"{x}","y":"{y}"}}]}}"#);
    Document::parse(Kind::Jwks, &text).unwrap()
}

fn failure() -> Failure {
    Reason::NetworkFailed.into()
}

fn asked_to_pause(status: u16, retry_after: &str) -> Failure {
    let headers = vec![("retry-after".to_owned(), retry_after.to_owned())];
    let raw = Response { status, status_text: String::new(), headers, body: Vec::new() };
    Failure::with_detail(Reason::StatusUnexpected, "", Detail { raw: Some(raw), ..Detail::default() })
}

/// What a demand gets, as a word.
fn name(supply: &Supply) -> &'static str {
    match supply {
        Supply::Ready(_) => "ready",
        Supply::Fallback(_) => "fallback",
        Supply::Due(_) => "due",
        Supply::Stale(_) => "stale",
        Supply::Wait { fallback: None, .. } => "wait",
        Supply::Wait { fallback: Some(_), .. } => "wait with fallback",
        Supply::Lead(_) => "lead",
        Supply::Refused(failure) if failure.reason == Reason::KeyNotFound => "unknown",
        Supply::Refused(_) => "refused",
    }
}

fn lead(shelf: &Shelf, demand: &Demand, now: Moment) -> Lead<Result<Document, Failure>> {
    match shelf.demand(demand, &RULES, now) {
        Supply::Lead(lead) => lead,
        other => panic!("{}", name(&other)),
    }
}

/// A shelf that was filled at the start.
fn filled() -> Shelf {
    let shelf = Shelf::default();
    let lead = lead(&shelf, &Demand::Validation, after(0.0, 0.0));
    assert!(shelf.finish(lead, Ok(keys("first")), after(0.0, 0.0), 0.0).is_ok());
    shelf
}

const FORCE: Demand = Demand::Caller { force: true };
const CALLER: Demand = Demand::Caller { force: false };

#[test]
fn what_a_demand_gets_at_which_age() {
    // Age on the wall clock; validation, caller, forced caller, refresh ahead, unknown key.
    for (age, validation, caller, ahead) in [
        (0.0, "ready", "ready", "ready"),
        (269.0, "ready", "ready", "ready"),
        (270.0, "due", "ready", "lead"),
        (299.0, "due", "ready", "lead"),
        (300.0, "stale", "lead", "lead"),
        (3899.0, "stale", "lead", "lead"),
        (3900.0, "lead", "lead", "lead"),
        (86_400.0, "lead", "lead", "lead"),
        // The clock was set back: a little is no matter, more than a lifetime makes nothing fresh for ages.
        (-300.0, "ready", "ready", "ready"),
        (-301.0, "stale", "lead", "lead"),
        (-86_400.0, "stale", "lead", "lead"),
    ] {
        let now = after(age, 0.0);
        for (demand, expected) in [
            (Demand::Validation, validation),
            (CALLER, caller),
            (FORCE, "lead"),
            (Demand::Ahead, ahead),
            (Demand::UnknownKey { tried: keys("first").text }, "lead"),
        ] {
            assert_eq!(name(&filled().demand(&demand, &RULES, now)), expected, "at {age}");
        }
        let others = Demand::UnknownKey { tried: keys("older").text };
        let fresh = caller == "ready";
        assert_eq!(name(&filled().demand(&others, &RULES, now)), if fresh { "ready" } else { "lead" }, "at {age}");
    }
}

#[test]
fn nothing_is_due_or_stale_where_the_rules_say_so() {
    let off = Rules { stale: 0.0, ..RULES };
    assert_eq!(name(&filled().demand(&Demand::Validation, &off, after(300.0, 0.0))), "lead");
    let uncached = Rules { duration: 0.0, ..RULES };
    assert_eq!(name(&filled().demand(&CALLER, &uncached, after(0.0, 0.0))), "lead");
    let shelf = Shelf::default();
    shelf.hold(Some(keys("by hand")), START + 10.0);
    assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(9.0, 0.0))), "ready");
    assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(10.0, 0.0))), "stale");
    shelf.hold(None, 0.0);
    assert!(shelf.held(&RULES).is_none());
}

#[test]
fn one_fetch_at_a_time_and_a_fallback_after_a_second() {
    let shelf = filled();
    let pending = lead(&shelf, &Demand::Ahead, after(300.0, 10.0));
    for (age, steady, demand, expected) in [
        (299.0, 10.0, Demand::Validation, "ready"),
        (300.0, 10.0, Demand::Validation, "wait with fallback"),
        (300.0, 11.0, Demand::Validation, "fallback"),
        (300.0, 99.0, CALLER, "wait"),
        (0.0, 99.0, FORCE, "wait"),
        (0.0, 99.0, Demand::UnknownKey { tried: keys("first").text }, "wait"),
        (3900.0, 99.0, Demand::Validation, "wait"),
    ] {
        assert_eq!(name(&shelf.demand(&demand, &RULES, after(age, steady))), expected, "{age}, {steady}");
    }
    let Supply::Wait { limit: Some(limit), .. } = shelf.demand(&Demand::Validation, &RULES, after(300.0, 10.25)) else {
        panic!("no limit");
    };
    assert!((limit - 0.75).abs() < 1e-9);
    drop(pending);
    assert_eq!(name(&shelf.demand(&CALLER, &RULES, after(300.0, 99.0))), "lead");
}

#[test]
fn a_pause_is_measured_on_the_steady_clock_and_binds_all_but_callers() {
    let shelf = Shelf::default();
    let mut steady = 0.0;
    for pause in [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0] {
        let lead = lead(&shelf, &Demand::Validation, after(0.0, steady));
        let Err(told) = shelf.finish(lead, Err(failure()), after(0.0, steady), 0.0) else { panic!("kept") };
        assert_eq!(told.retry_after(), Some(pause));
        // However the wall clock jumps.
        for wall in [-86_400.0, 0.0, 86_400.0] {
            let now = after(wall, steady + pause - 0.5);
            let Supply::Refused(refusal) = shelf.demand(&Demand::Validation, &RULES, now) else { panic!("asks") };
            assert_eq!(refusal.retry_after(), Some(0.5));
            assert_eq!(name(&shelf.demand(&Demand::Ahead, &RULES, now)), "refused");
            assert_eq!(name(&shelf.demand(&CALLER, &RULES, now)), "lead");
        }
        steady += pause;
    }
    let lead = lead(&shelf, &FORCE, after(0.0, steady));
    assert!(shelf.finish(lead, Ok(keys("first")), after(0.0, steady), 0.0).is_ok());
    assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(0.0, steady))), "ready");
}

#[test]
fn stale_documents_serve_through_pauses_until_they_are_too_old() {
    let shelf = filled();
    let pending = lead(&shelf, &Demand::Ahead, after(280.0, 0.0));
    assert!(shelf.finish(pending, Err(failure()), after(280.0, 0.0), 0.0).is_err());
    assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(280.0, 0.5))), "ready", "not due in a pause");
    assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(280.0, 1.0))), "due");
    assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(3899.0, 0.5))), "fallback");
    assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(3900.0, 0.5))), "refused");
    assert!(shelf.servable(&RULES, after(3899.0, 0.5)).is_some());
    assert!(shelf.servable(&RULES, after(3900.0, 0.5)).is_none());
}

#[test]
fn the_tenants_own_pause_counts_up_to_thirty_seconds() {
    for (told, expected) in [
        (asked_to_pause(429, "7"), 7.0),
        (asked_to_pause(503, "3600"), 30.0),
        (asked_to_pause(503, "0"), 1.0),
        (asked_to_pause(500, "7"), 1.0),
        (asked_to_pause(503, "soon"), 1.0),
    ] {
        let shelf = Shelf::default();
        let lead = lead(&shelf, &Demand::Validation, after(0.0, 0.0));
        let Err(told) = shelf.finish(lead, Err(told), after(0.0, 0.0), 0.0) else { panic!("kept") };
        assert_eq!(told.pause(), Some(expected));
    }
}

#[test]
fn a_pause_of_what_a_fetch_depends_on_is_no_step_of_its_own() {
    let shelf = Shelf::default();
    for steady in [0.0, 10.0, 20.0] {
        let pending = lead(&shelf, &Demand::Validation, after(0.0, steady));
        let Err(told) = shelf.finish(pending, Err(failure().retry_in(5.0)), after(0.0, steady), 0.9) else {
            panic!("kept")
        };
        assert_eq!(told.pause(), Some(5.0));
        assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(0.0, steady + 4.9))), "refused");
    }
    let pending = lead(&shelf, &Demand::Validation, after(0.0, 30.0));
    let Err(told) = shelf.finish(pending, Err(failure()), after(0.0, 30.0), 0.0) else { panic!("kept") };
    assert_eq!(told.pause(), Some(1.0), "the first step");
}

#[test]
fn an_unknown_key_is_looked_for_once_per_cooldown() {
    let shelf = filled();
    let tried = keys("first").text;
    let unknown = Demand::UnknownKey { tried };
    let pending = lead(&shelf, &unknown, after(10.0, 10.0));
    assert!(shelf.finish(pending, Ok(keys("first")), after(10.0, 10.0), 0.0).is_ok());
    for (wall, steady) in [(10.0, 10.0), (39.0, 39.9), (200.0, 39.9), (-200.0, 39.9)] {
        assert_eq!(name(&shelf.demand(&unknown, &RULES, after(wall, steady))), "unknown", "{wall}, {steady}");
        assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(wall, steady))), "ready");
        assert!(!shelf.may_force(&RULES, steady));
    }
    assert_eq!(name(&shelf.demand(&unknown, &RULES, after(40.0, 40.0))), "lead");
    let eager = Rules { cooldown: 0.0, ..RULES };
    assert_eq!(name(&shelf.demand(&unknown, &eager, after(40.0, 40.0))), "lead");
    assert!(shelf.may_force(&RULES, 70.0) && !shelf.may_force(&RULES, 70.0));
}

#[test]
fn a_look_that_failed_blames_the_tenant() {
    let shelf = filled();
    let unknown = Demand::UnknownKey { tried: keys("first").text };
    let pending = lead(&shelf, &unknown, after(10.0, 10.0));
    assert!(shelf.finish(pending, Err(failure()), after(10.0, 10.0), 0.0).is_err());
    assert_eq!(name(&shelf.demand(&unknown, &RULES, after(10.0, 10.5))), "refused", "in the pause");
    assert_eq!(name(&shelf.demand(&unknown, &RULES, after(10.0, 39.9))), "refused", "in the cooldown");
    assert_eq!(name(&shelf.demand(&Demand::Validation, &RULES, after(10.0, 10.5))), "ready");
}

#[test]
fn an_empty_document_replaces_none_that_has_something() {
    let metadata = |text| Document::parse(Kind::Metadata, text).unwrap();
    for (good, empty) in [
        (keys("first"), Document::parse(Kind::Jwks, r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#).unwrap()),
        (metadata(r#"{"jwks_uri":"https://tenant.example/jwks"}"#), metadata(r#"{"status":"maintenance"}"#)),
    ] {
        let shelf = Shelf::default();
        for (document, kept) in [(&empty, true), (&empty, true), (&good, true), (&empty, false), (&good, true)] {
            let lead = lead(&shelf, &FORCE, after(0.0, 0.0));
            let result = shelf.finish(lead, Ok(document.clone()), after(0.0, 0.0), 0.0);
            assert_eq!(result.is_ok(), kept);
            let held = if kept { document } else { &good };
            assert_eq!(shelf.held(&RULES).map(|(held, _)| held.text), Some(Arc::clone(&held.text)));
        }
    }
}

fn ask(introspections: &Introspections, token: &str, now: Moment) -> Ask {
    match introspections.turn(token, now) {
        Turn::Lead(ask) => ask,
        Turn::Join(_) => panic!("joins"),
        Turn::Refused(_) => panic!("refused"),
    }
}

#[test]
fn one_introspection_per_token_at_a_time() {
    let introspections = Introspections::default();
    let now = after(0.0, 0.0);
    let first = ask(&introspections, "a", now);
    let Turn::Join(joined) = introspections.turn("a", now) else { panic!("asks twice") };
    drop(ask(&introspections, "b", now));
    introspections.finish(first, Ok("{}".into()), now);
    assert!(matches!(joined.result(), Some(Ok(_))));
    drop(ask(&introspections, "a", now));
    // Given up by its leader: the next one asks, and a thousand such leave nothing in the way.
    (0..1000).for_each(|index| drop(ask(&introspections, &index.to_string(), now)));
    drop(ask(&introspections, "a", now));
}

#[test]
fn introspections_pause_when_the_tenant_says_so() {
    for (told, pause) in [
        (asked_to_pause(429, "7"), Some(7.0)),
        (asked_to_pause(503, "90"), Some(30.0)),
        (asked_to_pause(500, "7"), None),
        (failure(), None),
        (failure().retry_in(5.0), None),
    ] {
        let introspections = Introspections::default();
        introspections.finish(ask(&introspections, "a", after(0.0, 0.0)), Err(told), after(0.0, 0.0));
        let Some(pause) = pause else {
            drop(ask(&introspections, "b", after(0.0, 0.0)));
            continue;
        };
        let Turn::Refused(refusal) = introspections.turn("b", after(86_400.0, pause - 0.5)) else { panic!("asks") };
        assert_eq!(refusal.retry_after(), Some(0.5));
        drop(ask(&introspections, "b", after(0.0, pause)));
    }
}
