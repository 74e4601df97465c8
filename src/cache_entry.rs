//! What is kept in the application's introspection cache, and when an entry may be used.

use crate::claims::{Claims, Clock};
use crate::json::{self, Document, Object};
use serde_json::Value;

/// The member that carries an entry's own expiry, in seconds since the epoch, for adapters that ignore `expiresAt`.
pub const EXPIRES_AT: &str = "urn:monocloud:introspection-cache:expires_at";

/// What a cache read means.
pub enum Entry {
    Miss,
    /// The tenant said `active: false`, and that still holds.
    Inactive,
    Claims(Claims),
}

/// Reads an entry, one of ours or one that the published SDK wrote (bare claims).
pub fn read(text: Option<&str>, clock: Clock) -> Entry {
    let Some(Document::Object(mut entry)) = text.map(|text| json::read(text.as_bytes())) else { return Entry::Miss };
    let outlived = |expiry: &Value| expiry.as_f64().is_none_or(|expiry| expiry <= clock.now);
    if entry.shift_remove(EXPIRES_AT).is_some_and(|expiry| outlived(&expiry)) {
        return Entry::Miss;
    }
    let expiry = entry.get("exp").map(Value::as_f64);
    if entry.get("active") == Some(&Value::Bool(false)) {
        return if matches!(expiry, Some(Some(exp)) if exp > clock.now) { Entry::Inactive } else { Entry::Miss };
    }
    match expiry {
        None => Entry::Claims(Claims::from_introspection(entry)),
        Some(Some(exp)) if exp > clock.now + clock.skew - clock.tolerance => {
            Entry::Claims(Claims::from_introspection(entry))
        }
        Some(_) => Entry::Miss,
    }
}

/// When claims may no longer be served from a cache: at their own `exp`, or after `duration` seconds.
pub fn expires_at(claims: &Claims, now: f64, duration: f64) -> f64 {
    let limit = now + duration;
    claims.get("exp").and_then(Value::as_f64).map_or(limit, |exp| exp.min(limit))
}

/// The entry that remembers `active: false`.
pub fn inactive(expires_at: f64) -> String {
    let mut entry = Object::new();
    entry.insert("active".to_owned(), Value::Bool(false));
    entry.insert("exp".to_owned(), number(expires_at));
    Value::Object(entry).to_string()
}

/// Whole numbers without a fraction part.
fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within 53 bits")]
    let whole = value as i64;
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 { Value::from(whole) } else { Value::from(value) }
}
