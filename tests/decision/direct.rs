//! The fast decision against the plain one, on generated tokens, routes, clocks and key sets.

use super::support::keys::key;
use super::support::tenant::{self, NOW};
use super::support::token::{jwks, signed};
use monocloud_backend_node::access::Requirement;
use monocloud_backend_node::certificate::Presented;
use monocloud_backend_node::config::{BindingMode, Config};
use monocloud_backend_node::core::Core;
use monocloud_backend_node::error::Reason;
use monocloud_backend_node::flow::direct::{Direct, Payload};
use monocloud_backend_node::flow::{Checks, Settings, accept};
use monocloud_backend_node::jose::algorithm::Algorithm;
use monocloud_backend_node::jose::jwks::KeySet;
use monocloud_backend_node::verdicts::{Limits, Verdicts};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::select;
use serde_json::{Value, json};
use std::sync::Arc;

/// Values that some check looks into, good ones and those that readers could see differently.
const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "1700000000",
    "1699999940",
    "1699999941",
    "1700000060",
    "1700000061",
    "1.7e9",
    "17000000000e-1",
    "1700000000.5",
    "18446744073709551615",
    "-9223372036854775808",
    "1e308",
    "1e400",
    "-1e-400",
    "01",
    "1.",
    "NaN",
    "\"\"",
    "\"a\"",
    "\"read\"",
    "\"read write\"",
    "\" write\\u00a0read\"",
    "\"\\u0072ead\"",
    "\"https://tenant.example\"",
    "\"https:\\/\\/tenant.example\"",
    "\"urn:api\"",
    "\"\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "\"😀\"",
    "\"a\u{1}\"",
    "[]",
    "{}",
    "[null]",
    "[\"admin\"]",
    "[\"admin\",null]",
    "[\"a\\u0064min\",\"user\"]",
    "[{\"id\":\"admin\"},{\"name\":\"user\",\"name\":7}]",
    "[{\"id\":\"user\",\"id\":\"admin\",\"x\":[{}]}]",
    "[[\"admin\"]]",
    "[\"urn:api\"]",
    "[\"x\",\"urn\\u003aapi\"]",
    "[[\"urn:api\"]]",
    "[1e400]",
    "[\"\\udc00\"]",
    "{\"a\":1e400}",
    "{\"x5t#S256\":\"good\"}",
    "{\"x5t#S256\":\"bad\"}",
    "{\"x5t#S256\":\"\"}",
    "{\"x5t#S256\":null}",
    "{\"x5t\\u0023S256\":\"good\"}",
    "{\"x5t#S256\":\"bad\",\"x5t#S256\":\"good\"}",
    "{\"jkt\":\"x\"}",
    "\"{\\\"x5t#S256\\\":\\\"good\\\"}\"",
    "\"{\\\"x5t#S256\\\":7}\"",
    "\"[]\"",
    "\"{\"",
    "7",
    "[7,]",
    "{\"a\":}",
    "{\"a\"",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
];

const NAMES: &[&str] = &[
    "\"iss\"",
    "\"sub\"",
    "\"aud\"",
    "\"exp\"",
    "\"nbf\"",
    "\"scope\"",
    "\"groups\"",
    "\"cnf\"",
    "\"id\"",
    "\"name\"",
    "\"\\u0069ss\"",
    "\"__proto__\"",
    "\"x5t#S256\"",
    "\"roles\"",
    "\"jti\"",
    "\"\\ud800\"",
    "\"\"",
    "7",
    "iss",
];

/// Claims that pass.
const GOOD: [(&str, &str); 8] = [
    ("\"iss\"", "\"https://tenant.example\""),
    ("\"sub\"", "\"user\""),
    ("\"aud\"", "[\"urn:other\",\"urn:api\"]"),
    ("\"exp\"", "1700000600"),
    ("\"nbf\"", "1699999900"),
    ("\"scope\"", "\"read write\""),
    ("\"groups\"", "[\"admin\",{\"id\":\"1\",\"name\":\"user\"}]"),
    ("\"cnf\"", "{\"x5t#S256\":\"good\"}"),
];

