//! `validateAccessToken` with the application's introspection cache.

use crate::support::script::{network, ours, plain, play, reply, text};
use crate::support::tenant::{NOW, claims, config, core, metadata, settings};
use monocloud_backend_node::access::Requirement;
use monocloud_backend_node::cache_entry::{EXPIRES_AT, inactive};
use monocloud_backend_node::config::{BindingMode, Config, Value as Given};
use monocloud_backend_node::core::Core;
use monocloud_backend_node::effect::Answer;
use monocloud_backend_node::flow::{Checks, Operation, Overrides, Settings, Supplied};
use serde_json::{Value, json};
use std::sync::Arc;

const MISS: (&str, Answer) = ("cache.get", Answer::Text(None));

fn validate(checks: Checks) -> Operation {
    Operation::ValidateAccessToken { token: "opaque".to_owned(), checks }
}

fn unconditional() -> Operation {
    validate(Checks { of_caller: true, mode: Some(BindingMode::WhenPresent), ..Checks::default() })
}

fn wanting(scope: &str) -> Operation {
    let scopes = Given::Array(vec![Given::String(scope.to_owned())]);
    let Ok(requirement) = Requirement::compile(scopes, Given::Undefined, true) else { panic!("a requirement") };
    validate(Checks { of_caller: true, requirement: Arc::new(requirement), ..Checks::default() })
}

/// A cache, and an introspection that a method of the application performs.
fn caching() -> Settings {
    let supplied = Supplied { cache: true, ..Supplied::default() };
    let overrides = Overrides { introspect: true, ..Overrides::default() };
    Settings { supplied, overrides, ..settings() }
}

fn entry(changes: &Value) -> Answer {
    text(&claims(changes).to_string())
}

fn accepted(changes: &Value) -> String {
    format!("claims {}", claims(changes))
}

fn written(changes: &Value, expires_at: f64) -> String {
    format!("cache.set {} {expires_at}", claims(changes))
}

fn run(core: &Arc<Core>, operation: Operation, lines: Vec<(&str, Answer)>) -> String {
    play(core, caching(), operation, NOW, lines)
}

#[test]
fn a_hit_is_used_and_checked_again() {
    let core = core(config());
    let known = || entry(&json!({"scope": "read"}));
    assert_eq!(run(&core, unconditional(), vec![("cache.get", known())]), accepted(&json!({"scope": "read"})));
    assert_eq!(run(&core, wanting("read"), vec![("cache.get", known())]), accepted(&json!({"scope": "read"})));
    assert_eq!(run(&core, wanting("write"), vec![("cache.get", known())]), "failed scopes_missing");
    let bound = entry(&json!({"cnf": {"x5t#S256": "x"}}));
    assert_eq!(run(&core, unconditional(), vec![("cache.get", bound)]), "failed certificate_missing");
    let foreign = entry(&json!({"iss": "x"}));
    assert_eq!(run(&core, unconditional(), vec![("cache.get", foreign)]), "failed issuer_mismatch");
    let negative = text(&inactive(NOW + 1.0));
    assert_eq!(run(&core, unconditional(), vec![("cache.get", negative)]), "failed token_inactive_cached");
}

#[test]
fn whatever_is_no_entry_is_a_miss() {
    let core = core(config());
    let mut outlived = claims(&json!({}));
    outlived[EXPIRES_AT] = json!(NOW);
    for answer in [
        Answer::Text(None),
        text("null"),
        text("7"),
        text("not json"),
        entry(&json!({"exp": NOW - 60.0})),
        entry(&json!({"exp": "x"})),
        text(&outlived.to_string()),
        text(&inactive(NOW)),
        plain("down"),
        ours("refused", Some("invalid_token")),
    ] {
        assert_eq!(run(&core, unconditional(), vec![("cache.get", answer)]), "introspect");
    }
}

#[test]
fn an_active_answer_is_stored_before_the_routes_own_checks() {
    let core = core(config());
    for (changes, expires_at) in [
        (json!({"exp": NOW + 30.0}), NOW + 30.0),
        (json!({"exp": NOW + 900.0}), NOW + 300.0),
        (json!({"exp": null}), NOW + 300.0),
    ] {
        let set = written(&changes, expires_at);
        let lines = || vec![MISS, ("introspect", entry(&changes)), (set.as_str(), Answer::Kept)];
        assert_eq!(run(&core, unconditional(), lines()), accepted(&changes));
        assert_eq!(run(&core, wanting("read"), lines()), "failed scopes_missing");
    }
}

