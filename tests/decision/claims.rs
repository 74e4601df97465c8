//! Issuer, subject, audience, expiration and not-before, with every boundary.

use super::support::tenant::{AUDIENCE, ISSUER, NOW, claims};
use monocloud_backend_node::claims::{Claims, Clock, Expected};
use monocloud_backend_node::error::Reason;
use serde_json::{Value, json};

const CLOCK: Clock = Clock { now: NOW, skew: 0.0, tolerance: 60.0 };

fn check(claims: &Value, clock: Clock) -> Result<(), Reason> {
    let claims = Claims::from_application(claims.to_string().as_bytes()).unwrap();
    let audience = Value::from(AUDIENCE);
    claims.check(&Expected { issuer: ISSUER, audience: &audience, clock }).map(|_| ())
}

fn with(changes: Value) -> Result<(), Reason> {
    check(&claims(&changes), CLOCK)
}

fn bare(name: &str, value: Value) -> Result<(), Reason> {
    let mut claims = claims(&json!({}));
    claims[name] = value;
    check(&claims, CLOCK)
}

#[test]
fn the_issuer_is_the_tenant_to_the_letter() {
    assert_eq!(with(json!({})), Ok(()));
    for issuer in [
        json!("https://tenant.example/"),
        json!("https://TENANT.example"),
        json!("http://tenant.example"),
        json!(""),
        json!([ISSUER]),
        json!({}),
        json!(0),
        json!(true),
    ] {
        assert_eq!(bare("iss", issuer.clone()), Err(Reason::IssuerMismatch), "{issuer}");
    }
    assert_eq!(bare("iss", Value::Null), Err(Reason::IssuerMismatch));
    assert_eq!(with(json!({"iss": null})), Err(Reason::IssuerMismatch));
}

#[test]
fn the_subject_is_a_text_when_there_is_one() {
    for (subject, expected) in [
        (json!("user"), Ok(())),
        (json!(""), Ok(())),
        (json!(0), Ok(())),
        (json!(-0.0), Ok(())),
        (json!(false), Ok(())),
        (Value::Null, Ok(())),
        (json!(7), Err(Reason::SubjectInvalid)),
        (json!(true), Err(Reason::SubjectInvalid)),
        (json!([]), Err(Reason::SubjectInvalid)),
        (json!({}), Err(Reason::SubjectInvalid)),
    ] {
        assert_eq!(bare("sub", subject.clone()), expected, "{subject}");
    }
    assert_eq!(with(json!({"sub": null})), Ok(()));
}

#[test]
fn the_audience_is_one_of_those_named() {
    for (audience, accepted) in [
        (json!(AUDIENCE), true),
        (json!([AUDIENCE]), true),
        (json!(["urn:other", AUDIENCE]), true),
        (json!([null, 7, AUDIENCE]), true),
        (json!("urn:other"), false),
        (json!("URN:api"), false),
        (json!("urn:api/"), false),
        (json!("urn:other urn:api"), false),
        (json!(["urn:other"]), false),
        (json!([[AUDIENCE]]), false),
        (json!([]), false),
        (json!({AUDIENCE: true}), false),
        (json!(7), false),
        (Value::Null, false),
    ] {
        assert_eq!(bare("aud", audience.clone()).is_ok(), accepted, "{audience}");
        assert!(accepted || bare("aud", audience) == Err(Reason::AudienceMismatch));
    }
    assert_eq!(with(json!({"aud": null})), Err(Reason::AudienceMismatch));
}

#[test]
fn times_at_their_boundaries() {
    let skewed = Clock { skew: 10.0, ..CLOCK };
    let behind = Clock { skew: -10.0, ..CLOCK };
    let exact = Clock { tolerance: 0.0, ..CLOCK };
    for (clock, name, offset, expected) in [
        (CLOCK, "exp", -59.0, Ok(())),
        (CLOCK, "exp", -60.0, Err(Reason::Expired)),
        (CLOCK, "exp", -59.5, Ok(())),
        (CLOCK, "exp", -60.5, Err(Reason::Expired)),
        (CLOCK, "exp", 1e12, Ok(())),
        (CLOCK, "exp", -NOW, Err(Reason::Expired)),
        (CLOCK, "nbf", 60.0, Ok(())),
        (CLOCK, "nbf", 61.0, Err(Reason::NotYetValid)),
        (CLOCK, "nbf", 60.5, Err(Reason::NotYetValid)),
        (CLOCK, "nbf", -NOW, Ok(())),
        (skewed, "exp", -49.0, Ok(())),
        (skewed, "exp", -50.0, Err(Reason::Expired)),
        (skewed, "nbf", 70.0, Ok(())),
        (skewed, "nbf", 71.0, Err(Reason::NotYetValid)),
        (behind, "exp", -69.0, Ok(())),
        (behind, "exp", -70.0, Err(Reason::Expired)),
        (behind, "nbf", 50.0, Ok(())),
        (behind, "nbf", 51.0, Err(Reason::NotYetValid)),
        (exact, "exp", 1.0, Ok(())),
        (exact, "exp", 0.0, Err(Reason::Expired)),
        (exact, "nbf", 0.0, Ok(())),
        (exact, "nbf", 1.0, Err(Reason::NotYetValid)),
    ] {
        let claims = claims(&json!({ name: NOW + offset }));
        assert_eq!(check(&claims, clock), expected, "{name} {offset} {clock:?}");
    }
}

#[test]
fn times_are_numbers_or_absent() {
    assert_eq!(with(json!({"exp": null})), Ok(()));
    for (name, reason) in [("exp", Reason::ExpirationType), ("nbf", Reason::NotBeforeType)] {
        for value in [json!("1700000600"), Value::Null, json!(true), json!([1]), json!({})] {
            assert_eq!(bare(name, value.clone()), Err(reason), "{name} {value}");
        }
    }
}

#[test]
fn a_clock_that_is_no_number_refuses() {
    let nan = f64::NAN;
    for clock in [Clock { now: nan, ..CLOCK }, Clock { skew: nan, ..CLOCK }, Clock { tolerance: nan, ..CLOCK }] {
        assert_eq!(check(&claims(&json!({})), clock), Err(Reason::Expired));
        assert_eq!(check(&claims(&json!({"exp": null, "nbf": 0})), clock), Err(Reason::NotYetValid));
    }
}

#[test]
fn the_first_fault_in_order_is_told() {
    let mut faulty = json!({"iss": "x", "sub": 7, "aud": "x", "exp": "x", "nbf": "x"});
    for (name, mended, reason) in [
        ("iss", json!(ISSUER), Reason::IssuerMismatch),
        ("sub", json!("user"), Reason::SubjectInvalid),
        ("aud", json!(AUDIENCE), Reason::AudienceMismatch),
        ("exp", json!(0), Reason::ExpirationType),
        ("exp", json!(NOW), Reason::Expired),
        ("nbf", json!(NOW + 1000.0), Reason::NotBeforeType),
        ("nbf", json!(NOW), Reason::NotYetValid),
    ] {
        assert_eq!(check(&faulty, CLOCK), Err(reason));
        faulty[name] = mended;
    }
    assert_eq!(check(&faulty, CLOCK), Ok(()));
}

#[test]
fn nothing_else_is_looked_at() {
    assert_eq!(with(json!({"iat": "soon", "typ": 7, "jti": [], "azp": {}, "client_id": 7})), Ok(()));
}
