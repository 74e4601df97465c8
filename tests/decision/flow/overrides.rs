//! Overridden checks: each combination of them, with and without the arguments of the caller.

use crate::support::keys::key;
use crate::support::script::{ours, plain, play, reply};
use crate::support::tenant::{NOW, claims, config, core, metadata, settings};
use crate::support::token::{jwks, token};
use monocloud_backend_node::config::BindingMode;
use monocloud_backend_node::effect::Answer;
use monocloud_backend_node::flow::{Checks, Operation, Overrides, Settings};
use monocloud_backend_node::jose::algorithm::Algorithm;
use serde_json::json;

const CLAIMS: &str = "checkClaims of the caller";
const BINDING: &str = "checkBinding of the caller required";

fn overriding(check_claims: bool, check_binding: bool) -> Settings {
    Settings { overrides: Overrides { check_claims, check_binding, ..Overrides::default() }, ..settings() }
}

/// A token that fails every check of the class's own: expired and not bound.
fn hopeless() -> Operation {
    let checks = Checks { of_caller: true, mode: Some(BindingMode::Required), ..Checks::default() };
    let token = token(Algorithm::Es256, &claims(&json!({"exp": 0})));
    Operation::ValidateJwt { token, checks, jwks: Some(jwks(&[key(Algorithm::Es256).jwk.clone()])) }
}

#[test]
fn an_override_stands_for_its_own_check_only() {
    let accepted = format!("claims {}", claims(&json!({"exp": 0})));
    for (claims, binding, lines, expected) in [
        (false, false, vec![], "failed token_expired"),
        (false, true, vec![], "failed token_expired"),
        (true, false, vec![(CLAIMS, Answer::Kept)], "failed certificate_missing"),
        (true, true, vec![(CLAIMS, Answer::Kept), (BINDING, Answer::Kept)], accepted.as_str()),
        (true, true, vec![(CLAIMS, plain("no"))], "rethrown no"),
        (true, true, vec![(CLAIMS, ours("no", Some("invalid_token")))], "rethrown no"),
        (true, true, vec![(CLAIMS, Answer::Kept), (BINDING, plain("no"))], "rethrown no"),
    ] {
        assert_eq!(play(&core(config()), overriding(claims, binding), hopeless(), NOW, lines), expected);
    }
}

/// A signature is checked whatever is overridden.
#[test]
fn nothing_is_asked_about_a_forged_token() {
    let checks = Checks::default();
    let mut token = token(Algorithm::Es256, &claims(&json!({})));
    token = token.replacen("eyJpc3M", "eyJpc3N", 1);
    let jwks = Some(jwks(&[key(Algorithm::Es256).jwk.clone()]));
    let operation = Operation::ValidateJwt { token, checks, jwks };
    assert_eq!(play(&core(config()), overriding(true, true), operation, NOW, vec![]), "failed signature_invalid");
}

/// Introspection is checked without options, then the answer with those of the caller.
#[test]
fn an_opaque_token_is_checked_twice() {
    let mut active = claims(&json!({}));
    active["active"] = json!(true);
    let checks = Checks { of_caller: true, mode: Some(BindingMode::Required), ..Checks::default() };
    let operation = || Operation::ValidateAccessToken { token: "opaque".to_owned(), checks: checks.clone() };
    let lines = |more: Vec<(&'static str, Answer)>| {
        let mut lines = vec![
            ("GET https://tenant.example/.well-known/openid-configuration", reply(200, &metadata())),
            ("POST https://tenant.example/introspect", reply(200, &active.to_string())),
        ];
        lines.extend(more);
        lines
    };
    let (first, second) = ("checkClaims of nobody", "checkBinding of nobody no mode");
    for (more, expected) in [
        (
            vec![(first, Answer::Kept), (second, Answer::Kept), (CLAIMS, Answer::Kept), (BINDING, Answer::Kept)],
            format!("claims {}", claims(&json!({}))),
        ),
        (vec![(first, plain("no"))], "rethrown no".to_owned()),
        (vec![(first, Answer::Kept), (second, plain("no"))], "rethrown no".to_owned()),
        (vec![(first, Answer::Kept), (second, Answer::Kept), (CLAIMS, plain("no"))], "rethrown no".to_owned()),
    ] {
        assert_eq!(play(&core(config()), overriding(true, true), operation(), NOW, lines(more)), expected);
    }
}
