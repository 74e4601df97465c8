//! `getMetadata` and `getJwks`.

use crate::support::script::{describe, failure, lost, network, ours, plain, play, reply, text, transport};
use crate::support::tenant::{NOW, config, core, core as client, metadata, settings};
use monocloud_backend_node::core::Core;
use monocloud_backend_node::document::{Content, Document, Kind};
use monocloud_backend_node::effect::{Answer, Outcome};
use monocloud_backend_node::error::{Kind as Class, Reason};
use monocloud_backend_node::flow::{Flow, Operation, Overrides, Settings, Step, Supplied};
use monocloud_backend_node::request::{Response, TransportError};
use monocloud_backend_node::supply::Demand;
use std::sync::Arc;

const DISCOVERY: &str = "GET https://tenant.example/.well-known/openid-configuration";
const KEYS: &str = "GET https://tenant.example/keys";
const JWKS: &str = r#"{"keys":[]}"#;

fn get(kind: Kind) -> Operation {
    Operation::Document { kind, demand: Demand::Caller { force: false } }
}

fn force(kind: Kind) -> Operation {
    Operation::Document { kind, demand: Demand::Caller { force: true } }
}

fn document(text: &str) -> String {
    format!("document {text}")
}

fn supplied(supplied: Supplied) -> Settings {
    Settings { supplied, ..settings() }
}

/// What the operation asks for, or how it ends, at once.
fn first(core: &Arc<Core>, operation: Operation, now: f64) -> String {
    describe(&Flow::start(Arc::clone(core), settings(), operation, now).1)
}

#[test]
fn metadata_is_fetched_kept_and_fetched_again() {
    let core = core(config());
    let lines = || vec![(DISCOVERY, reply(200, &metadata()))];
    assert_eq!(play(&core, settings(), get(Kind::Metadata), NOW, lines()), document(&metadata()));
    assert_eq!(first(&core, get(Kind::Metadata), NOW), document(&metadata()));
    assert_eq!(first(&core, get(Kind::Metadata), NOW + 299.0), document(&metadata()));
    assert_eq!(first(&core, get(Kind::Metadata), NOW + 300.0), DISCOVERY);
    assert_eq!(first(&core, force(Kind::Metadata), NOW), DISCOVERY);
    assert_eq!(play(&core, settings(), force(Kind::Metadata), NOW + 100.0, lines()), document(&metadata()));
    assert_eq!(first(&core, get(Kind::Metadata), NOW + 399.0), document(&metadata()));
}

#[test]
fn keys_need_metadata_and_refresh_alone() {
    let core = core(config());
    let cold = vec![(DISCOVERY, reply(200, &metadata())), (KEYS, reply(200, JWKS))];
    assert_eq!(play(&core, settings(), get(Kind::Jwks), NOW, cold), document(JWKS));
    assert_eq!(first(&core, get(Kind::Jwks), NOW + 299.0), document(JWKS));
    assert_eq!(first(&core, force(Kind::Jwks), NOW + 299.0), KEYS);
    assert_eq!(first(&core, get(Kind::Jwks), NOW + 300.0), DISCOVERY);
    let newer = r#"{"keys":[null]}"#;
    assert_eq!(play(&core, settings(), force(Kind::Jwks), NOW, vec![(KEYS, reply(200, newer))]), document(newer));
}

#[test]
fn a_duration_of_zero_keeps_nothing() {
    let core = core(config());
    let off = Settings { metadata_cache_duration: 0.0, jwks_cache_duration: 0.0, ..settings() };
    for _ in 0..2 {
        let lines = vec![(DISCOVERY, reply(200, &metadata())), (KEYS, reply(200, JWKS))];
        assert_eq!(play(&core, off, get(Kind::Jwks), NOW, lines), document(JWKS));
    }
}

#[test]
fn failures_are_not_kept() {
    let core = core(config());
    for answer in [reply(500, ""), reply(200, "x"), reply(200, "[]"), network("x"), transport(TransportError::TimedOut)]
    {
        let ended = play(&core, settings(), get(Kind::Metadata), NOW, vec![(DISCOVERY, answer)]);
        assert!(ended.starts_with("failed "), "{ended}");
        assert_eq!(first(&core, get(Kind::Metadata), NOW), DISCOVERY);
    }
}

#[test]
fn each_trouble_of_the_transport_has_its_text() {
    let core = core(config());
    let too_large = Response { status: 200, ..Response::default() };
    for (answer, reason, message, status) in [
        (
            transport(TransportError::TimedOut),
            Reason::RequestTimedOut,
            "Request to https://tenant.example/.well-known/openid-configuration timed out after 10000ms",
            None,
        ),
        (network("connect ECONNREFUSED"), Reason::NetworkFailed, "connect ECONNREFUSED", None),
        (lost(200), Reason::NetworkFailed, "cut off", None),
        (lost(500), Reason::StatusUnexpected, "Error while fetching metadata. Unexpected status code: 500", Some(500)),
        (
            transport(TransportError::TooLarge(too_large)),
            Reason::BodyTooLarge,
            "Response body exceeds the maximum size of 1 MiB",
            Some(200),
        ),
    ] {
        let failure = failure(&core, settings(), get(Kind::Metadata), NOW, vec![(DISCOVERY, answer)]);
        assert_eq!((failure.reason, &*failure.message), (reason, message));
        let raw = failure.detail.as_ref().and_then(|detail| detail.raw.as_ref());
        assert_eq!(raw.map(|raw| raw.status), status);
        assert_eq!(failure.reason.kind(), Class::Http);
    }
}

