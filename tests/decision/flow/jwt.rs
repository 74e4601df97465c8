//! `validateJwtAccessToken`, and `validateAccessToken` with a JWT.

use crate::support::keys::key;
use crate::support::script::{failure, lost, network, ours, plain, play, reply, text, transport};
use crate::support::tenant::{NOW, claims, config, core, metadata, settings};
use crate::support::token::{jwks, token};
use monocloud_backend_node::config::{BindingMode, Config};
use monocloud_backend_node::document::Kind;
use monocloud_backend_node::effect::Answer;
use monocloud_backend_node::error::{Kind as Class, Reason};
use monocloud_backend_node::flow::{Checks, Operation, Overrides, Settings, Supplied, validates_locally};
use monocloud_backend_node::jose::algorithm::Algorithm;
use monocloud_backend_node::request::TransportError;
use serde_json::{Value, json};

const DISCOVERY: &str = "GET https://tenant.example/.well-known/openid-configuration";
const KEYS: &str = "GET https://tenant.example/keys";

fn own_jwks() -> String {
    jwks(&[key(Algorithm::Es256).jwk.clone()])
}

fn jwt(changes: &Value) -> String {
    token(Algorithm::Es256, &claims(changes))
}

fn validate_jwt(token: &str, jwks: Option<&str>) -> Operation {
    let checks = Checks { of_caller: true, ..Checks::default() };
    Operation::ValidateJwt { token: token.to_owned(), checks, jwks: jwks.map(str::to_owned) }
}

fn validate(token: &str) -> Operation {
    let mode = Some(BindingMode::WhenPresent);
    let checks = Checks { of_caller: true, mode, ..Checks::default() };
    Operation::ValidateAccessToken { token: token.to_owned(), checks }
}

fn accepted(changes: &Value) -> String {
    format!("claims {}", claims(changes))
}

fn overriding(overrides: Overrides) -> Settings {
    Settings { overrides, ..settings() }
}

#[test]
fn cold_then_warm() {
    let core = core(config());
    for operation in [validate_jwt, |token: &str, _: Option<&str>| validate(token)] {
        core.tenant(false).shelf(Kind::Jwks).hold(None, 0.0);
        core.tenant(false).shelf(Kind::Metadata).hold(None, 0.0);
        let token = jwt(&json!({}));
        let cold = vec![(DISCOVERY, reply(200, &metadata())), (KEYS, reply(200, &own_jwks()))];
        assert_eq!(play(&core, settings(), operation(&token, None), NOW, cold), accepted(&json!({})));
        let at = |seconds: f64, lines| play(&core, settings(), operation(&token, None), NOW + seconds, lines);
        assert_eq!(at(269.0, vec![]), accepted(&json!({})));
        for due in [270.0, 299.0] {
            assert_eq!(at(due, vec![("refresh Jwks", Answer::Kept)]), accepted(&json!({})), "in the last tenth");
        }
        assert_eq!(at(300.0, vec![("refresh Jwks", Answer::Kept)]), accepted(&json!({})), "no refresh has started");
        assert_eq!(at(3900.0, vec![]), DISCOVERY, "past the stale duration");
    }
}