/// Each of them may be changed, left out or doubled, in any order.
fn payload() -> impl Strategy<Value = String> {
    let good = GOOD.map(|(name, value)| (name, value.to_owned()));
    let odd = || (select(NAMES), select(VALUES)).prop_map(|(name, value)| (name, value.to_owned()));
    let changes = vec((any::<usize>(), option::of(select(VALUES)), option::weighted(0.3, odd())), 0..4);
    let object = (Just(good), changes, any::<bool>(), select(&["", " ", "\n\t"][..])).prop_map(
        |(good, changes, reversed, space)| {
            let mut members = good.to_vec();
            for (place, value, odd) in changes {
                let place = place % members.len();
                match (value, odd) {
                    (_, Some(odd)) => members.insert(place, odd),
                    (Some(value), None) => members[place].1 = value.to_owned(),
                    (None, None) if members.len() > 1 => drop(members.remove(place)),
                    (None, None) => {}
                }
            }
            if reversed {
                members.reverse();
            }
            let members: Vec<_> = members.iter().map(|(name, value)| format!("{space}{name}:{space}{value}")).collect();
            format!("{space}{{{}{space}}}{space}", members.join(","))
        },
    );
    prop_oneof![
        20 => object,
        1 => select(VALUES).prop_map(str::to_owned),
        1 => (120usize..132).prop_map(|depth| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth))),
        1 => "[\\[\\]{}\",:0-9a-f ]{0,12}",
    ]
}

const HEADERS: &[&str] = &[
    r#"{"alg":"ES256"}"#,
    r#"{"alg":"ES256","kid":"1"}"#,
    r#"{"alg":"ES256","kid":"2"}"#,
    r#"{"alg":"EdDSA"}"#,
    r#"{"alg":"EdDSA","kid":"1"}"#,
    r#"{"alg":"none"}"#,
    r#"{"alg":"ES256","crit":[]}"#,
    r#"{"kid":"1"}"#,
    "[]",
    "{",
];

fn list() -> impl Strategy<Value = Vec<Option<String>>> {
    let name =
        prop_oneof![9 => select(&["read", "write", "admin", "user", "1", "other"][..]).prop_map(Some), 1 => Just(None)];
    vec(name.prop_map(|name| name.map(str::to_owned)), 0..3)
}

type Wanted = Vec<Option<String>>;

fn route() -> impl Strategy<Value = (Wanted, Wanted, Option<BindingMode>, Presented)> {
    let mode = select(vec![
        None,
        Some(BindingMode::Required),
        Some(BindingMode::WhenPresent),
        Some(BindingMode::DangerouslyIgnore),
    ]);
    let certificate = select(vec![
        Presented::Absent,
        Presented::Thumbprint("good".into()),
        Presented::Text("good".into()),
        Presented::Text("%".into()),
    ]);
    (list(), list(), mode, certificate)
}

fn key_set() -> impl Strategy<Value = Vec<Value>> {
    let (ec, ed) = (key(Algorithm::Es256), key(Algorithm::EdDsa));
    let all = vec![
        ec.jwk.clone(),
        ec.with(&json!({"kid": "1", "alg": "ES256"})),
        ec.with(&json!({"kid": "2"})),
        ed.jwk.clone(),
        ed.with(&json!({"kid": "1"})),
        json!({"kty": "oct", "k": "AA"}),
    ];
    vec(select(all), 0..4)
}

fn skew_and_tolerance() -> impl Strategy<Value = (f64, f64)> {
    let seconds = || select(&[0.0, 0.5, 60.0, -60.0, 1e18, f64::NAN, f64::INFINITY][..]);
    (prop_oneof![3 => Just(0.0), 1 => seconds()], prop_oneof![3 => Just(60.0), 1 => seconds()])
}

fn clock() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => (-700i32..700).prop_map(|offset| NOW + f64::from(offset)),
        1 => select(&[0.0, -1.0, 1e15, 1e300, f64::NAN, f64::INFINITY, f64::NEG_INFINITY][..]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_decision_is_the_plain_one(
        claim in select(&["groups", "roles", "scope", "id", "urn:x"][..]),
        match_all in any::<bool>(),
        payload in payload(),
        header in prop_oneof![3 => Just(HEADERS[0]), 2 => select(HEADERS)],
        forged in option::weighted(0.1, any::<u8>()),
        mangled in option::weighted(0.1, (any::<usize>(), select(&b"A.=!\xc3 "[..]))),
        routes in vec(route(), 1..3),
        sets in vec(key_set(), 1..3),
        (skew, tolerance) in skew_and_tolerance(),
        clocks in vec(clock(), 1..4),
    ) {
        let mut config = tenant::config();
        (config.groups_claim, config.match_all) = (Some(claim.to_owned()), Some(match_all));
        let (core, settings) = (tenant::core(config), Settings::of_clock(skew, tolerance));
        let routes: Vec<_> = routes.into_iter().map(|(scopes, groups, mode, certificate)| Checks {
            of_caller: true,
            requirement: Arc::new(Requirement { scopes, groups }),
            mode,
            certificate,
        }).collect();
        let sets: Vec<_> = sets.iter().map(|keys| KeySet::parse(jwks(keys).as_bytes()).unwrap()).collect();
        let algorithm = if header.contains("EdDSA") { Algorithm::EdDsa } else { Algorithm::Es256 };
        let mut token = signed(key(algorithm), algorithm, header.as_bytes(), payload.as_bytes());
        if let Some(octet) = forged {
            token.truncate(token.len() - 2);
            token.push(char::from(b'A' + octet % 26));
            token.push('A');
        }
        if let Some((place, octet)) = mangled {
            token.insert(place % token.len(), char::from(octet));
        }
        let verdicts = Verdicts::new(Limits { entries: 8, bytes: 1 << 20 });
        for memory in [None, Some(&verdicts), Some(&verdicts), Some(&verdicts)] {
            for (checks, keys) in routes.iter().flat_map(|checks| sets.iter().map(move |keys| (checks, keys))) {
                for now in &clocks {
                    let plain = |now: f64| accept(&core, &settings, &token, checks, keys, now).map(|verified| verified.text);
                    let mut room = Payload::default();
                    let Some(direct) = Direct::new(&core, &settings, checks, keys, memory, *now) else {
                        assert!(["scope", "id"].contains(&core.groups.claim.as_str()));
                        continue;
                    };
                    let (fast, expected) = (direct.accept(&token, &mut room), plain(*now));
                    assert_eq!(fast.as_ref().map(|passed| passed.text.to_owned()).map_err(|reason| *reason), expected, "{payload}");
                    let Ok(passed) = fast else { continue };
                    assert!(!passed.known || memory.is_some());
                    assert!(!passed.known || passed.holds.contains(*now) || now.abs() > 1e12 || skew.abs() > 1e12 || tolerance.abs() > 1e12, "{now} {:?}", passed.holds);
                    for later in clocks.iter().chain([&passed.holds.from, &(passed.holds.until - 1.0)]) {
                        assert!(!passed.holds.contains(*later) || plain(*later) == expected, "{later} {:?} {payload}", passed.holds);
                    }
                }
            }
        }
    }
}

