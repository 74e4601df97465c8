//! Reading and writing the application's introspection cache.

use super::support::tenant::{NOW, claims};
use monocloud_backend_node::cache_entry::{EXPIRES_AT, Entry, expires_at, inactive, read};
use monocloud_backend_node::claims::{Claims, Clock};
use serde_json::{Value, json};

const CLOCK: Clock = Clock { now: NOW, skew: 0.0, tolerance: 60.0 };

fn outcome(entry: &Value, clock: Clock) -> &'static str {
    match read(Some(&entry.to_string()), clock) {
        Entry::Miss => "miss",
        Entry::Inactive => "inactive",
        Entry::Claims(claims) => {
            assert!(claims.get(EXPIRES_AT).is_none(), "the entry's own expiry is no claim");
            "hit"
        }
    }
}

#[test]
fn an_active_entry_lives_as_long_as_its_token() {
    let skewed = Clock { skew: 10.0, ..CLOCK };
    for (clock, exp, expected) in [
        (CLOCK, NOW + 1.0, "hit"),
        (CLOCK, NOW - 59.0, "hit"),
        (CLOCK, NOW - 59.5, "hit"),
        (CLOCK, NOW - 60.0, "miss"),
        (skewed, NOW - 49.0, "hit"),
        (skewed, NOW - 50.0, "miss"),
    ] {
        assert_eq!(outcome(&claims(&json!({ "exp": exp })), clock), expected, "{exp} {clock:?}");
    }
    assert_eq!(outcome(&claims(&json!({"exp": null})), CLOCK), "hit");
    for exp in [json!("1900000000"), Value::Null, json!([]), json!(true)] {
        let mut entry = claims(&json!({}));
        entry["exp"] = exp;
        assert_eq!(outcome(&entry, CLOCK), "miss", "{entry}");
    }
}

#[test]
fn an_inactive_entry_lives_to_the_second() {
    for (exp, expected) in [
        (json!(NOW + 1.0), "inactive"),
        (json!(NOW + 0.5), "inactive"),
        (json!(NOW), "miss"),
        (json!(NOW - 1.0), "miss"),
        (json!("1900000000"), "miss"),
        (Value::Null, "miss"),
    ] {
        assert_eq!(outcome(&json!({"active": false, "exp": exp}), CLOCK), expected, "{exp}");
    }
    assert_eq!(outcome(&json!({"active": false}), CLOCK), "miss");
    for active in [json!(true), json!("false"), json!(0), Value::Null] {
        assert_eq!(outcome(&json!({"active": active}), CLOCK), "hit", "{active}");
    }
}

#[test]
fn an_entry_ends_at_its_own_expiry_too() {
    for (expiry, expected) in [
        (json!(NOW + 1.0), "hit"),
        (json!(NOW), "miss"),
        (json!(NOW - 1.0), "miss"),
        (json!("1900000000"), "miss"),
        (Value::Null, "miss"),
    ] {
        let mut entry = claims(&json!({}));
        entry[EXPIRES_AT] = expiry.clone();
        assert_eq!(outcome(&entry, CLOCK), expected, "{expiry}");
    }
    assert_eq!(outcome(&json!({"active": false, "exp": NOW + 9.0, EXPIRES_AT: NOW}), CLOCK), "miss");
}

#[test]
fn what_is_no_entry_is_a_miss() {
    for text in [None, Some(""), Some("null"), Some("[]"), Some("7"), Some("\"x\""), Some("{"), Some("undefined")] {
        assert!(matches!(read(text, CLOCK), Entry::Miss), "{text:?}");
    }
}

#[test]
fn an_entry_outlives_neither_its_token_nor_the_duration() {
    for (exp, expected) in [
        (json!(NOW + 10.0), NOW + 10.0),
        (json!(NOW + 299.5), NOW + 299.5),
        (json!(NOW + 300.0), NOW + 300.0),
        (json!(NOW + 301.0), NOW + 300.0),
        (json!(NOW - 30.0), NOW - 30.0),
    ] {
        let claims = Claims::from_application(claims(&json!({ "exp": exp })).to_string().as_bytes()).unwrap();
        assert_eq!(expires_at(&claims, NOW, 300.0), expected);
    }
    let claims = Claims::from_application(b"{}").unwrap();
    assert_eq!(expires_at(&claims, NOW, 300.0), NOW + 300.0);
}

#[test]
fn the_negative_entry_is_that_of_the_published_sdk() {
    assert_eq!(inactive(NOW + 300.0), r#"{"active":false,"exp":1700000300}"#);
    assert_eq!(inactive(NOW + 0.5), r#"{"active":false,"exp":1700000000.5}"#);
}