#[test]
fn keys_of_the_caller_are_neither_fetched_nor_kept() {
    let core = core(config());
    let token = jwt(&json!({}));
    assert_eq!(play(&core, settings(), validate_jwt(&token, Some(&own_jwks())), NOW, vec![]), accepted(&json!({})));
    assert_eq!(play(&core, settings(), validate_jwt(&token, None), NOW, vec![]), DISCOVERY);
    for (jwks, code) in [
        (r#"{"keys":[]}"#, "key_not_found"),
        ("{}", "resolver_answer_malformed"),
        ("null", "resolver_answer_malformed"),
        ("", "resolver_answer_malformed"),
    ] {
        let ended = play(&core, settings(), validate_jwt(&token, Some(jwks)), NOW, vec![]);
        assert_eq!(ended, format!("failed {code}"));
    }
}

#[test]
fn a_token_that_is_wrong_by_itself_fetches_nothing() {
    let core = core(config());
    for (token, code) in [
        ("", "token_blank"),
        (" \n", "token_blank"),
        ("a.b", "jwt_parts_wrong"),
        ("!.b.c", "jwt_header_malformed"),
        ("W10.b.c", "jwt_header_not_object"),
        ("e30.b.!", "signature_malformed"),
    ] {
        assert_eq!(play(&core, settings(), validate_jwt(token, None), NOW, vec![]), format!("failed {code}"));
    }
    let large = format!("{}.b.c", "a".repeat(64 * 1024));
    for operation in [validate_jwt(&large, None), validate(&large), validate(&"a".repeat(64 * 1024 + 1))] {
        assert_eq!(play(&core, settings(), operation, NOW, vec![]), "failed token_too_large");
    }
}

#[test]
fn each_refusal_reaches_the_end() {
    let core = core(config());
    let bound = json!({"cnf": {"x5t#S256": "x"}});
    for (token, code) in [
        (jwt(&json!({"exp": NOW - 60.0})), "token_expired"),
        (jwt(&json!({"iss": "x"})), "issuer_mismatch"),
        (jwt(&bound), "certificate_missing"),
        (format!("{}x", jwt(&json!({}))), "signature_malformed"),
        (token(Algorithm::Rs256, &claims(&json!({}))), "key_not_found"),
    ] {
        core.tenant(false).shelf(Kind::Jwks).hold(None, 0.0);
        let lines = vec![("resolveJwks", text(&own_jwks()))];
        let resolving = Settings { supplied: Supplied { jwks_resolver: true, ..Supplied::default() }, ..settings() };
        let lines = if code == "signature_malformed" { vec![] } else { lines };
        assert_eq!(play(&core, resolving, validate(&token), NOW, lines), format!("failed {code}"));
    }
    assert_eq!(
        play(&core, settings(), validate_jwt(&jwt(&bound), Some(&own_jwks())), NOW, vec![]),
        accepted(&bound),
        "the base class has no mode of its own"
    );
}

#[test]
fn what_fails_on_the_way_to_the_keys_is_not_the_tokens_fault() {
    let token = jwt(&json!({}));
    let found = || (DISCOVERY, reply(200, &metadata()));
    for (lines, reason) in [
        (vec![(DISCOVERY, reply(503, ""))], Reason::StatusUnexpected),
        (vec![(DISCOVERY, reply(401, ""))], Reason::StatusUnexpected),
        (vec![(DISCOVERY, network("down"))], Reason::NetworkFailed),
        (vec![(DISCOVERY, lost(200))], Reason::NetworkFailed),
        (vec![(DISCOVERY, lost(401))], Reason::StatusUnexpected),
        (vec![(DISCOVERY, reply(200, "null"))], Reason::DocumentMalformed),
        (vec![(DISCOVERY, reply(200, "{}"))], Reason::EndpointMissing),
        (vec![found(), (KEYS, reply(404, ""))], Reason::StatusUnexpected),
        (vec![found(), (KEYS, reply(200, "{}"))], Reason::DocumentMalformed),
        (vec![found(), (KEYS, reply(200, "<html>"))], Reason::BodyMalformed),
        (vec![found(), (KEYS, transport(TransportError::TimedOut))], Reason::RequestTimedOut),
        (vec![found(), (KEYS, lost(200))], Reason::NetworkFailed),
    ] {
        let failure = failure(&core(config()), settings(), validate(&token), NOW, lines);
        assert_eq!(failure.reason, reason);
        assert!(!matches!(failure.reason.kind(), Class::Token(_)));
    }
}

#[test]
fn an_overridden_get_jwks() {
    let overridden = overriding(Overrides { get_jwks: true, ..Overrides::default() });
    for (answer, expected) in [
        (text(&own_jwks()), accepted(&json!({}))),
        (text(r#"{"keys":[]}"#), "getJwks by force".to_owned()),
        (text("{}"), "failed resolver_answer_malformed".to_owned()),
        (Answer::Text(None), "failed resolver_answer_malformed".to_owned()),
        (plain("boom"), "rethrown boom".to_owned()),
        (ours("outage", None), "rethrown outage".to_owned()),
    ] {
        let core = core(config());
        let lines = vec![("getJwks", answer)];
        assert_eq!(play(&core, overridden, validate(&jwt(&json!({}))), NOW, lines), expected);
        assert!(core.tenant(false).shelf(Kind::Jwks).held(&settings().rules(&core, Kind::Jwks)).is_none());
    }
}

#[test]
fn an_overridden_validate_jwt_decides() {
    let overridden = overriding(Overrides { validate_jwt: true, ..Overrides::default() });
    let effect = "validateJwt when_present";
    for (answer, expected) in [
        (Answer::Kept, "kept"),
        (plain("boom"), "rethrown boom"),
        (ours("refused", Some("invalid_token")), "rethrown refused"),
    ] {
        assert_eq!(play(&core(config()), overridden, validate("a.b.c"), NOW, vec![(effect, answer)]), expected);
    }
}

#[test]
fn which_tokens_are_validated_locally() {
    let local = core(config());
    let remote = core(Config { introspect_jwt_tokens: true, ..config() });
    for (token, expected) in [
        ("a.b.c", true),
        ("..", true),
        ("", false),
        ("a", false),
        ("a.b", false),
        ("a.b.c.d", false),
        ("a.b.c.d.e", false),
    ] {
        assert_eq!(validates_locally(&local, token), expected, "{token}");
        assert!(!validates_locally(&remote, token));
    }
}
