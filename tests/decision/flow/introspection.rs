//! `introspectAccessToken`, and `validateAccessToken` with an opaque token.

use crate::support::script::{failure, lost, network, plain, play, reply, text, transport};
use crate::support::tenant::{NOW, claims, config, core, core as client, metadata, settings};
use monocloud_backend_node::config::{BindingMode, ClientAuthMethod, ClientSecret, Config};
use monocloud_backend_node::document::Kind;
use monocloud_backend_node::effect::{Answer, Effect};
use monocloud_backend_node::error::{Kind as Class, Reason};
use monocloud_backend_node::flow::{Checks, Flow, Operation, Overrides, Settings, Step, Supplied};
use monocloud_backend_node::request::{Purpose, TransportError};
use serde_json::{Value, json};
use std::sync::Arc;

const DISCOVERY: &str = "GET https://tenant.example/.well-known/openid-configuration";
const ENDPOINT: &str = "POST https://tenant.example/introspect";

fn introspect(token: &str) -> Operation {
    let checks = Checks { of_caller: true, ..Checks::default() };
    Operation::Introspect { token: token.to_owned(), checks }
}

fn validate(token: &str) -> Operation {
    let mode = Some(BindingMode::WhenPresent);
    let checks = Checks { of_caller: true, mode, ..Checks::default() };
    Operation::ValidateAccessToken { token: token.to_owned(), checks }
}

fn found() -> (&'static str, Answer) {
    (DISCOVERY, reply(200, &metadata()))
}

fn active(changes: &Value) -> Answer {
    let mut answer = claims(changes);
    answer["active"] = json!(true);
    reply(200, &answer.to_string())
}

fn accepted(changes: &Value) -> String {
    format!("claims {}", claims(changes))
}

#[test]
fn an_active_token_becomes_claims_without_active() {
    for operation in [introspect, validate] {
        let core = core(config());
        let cold = vec![found(), (ENDPOINT, active(&json!({})))];
        assert_eq!(play(&core, settings(), operation("opaque"), NOW, cold), accepted(&json!({})));
        let warm = vec![(ENDPOINT, active(&json!({"scope": "read"})))];
        assert_eq!(play(&core, settings(), operation("opaque"), NOW, warm), accepted(&json!({"scope": "read"})));
    }
}

#[test]
fn jwts_are_introspected_when_told_so() {
    let core = core(Config { introspect_jwt_tokens: true, ..config() });
    let lines = vec![found(), (ENDPOINT, active(&json!({})))];
    assert_eq!(play(&core, settings(), validate("a.b.c"), NOW, lines), accepted(&json!({})));
}

#[test]
fn a_client_without_an_identifier_cannot_ask() {
    for (client_id, to_introspect, to_validate) in [
        (None, "failed client_id_missing", "failed introspection_not_configured"),
        (Some(""), "failed client_id_missing", "failed introspection_not_configured"),
        (Some("  "), DISCOVERY, "failed introspection_not_configured"),
        (Some("client"), DISCOVERY, DISCOVERY),
    ] {
        let core = core(Config { client_id: client_id.map(str::to_owned), ..config() });
        let cached = Settings { supplied: Supplied { cache: false, ..Supplied::default() }, ..settings() };
        assert_eq!(play(&core, cached, introspect("opaque"), NOW, vec![]), to_introspect, "{client_id:?}");
        assert_eq!(play(&core, cached, validate("opaque"), NOW, vec![]), to_validate, "{client_id:?}");
    }
    let nobody = core(Config { client_id: None, ..config() });
    let cached = Settings { supplied: Supplied { cache: true, ..Supplied::default() }, ..settings() };
    assert_eq!(play(&nobody, cached, validate("opaque"), NOW, vec![]), "failed introspection_not_configured");
    assert_eq!(play(&nobody, settings(), introspect(" "), NOW, vec![]), "failed client_id_missing");
}

#[test]
fn the_order_of_the_checks() {
    let core = core(config());
    for token in ["", " \t"] {
        assert_eq!(play(&core, settings(), introspect(token), NOW, vec![]), "failed token_blank");
        assert_eq!(play(&core, settings(), validate(token), NOW, vec![]), "failed token_blank");
    }
    let signing = Config {
        client_auth_method: ClientAuthMethod::PrivateKeyJwt,
        client_secret: Some(ClientSecret::Text("no key".to_owned().into())),
        ..config()
    };
    let core = client(signing);
    let nowhere = vec![(DISCOVERY, reply(200, "{}"))];
    assert_eq!(play(&core, settings(), introspect("opaque"), NOW, nowhere), "failed endpoint_missing");
    core.tenant(false).shelf(Kind::Metadata).hold(None, 0.0);
    let failure = failure(&core, settings(), introspect("opaque"), NOW, vec![found()]);
    assert_eq!(failure.reason, Reason::ClientAuthenticationUnusable);
    assert_eq!(failure.message, "Invalid Client Authentication Method");
}