#[test]
fn metadata_must_say_where_the_keys_are() {
    for metadata in ["{}", r#"{"jwks_uri":""}"#, r#"{"jwks_uri":null}"#, r#"{"jwks_uri":["https://x"]}"#] {
        let lines = vec![(DISCOVERY, reply(200, metadata))];
        let failure = failure(&core(config()), settings(), get(Kind::Jwks), NOW, lines);
        assert_eq!((failure.reason, failure.reason.kind()), (Reason::EndpointMissing, Class::Validation));
        assert_eq!(failure.message, "jwks_uri endpoint is required but not available in the issuer metadata");
    }
}

#[test]
fn resolvers_stand_for_requests_and_are_kept_alike() {
    let core = core(config());
    let both = supplied(Supplied { metadata_resolver: true, jwks_resolver: true, cache: false });
    let lines = vec![("resolveMetadata", text(&metadata()))];
    assert_eq!(play(&core, both, get(Kind::Metadata), NOW, lines), document(&metadata()));
    assert_eq!(play(&core, both, get(Kind::Jwks), NOW, vec![("resolveJwks", text(JWKS))]), document(JWKS));
    assert_eq!(play(&core, both, get(Kind::Jwks), NOW + 299.0, vec![]), document(JWKS));
    assert_eq!(play(&core, both, get(Kind::Jwks), NOW + 300.0, vec![]), "resolveJwks");
    assert_eq!(play(&core, both, force(Kind::Metadata), NOW, vec![]), "resolveMetadata");
    let metadata_only = supplied(Supplied { metadata_resolver: true, ..Supplied::default() });
    let fresh = client(config());
    let lines = vec![("resolveMetadata", text(&metadata())), (KEYS, reply(200, JWKS))];
    assert_eq!(play(&fresh, metadata_only, get(Kind::Jwks), NOW, lines), document(JWKS));
}

#[test]
fn a_resolver_is_never_the_callers_fault() {
    let both = supplied(Supplied { metadata_resolver: true, jwks_resolver: true, cache: false });
    for (kind, effect) in [(Kind::Metadata, "resolveMetadata"), (Kind::Jwks, "resolveJwks")] {
        for (answer, expected) in [
            (Answer::Text(None), "failed resolver_answer_malformed"),
            (text("null"), "failed resolver_answer_malformed"),
            (text("[]"), "failed resolver_answer_malformed"),
            (text("\"x\""), "failed resolver_answer_malformed"),
            (plain("boom"), "failed resolver_failed"),
            (ours("refused", Some("invalid_token")), "failed resolver_failed"),
            (ours("outage", None), "rethrown outage"),
        ] {
            let core = core(config());
            assert_eq!(play(&core, both, get(kind), NOW, vec![(effect, answer)]), expected);
            assert_eq!(play(&core, both, get(kind), NOW, vec![]), effect, "nothing is kept");
        }
        let thrown = failure(&core(config()), both, get(kind), NOW, vec![(effect, plain("boom"))]);
        assert_eq!((&*thrown.message, thrown.reason.kind()), ("boom", Class::Http));
    }
    let keys = failure(&core(config()), both, get(Kind::Jwks), NOW, vec![("resolveJwks", text("{}"))]);
    assert_eq!(keys.reason.kind(), Class::Validation);
}

#[test]
fn an_overridden_get_metadata_leads_to_the_keys() {
    let overrides = Overrides { get_metadata: true, ..Overrides::default() };
    let overridden = Settings { overrides, ..settings() };
    for (lines, expected) in [
        (vec![("getMetadata", text(&metadata())), (KEYS, reply(200, JWKS))], document(JWKS)),
        (vec![("getMetadata", Answer::Text(None))], "failed resolver_answer_malformed".to_owned()),
        (vec![("getMetadata", text("[]"))], "failed resolver_answer_malformed".to_owned()),
        (vec![("getMetadata", text("{}"))], "failed endpoint_missing".to_owned()),
        (vec![("getMetadata", plain("boom"))], "rethrown boom".to_owned()),
    ] {
        assert_eq!(play(&core(config()), overridden, get(Kind::Jwks), NOW, lines), expected);
    }
}

/// Whoever is handed a key set gets what was read of it when it came, however many there are.
#[test]
fn a_key_set_is_read_once() {
    let core = core(config());
    let read = |settings: Settings| {
        let (mut flow, mut step) = Flow::start(Arc::clone(&core), settings, get(Kind::Jwks), NOW);
        for body in [metadata().as_str(), JWKS] {
            if matches!(step, Step::Need(_)) {
                step = flow.answer(reply(200, body), NOW);
            }
        }
        match step {
            Step::Done(Outcome::Document { document: Document { text, content: Content::Keys(keys) }, .. }) => {
                (text, keys)
            }
            other => panic!("{}", describe(&other)),
        }
    };
    let (text, keys) = read(settings());
    for _ in 0..3 {
        let (again, same) = read(settings());
        assert!(Arc::ptr_eq(&text, &again) && Arc::ptr_eq(&keys, &same));
    }
}