/// Every value in every claim, on routes that look into it.
#[test]
fn each_value_in_each_claim_is_seen_alike() {
    let wanted = |names: &[&str]| names.iter().map(|name| Some((*name).to_owned())).collect::<Wanted>();
    let routes = [
        (wanted(&[]), wanted(&[]), Some(BindingMode::WhenPresent), Presented::Thumbprint("good".into())),
        (wanted(&["read"]), wanted(&[]), Some(BindingMode::Required), Presented::Thumbprint("good".into())),
        (wanted(&["read", "write"]), wanted(&["admin"]), None, Presented::Absent),
        (wanted(&[]), wanted(&["user"]), Some(BindingMode::WhenPresent), Presented::Absent),
        (wanted(&[]), wanted(&["admin", "user", "admin"]), None, Presented::Absent),
    ];
    let checks = routes.map(|(scopes, groups, mode, certificate)| Checks {
        of_caller: true,
        requirement: Arc::new(Requirement { scopes, groups }),
        mode,
        certificate,
    });
    let (settings, keys) = (tenant::settings(), ed25519_keys(&json!({})));
    for match_all in [false, true] {
        let core = tenant::core(Config { match_all: Some(match_all), ..tenant::config() });
        for (claim, value) in GOOD.iter().flat_map(|(claim, _)| VALUES.iter().map(move |value| (claim, value))) {
            let member = |(name, good): &(&str, &str)| format!("{name}:{}", if name == claim { value } else { good });
            let payload = format!("{{{}}}", GOOD.iter().map(member).collect::<Vec<_>>().join(","));
            let token = signed(key(Algorithm::EdDsa), Algorithm::EdDsa, br#"{"alg":"EdDSA"}"#, payload.as_bytes());
            for checks in &checks {
                let direct = Direct::new(&core, &settings, checks, &keys, None, NOW).unwrap();
                let fast = direct.accept(&token, &mut Payload::default()).map(|passed| passed.text.to_owned());
                let plain = accept(&core, &settings, &token, checks, &keys, NOW).map(|verified| verified.text);
                assert_eq!(fast, plain, "{payload} {:?}", checks.requirement);
            }
        }
    }
}

fn direct<'d>(core: &'d Core, settings: &'d Settings, keys: &'d KeySet, verdicts: &'d Verdicts) -> Direct<'d> {
    static CHECKS: std::sync::LazyLock<Checks> = std::sync::LazyLock::new(Checks::default);
    Direct::new(core, settings, &CHECKS, keys, Some(verdicts), NOW).unwrap()
}

fn numbered(number: u32) -> String {
    let claims = tenant::claims(&json!({ "jti": number }));
    signed(key(Algorithm::EdDsa), Algorithm::EdDsa, br#"{"alg":"EdDSA"}"#, claims.to_string().as_bytes())
}

fn ed25519_keys(members: &Value) -> Arc<KeySet> {
    KeySet::parse(jwks(&[key(Algorithm::EdDsa).with(members)]).as_bytes()).unwrap()
}

#[test]
fn a_token_is_kept_when_it_comes_again() {
    let (core, settings, keys) = (tenant::core(tenant::config()), tenant::settings(), ed25519_keys(&json!({})));
    let verdicts = Verdicts::new(Limits { entries: 100, bytes: 1 << 20 });
    let (direct, token) = (direct(&core, &settings, &keys, &verdicts), numbered(1));
    for (known, kept) in [(false, 0), (true, 1), (true, 1)] {
        assert_eq!(direct.accept(&token, &mut Payload::default()).map(|passed| passed.known), Ok(known));
        assert_eq!(verdicts.len(), kept);
    }
    let (input, signature) = token.rsplit_once('.').unwrap();
    let (header, payload) = input.split_once('.').unwrap();
    let other = numbered(2);
    let other_payload = other.split('.').nth(1).unwrap();
    // The signature of a known token proves nothing about another.
    for forged in [format!("{header}.{other_payload}.{signature}"), format!("{header}.{payload}A.{signature}")] {
        assert_eq!(direct.accept(&forged, &mut Payload::default()).map(|_| ()), Err(Reason::SignatureInvalid));
    }
}

#[test]
fn a_key_that_has_left_its_set_verifies_nothing() {
    let (core, settings, keys) = (tenant::core(tenant::config()), tenant::settings(), ed25519_keys(&json!({})));
    let verdicts = Verdicts::new(Limits { entries: 100, bytes: 1 << 20 });
    let token = numbered(1);
    for _ in 0..3 {
        direct(&core, &settings, &keys, &verdicts).accept(&token, &mut Payload::default()).map(|_| ()).unwrap();
    }
    let decide = |keys: &KeySet| {
        direct(&core, &settings, keys, &verdicts).accept(&token, &mut Payload::default()).map(|passed| passed.known)
    };
    assert_eq!(decide(&KeySet::parse(br#"{"keys":[]}"#).unwrap()), Err(Reason::KeyNotFound));
    assert_eq!(decide(&ed25519_keys(&json!({"alg": "RS256"}))), Err(Reason::KeyNotFound));
    let twice = jwks(&[key(Algorithm::EdDsa).jwk.clone(), key(Algorithm::EdDsa).with(&json!({"kid": "2"}))]);
    assert_eq!(decide(&KeySet::parse(twice.as_bytes()).unwrap()), Err(Reason::KeyAmbiguous));
    assert_eq!(decide(&ed25519_keys(&json!({"kid": "renamed"}))), Ok(true), "the same key in another set");
}

#[test]
fn what_is_kept_is_bounded() {
    let (core, settings, keys) = (tenant::core(tenant::config()), tenant::settings(), ed25519_keys(&json!({})));
    for (entries, bytes) in [(1, 1 << 20), (7, 1 << 20), (20, 1 << 20), (1000, 4096), (1000, 100)] {
        let verdicts = Verdicts::new(Limits { entries, bytes });
        let direct = direct(&core, &settings, &keys, &verdicts);
        for number in 0..60 {
            let token = numbered(number);
            for _ in 0..3 {
                direct.accept(&token, &mut Payload::default()).map(|_| ()).unwrap();
            }
            assert!(verdicts.len() <= entries && verdicts.bytes() <= bytes, "{entries} {bytes} {}", verdicts.len());
        }
        assert_eq!(verdicts.is_empty(), bytes == 100, "{entries} {bytes}");
    }
}

#[test]
fn tokens_that_come_once_are_not_kept() {
    let (core, settings, keys) = (tenant::core(tenant::config()), tenant::settings(), ed25519_keys(&json!({})));
    let verdicts = Verdicts::new(Limits { entries: 8, bytes: 1 << 20 });
    let direct = direct(&core, &settings, &keys, &verdicts);
    let used = numbered(0);
    direct.accept(&used, &mut Payload::default()).map(|_| ()).unwrap();
    direct.accept(&used, &mut Payload::default()).map(|_| ()).unwrap();
    for number in 1..300 {
        direct.accept(&numbered(number), &mut Payload::default()).map(|_| ()).unwrap();
        assert_eq!(direct.accept(&used, &mut Payload::default()).map(|passed| passed.known), Ok(true));
    }
    assert_eq!(verdicts.len(), 1);
}

#[test]
fn threads_share_what_is_known() {
    let (core, settings, keys) = (tenant::core(tenant::config()), tenant::settings(), ed25519_keys(&json!({})));
    let verdicts = Verdicts::new(Limits { entries: 64, bytes: 1 << 20 });
    let tokens: Vec<_> = (0..32).map(numbered).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let direct = direct(&core, &settings, &keys, &verdicts);
                for token in tokens.iter().cycle().take(200) {
                    direct.accept(token, &mut Payload::default()).map(|_| ()).unwrap();
                }
            });
        }
    });
    assert!(verdicts.len() > 16 && verdicts.len() <= 64);
}