#[test]
fn a_cache_that_fails_decides_nothing() {
    let core = core(config());
    let set = written(&json!({}), NOW + 300.0);
    for failing in [|| plain("down"), || ours("refused", Some("invalid_token"))] {
        let lines = vec![("cache.get", failing()), ("introspect", entry(&json!({}))), (set.as_str(), failing())];
        assert_eq!(run(&core, unconditional(), lines), accepted(&json!({})));
        let negative = format!("cache.set {} {}", inactive(NOW + 300.0), NOW + 300.0);
        let refused = ours("not active", Some("inactive_token"));
        let lines = vec![("cache.get", failing()), ("introspect", refused), (negative.as_str(), failing())];
        assert_eq!(run(&core, unconditional(), lines), "rethrown not active");
    }
}

#[test]
fn only_inactive_is_remembered_of_the_refusals() {
    let core = core(config());
    for (thrown, expected) in [
        (ours("expired", Some("invalid_token")), "rethrown expired"),
        (ours("scope", Some("insufficient_scope")), "rethrown scope"),
        (ours("outage", None), "rethrown outage"),
        (plain("boom"), "rethrown boom"),
        (Answer::Text(None), "failed resolver_answer_malformed"),
        (text("[]"), "failed resolver_answer_malformed"),
    ] {
        assert_eq!(run(&core, unconditional(), vec![MISS, ("introspect", thrown)]), expected);
    }
}

#[test]
fn the_classes_own_introspection_is_cached_alike() {
    let discovery = "GET https://tenant.example/.well-known/openid-configuration";
    let endpoint = "POST https://tenant.example/introspect";
    let own = Settings { overrides: Overrides::default(), ..caching() };
    let mut active = claims(&json!({}));
    active["active"] = json!(true);
    let negative = format!("cache.set {} {}", inactive(NOW + 300.0), NOW + 300.0);
    let set = written(&json!({}), NOW + 300.0);
    for (answer, then, expected) in [
        (reply(200, &active.to_string()), Some(&set), accepted(&json!({}))),
        (reply(200, r#"{"active":false}"#), Some(&negative), "failed token_inactive".to_owned()),
        (reply(200, "[]"), None, "failed document_malformed".to_owned()),
        (reply(401, ""), None, "failed introspection_refused".to_owned()),
        (network("down"), None, "failed network_failed".to_owned()),
    ] {
        let mut lines = vec![MISS, (discovery, reply(200, &metadata())), (endpoint, answer)];
        lines.extend(then.map(|set| (set.as_str(), Answer::Kept)));
        assert_eq!(play(&core(config()), own, unconditional(), NOW, lines), expected);
    }
    let expired = json!({"active": true, "iss": "x"}).to_string();
    let lines = vec![MISS, (discovery, reply(200, &metadata())), (endpoint, reply(200, &expired))];
    assert_eq!(play(&core(config()), own, unconditional(), NOW, lines), "failed issuer_mismatch", "never stored");
}

#[test]
fn no_cache_or_a_duration_of_zero_touches_none() {
    let off = core(Config { introspection_cache_duration: 0.0, ..config() });
    assert_eq!(run(&off, unconditional(), vec![("introspect", entry(&json!({})))]), accepted(&json!({})));
    let refused = || ours("not active", Some("inactive_token"));
    assert_eq!(run(&off, unconditional(), vec![("introspect", refused())]), "rethrown not active");
    let absent = Settings { supplied: Supplied::default(), ..caching() };
    for (answer, expected) in [(entry(&json!({})), accepted(&json!({}))), (refused(), "rethrown not active".to_owned())]
    {
        assert_eq!(play(&core(config()), absent, unconditional(), NOW, vec![("introspect", answer)]), expected);
    }
    let jwt = Operation::ValidateAccessToken { token: "a.b.c".to_owned(), checks: Checks::default() };
    assert_eq!(run(&core(config()), jwt, vec![]), "failed jwt_header_malformed");
}