#[test]
fn each_answer_of_the_endpoint() {
    let table: [(&dyn Fn() -> Answer, &str); 21] = [
        (&|| reply(200, r#"{"active":false}"#), "failed token_inactive"),
        (&|| reply(200, r#"{"active":"true"}"#), "failed token_inactive"),
        (&|| reply(200, "{}"), "failed token_inactive"),
        (&|| reply(200, "null"), "failed document_malformed"),
        (&|| reply(200, "[]"), "failed document_malformed"),
        (&|| reply(200, "<html>"), "failed body_malformed"),
        (&|| reply(400, "{}"), "failed introspection_refused"),
        (&|| reply(401, ""), "failed introspection_refused"),
        (&|| reply(302, ""), "failed status_unexpected"),
        (&|| reply(403, ""), "failed status_unexpected"),
        (&|| reply(500, ""), "failed status_unexpected"),
        (&|| network("down"), "failed network_failed"),
        (&|| transport(TransportError::TimedOut), "failed request_timed_out"),
        (&|| lost(200), "failed network_failed"),
        (&|| lost(400), "failed introspection_refused"),
        (&|| lost(401), "failed introspection_refused"),
        (&|| lost(503), "failed status_unexpected"),
        (&|| active(&json!({"iss": "x"})), "failed issuer_mismatch"),
        (&|| active(&json!({"aud": null})), "failed audience_mismatch"),
        (&|| active(&json!({"exp": NOW - 60.0})), "failed token_expired"),
        (&|| active(&json!({"nbf": NOW + 61.0})), "failed token_not_yet_valid"),
    ];
    for (answer, expected) in table {
        for operation in [introspect, validate] {
            let lines = vec![found(), (ENDPOINT, answer())];
            assert_eq!(play(&core(config()), settings(), operation("opaque"), NOW, lines), expected);
        }
    }
}

#[test]
fn a_bound_token_needs_its_certificate() {
    let bound = json!({"cnf": {"x5t#S256": "x"}});
    let lines = || vec![found(), (ENDPOINT, active(&bound))];
    assert_eq!(play(&core(config()), settings(), validate("opaque"), NOW, lines()), "failed certificate_missing");
    assert_eq!(play(&core(config()), settings(), introspect("opaque"), NOW, lines()), accepted(&bound));
}

#[test]
fn the_request_is_a_form_with_the_clients_credentials() {
    for (method, url, body, mutual_tls, authorized) in [
        (
            ClientAuthMethod::ClientSecretPost,
            "https://tenant.example/introspect",
            "&client_id=client&client_secret=secret",
            false,
            false,
        ),
        (ClientAuthMethod::ClientSecretBasic, "https://tenant.example/introspect", "", false, true),
        (ClientAuthMethod::TlsClientAuth, "https://mtls.tenant.example/introspect", "&client_id=client", true, false),
    ] {
        let core = core(Config { client_auth_method: method, ..config() });
        let (mut flow, _) = Flow::start(Arc::clone(&core), settings(), introspect("a b+c"), NOW);
        let Step::Need(Effect::Fetch(request)) = flow.answer(found().1, NOW) else { panic!("a request") };
        assert_eq!((request.purpose, request.url.as_str()), (Purpose::Introspection, url));
        let expected = format!("token=a+b%2Bc&token_type_hint=access_token{body}");
        assert_eq!((request.body, request.mutual_tls), (Some(expected), mutual_tls));
        let names: Vec<&str> = request.headers.iter().map(|(name, _)| *name).collect();
        let with = ["content-type", "accept", "authorization"];
        assert_eq!(names, if authorized { &with[..] } else { &with[..2] });
        assert_eq!(request.headers[0].1, "application/x-www-form-urlencoded");
        assert_eq!(request.headers[1].1, "application/json");
    }
}

#[test]
fn an_overridden_get_metadata_names_the_endpoint() {
    let overrides = Overrides { get_metadata: true, ..Overrides::default() };
    let overridden = Settings { overrides, ..settings() };
    let lines = vec![("getMetadata", text(&metadata())), (ENDPOINT, active(&json!({})))];
    assert_eq!(play(&core(config()), overridden, introspect("opaque"), NOW, lines), accepted(&json!({})));
    for (answer, expected) in [
        (Answer::Text(None), "failed resolver_answer_malformed"),
        (text("null"), "failed resolver_answer_malformed"),
        (text("{}"), "failed endpoint_missing"),
        (plain("boom"), "rethrown boom"),
    ] {
        let lines = vec![("getMetadata", answer)];
        assert_eq!(play(&core(config()), overridden, introspect("opaque"), NOW, lines), expected);
    }
}

#[test]
fn a_refused_client_is_not_the_tokens_fault() {
    let lines = vec![found(), (ENDPOINT, reply(401, r#"{"error":"invalid_client"}"#))];
    let failure = failure(&core(config()), settings(), validate("opaque"), NOW, lines);
    assert_eq!((failure.reason.kind(), &*failure.message), (Class::Op, "invalid_client"));
}
