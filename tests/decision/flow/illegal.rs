//! Answers of every kind to every operation: no script panics or runs on, and no legal one ends in an internal error.

use crate::support::keys::key;
use crate::support::script::{describe, lost, network, ours, plain, reply, text, transport};
use crate::support::tenant::{NOW, claims, config, core, metadata, settings};
use crate::support::token::{jwks, token};
use monocloud_backend_node::claims::Claims;
use monocloud_backend_node::config::{BindingMode, Config};
use monocloud_backend_node::document::Kind;
use monocloud_backend_node::effect::Answer;
use monocloud_backend_node::flow::{Checks, Flow, Operation, Overrides, Settings, Step, Supplied};
use monocloud_backend_node::jose::algorithm::Algorithm;
use monocloud_backend_node::request::{Response, TransportError};
use monocloud_backend_node::supply::Demand;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, proptest};
use serde_json::json;

/// No operation has more effects than this.
const LONGEST: usize = 12;
const TEXTS: usize = 8;

fn body(number: usize) -> String {
    let mut active = claims(&json!({}));
    active["active"] = json!(true);
    match number % TEXTS {
        0 => metadata(),
        1 => jwks(&[key(Algorithm::Es256).jwk.clone()]),
        2 => active.to_string(),
        3 => claims(&json!({})).to_string(),
        4 => r#"{"active":false,"exp":1900000000}"#.to_owned(),
        5 => "{}".to_owned(),
        6 => "null".to_owned(),
        _ => "not json".to_owned(),
    }
}

fn answer(kind: usize, number: usize) -> Answer {
    match kind % 9 {
        0 => reply([200, 200, 200, 400, 401, 500][number % 6], &body(number / 6)),
        1 => text(&body(number)),
        2 => Answer::Text(None),
        3 => Answer::Kept,
        4 => plain("boom"),
        5 => ours("ours", [None, Some("invalid_token"), Some("inactive_token")][number % 3]),
        6 => lost([200, 401, 503][number % 3]),
        7 => network("down"),
        _ => transport(match number % 2 {
            0 => TransportError::TimedOut,
            _ => TransportError::TooLarge(Response::default()),
        }),
    }
}

fn operation(number: usize) -> Operation {
    let jwt = || token(Algorithm::Es256, &claims(&json!({})));
    let mode = [None, Some(BindingMode::WhenPresent), Some(BindingMode::Required)][number / 8 % 3];
    let checks = Checks { of_caller: number.is_multiple_of(2), mode, ..Checks::default() };
    let text = claims(&json!({})).to_string();
    match number % 8 {
        0 => Operation::Document { kind: Kind::Metadata, demand: demand(number / 8) },
        1 => Operation::Document { kind: Kind::Jwks, demand: demand(number / 8) },
        2 => Operation::ValidateJwt { token: jwt(), checks, jwks: None },
        3 => Operation::ValidateJwt { token: jwt(), checks, jwks: Some(body(number / 8)) },
        4 => Operation::Introspect { token: "opaque".to_owned(), checks },
        5 => Operation::ValidateAccessToken { token: jwt(), checks },
        6 => Operation::ValidateAccessToken { token: "opaque".to_owned(), checks },
        _ => Operation::Check { claims: Claims::from_application(text.as_bytes()).unwrap(), text, checks },
    }
}

fn demand(number: usize) -> Demand {
    match number % 4 {
        0 => Demand::Validation,
        1 => Demand::Ahead,
        number => Demand::Caller { force: number == 2 },
    }
}

fn settings_of(flags: u16) -> Settings {
    let flag = |place: u16| flags >> place & 1 == 1;
    let overrides = Overrides {
        get_metadata: flag(0),
        get_jwks: flag(1),
        validate_jwt: flag(2),
        introspect: flag(3),
        check_claims: flag(4),
        check_binding: flag(5),
    };
    let supplied = Supplied { metadata_resolver: flag(6), jwks_resolver: flag(7), cache: flag(8) };
    Settings { overrides, supplied, ..settings() }
}

fn client(flags: u16) -> Config {
    Config {
        client_id: if flags & 1 == 1 { None } else { config().client_id },
        introspect_jwt_tokens: flags & 2 == 2,
        ..config()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_answers_end_without_a_panic(
        which in any::<usize>(),
        flags in any::<u16>(),
        answers in vec((any::<usize>(), any::<usize>()), 2 * LONGEST),
    ) {
        let (mut flow, mut step) = Flow::start(core(client(flags >> 12)), settings_of(flags), operation(which), NOW);
        let mut answers = answers.into_iter().map(|(kind, number)| answer(kind, number));
        let mut legal = true;
        let mut effects = 0;
        while let Step::Need(effect) = &step {
            let answer = answers.next().expect("an end");
            let admitted = effect.wanted().admits(&answer);
            legal &= admitted;
            step = flow.answer(answer, NOW);
            assert!(admitted || describe(&step) == "failed internal_error", "{}", describe(&step));
            effects += 1;
        }
        assert!(effects <= LONGEST);
        assert!(!legal || describe(&step) != "failed internal_error");
        assert_eq!(describe(&flow.answer(Answer::Kept, NOW)), "failed internal_error", "after the end");
    }

    #[test]
    fn legal_answers_never_end_in_an_internal_error(
        which in any::<usize>(),
        flags in any::<u16>(),
        answers in vec((any::<usize>(), any::<usize>()), 400),
    ) {
        let (mut flow, mut step) = Flow::start(core(client(flags >> 12)), settings_of(flags), operation(which), NOW);
        let mut answers = answers.into_iter().map(|(kind, number)| answer(kind, number));
        while let Step::Need(effect) = &step {
            let wanted = effect.wanted();
            let Some(answer) = answers.find(|answer| wanted.admits(answer)) else { return Ok(()) };
            step = flow.answer(answer, NOW);
        }
        assert_ne!(describe(&step), "failed internal_error");
    }
}
