//! How many verified tokens are remembered.

use super::source::Source;
use super::table::{JWT_CACHE_MAX_BYTES, JWT_CACHE_MAX_ENTRIES, OptionRow};
use super::{ConfigError, Options, Value};
use crate::verdicts::Limits;

/// What holds without options.
const DEFAULT: Limits = Limits { entries: 10_000, bytes: 16 * 1024 * 1024 };

/// Nothing when it is off.
pub fn jwt_cache(source: &Source<'_>) -> Result<Option<Limits>, ConfigError> {
    match source.options.get(JWT_CACHE_MAX_ENTRIES.name) {
        Value::Undefined | Value::Null | Value::Object(_) => {}
        Value::Bool(false) => return Ok(None),
        _ => return Err(ConfigError::of(JWT_CACHE_MAX_ENTRIES.name, "must be false or an object")),
    }
    let limits = Limits {
        entries: whole(source, &JWT_CACHE_MAX_ENTRIES)?.unwrap_or(DEFAULT.entries),
        bytes: whole(source, &JWT_CACHE_MAX_BYTES)?.unwrap_or(DEFAULT.bytes),
    };
    Ok((limits.entries > 0).then_some(limits))
}

/// Of a client that checks none of its options.
pub fn unchecked(options: &Options) -> Option<Limits> {
    let is_off = matches!(options.get(JWT_CACHE_MAX_ENTRIES.name), Value::Bool(false));
    (!is_off).then_some(DEFAULT)
}

fn whole(source: &Source<'_>, row: &OptionRow) -> Result<Option<usize>, ConfigError> {
    let Some(number) = source.number(row)? else { return Ok(None) };
    if number.fract() != 0.0 {
        return Err(ConfigError::of(row.key, "must be an integer"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, from 0 to 2^53 − 1")]
    let number = number as usize;
    Ok(Some(number))
}
