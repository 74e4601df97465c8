//! What the decision about a JWT costs, for a counter of instructions: `hot_path <scenario> <rounds>` does it so many
//! times within `measured`. scripts/instructions.mjs runs it and holds the counts to their budgets.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that meets the unexpected has failed")]

use monocloud_backend_node::access::Requirement;
use monocloud_backend_node::config::{self, BindingMode, Environment, Options, Value};
use monocloud_backend_node::core::Core;
use monocloud_backend_node::document::{Content, Document, Kind};
use monocloud_backend_node::flow::direct::Payload;
use monocloud_backend_node::flow::judge::{Bench, Verdict, judge};
use monocloud_backend_node::flow::{Checks, Settings};
use monocloud_backend_node::jose::candidate::Candidate;
use monocloud_backend_node::supply::Moment;
use monocloud_backend_node::verdicts::{Limits, Verdicts};
use std::hint::black_box;
use std::sync::Arc;

const NOW: f64 = 1_800_000_000.0;
const EXPIRED: f64 = 4_200_000_000.0;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    // As `cargo test --benches` and `cargo bench` run it, each scenario is tried once.
    let Some(scenario) = arguments.next() else {
        return ["hit", "refusal", "rs256", "rs256-signature", "es256", "es256-signature"]
            .into_iter()
            .for_each(|name| run(name, 1));
    };
    run(&scenario, arguments.next().map_or(1, |rounds| rounds.parse().expect("a number of rounds")));
}

fn run(scenario: &str, rounds: u32) {
    let fixture: serde_json::Value = serde_json::from_str(include_str!("tokens.json")).expect("JSON");
    let token =
        |name: &str| fixture.pointer(&format!("/tokens/{name}")).and_then(|token| token.as_str()).expect("a token");
    let keys = Document::parse(Kind::Jwks, &fixture.to_string()).expect("a key set");
    let (core, settings, checks) = (core(), Settings::of_clock(0.0, 60.0), checks());
    core.tenant(false).shelf(Kind::Jwks).hold(Some(keys.clone()), f64::INFINITY);
    let verdicts = Verdicts::new(Limits { entries: 1000, bytes: 1 << 20 });
    let decide = |token: &str, memory: Option<&Verdicts>, now: f64| {
        let bench = Bench { core: &core, settings: &settings, verdicts: memory, now: Moment::from(now) };
        let mut payload = Payload::default();
        matches!(judge(bench, black_box(token), &checks, &mut payload, |_| false), Verdict::Accepted(_))
    };
    let verify = |token: &str| {
        let Content::Keys(keys) = &keys.content else { panic!("keys") };
        let candidate = Candidate::parse(token, keys).expect("a token");
        measured(rounds, || candidate.verify().is_ok());
    };
    // What is done once for all tokens of a key is not counted.
    for name in ["RS256", "ES256"] {
        assert!((0..3).all(|_| decide(token(name), Some(&verdicts), NOW)) && decide(token(name), None, NOW), "{name}");
    }
    let (rs256, es256) = (token("RS256"), token("ES256"));
    match scenario {
        "hit" => measured(rounds, || decide(rs256, Some(&verdicts), NOW)),
        "refusal" => measured(rounds, || !decide(rs256, Some(&verdicts), EXPIRED)),
        "rs256" => measured(rounds, || decide(rs256, None, NOW)),
        "es256" => measured(rounds, || decide(es256, None, NOW)),
        "rs256-signature" => verify(rs256),
        "es256-signature" => verify(es256),
        other => panic!("no such scenario: {other}"),
    }
}

#[inline(never)]
fn measured(rounds: u32, work: impl Fn() -> bool) {
    for _ in 0..rounds {
        assert!(black_box(work()));
    }
}

struct NoVariables;

impl Environment for NoVariables {
    fn get(&self, _: &str) -> Option<String> {
        None
    }
}

fn core() -> Core {
    let text = |text: &str| Value::String(text.to_owned());
    let options = Options(vec![
        ("tenantDomain".to_owned(), text("https://tenant.example")),
        ("audience".to_owned(), text("https://api.example")),
    ]);
    let config = config::resolve(&options, &NoVariables).expect("a configuration");
    let audience = serde_json::Value::from(config.audience.as_str());
    Core::new(config, audience, Some(BindingMode::WhenPresent))
}

fn checks() -> Checks {
    let list = |names: &[&str]| Value::Array(names.iter().map(|name| Value::String((*name).to_owned())).collect());
    let Ok(requirement) = Requirement::compile(list(&["orders:read"]), list(&["admin"]), true) else { panic!("lists") };
    Checks {
        of_caller: true,
        requirement: Arc::new(requirement),
        mode: Some(BindingMode::WhenPresent),
        ..Checks::default()
    }
}
