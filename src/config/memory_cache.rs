//! The options of `MemoryIntrospectionCache`.

use super::source::Source;
use super::table::{Fallback, OptionRow, Rule};
use super::{ConfigError, Environment, Options};
use crate::memory_cache::Limits;

/// What a cache is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryCacheOptions {
    pub limits: Limits,
    /// Caches with the same name are the same.
    pub name: Option<String>,
}

/// The limits of `cache: 'memory'`, and of what is made without options.
pub const DEFAULT_LIMITS: Limits = Limits { entries: 10_000, bytes: 16 * 1024 * 1024 };

/// Validates; the first option that is wrong is reported.
pub fn memory_cache(options: &Options) -> Result<MemoryCacheOptions, ConfigError> {
    let source = Source { options, env: &NoVariables };
    let limits = Limits {
        entries: whole(&source, &MAX_ENTRIES)?.unwrap_or(DEFAULT_LIMITS.entries),
        bytes: whole(&source, &MAX_BYTES)?.unwrap_or(DEFAULT_LIMITS.bytes),
    };
    Ok(MemoryCacheOptions { limits, name: source.text(&NAME)? })
}

const MAX_ENTRIES: OptionRow = row("maxEntries", Rule::AtLeast(1.0), "How many results are kept at most.");
const MAX_BYTES: OptionRow = row("maxBytes", Rule::AtLeast(1.0), "How many bytes they take at most.");
const NAME: OptionRow = row("name", Rule::Text, "Caches with the same name are one, in all threads of the process.");

const fn row(name: &'static str, rule: Rule, meaning: &'static str) -> OptionRow {
    OptionRow { name, key: name, env: None, default: Fallback::Absent, rule, meaning }
}

fn whole(source: &Source<'_>, row: &OptionRow) -> Result<Option<u64>, ConfigError> {
    let Some(number) = source.number(row)? else { return Ok(None) };
    if number.fract() != 0.0 {
        return Err(ConfigError::of(row.key, "must be an integer"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, from 1 to 2^53 − 1")]
    let number = number as u64;
    Ok(Some(number))
}

struct NoVariables;

impl Environment for NoVariables {
    fn get(&self, _: &str) -> Option<String> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Value;

    fn check(name: &str, value: Value) -> Result<MemoryCacheOptions, String> {
        memory_cache(&Options(vec![(name.to_owned(), value)])).map_err(|error| error.message)
    }

    #[test]
    fn defaults_and_values() {
        let defaults = MemoryCacheOptions { limits: DEFAULT_LIMITS, name: None };
        assert_eq!(check("other", Value::Null), Ok(defaults));
        assert_eq!(check("maxEntries", Value::Number(1.0)).map(|options| options.limits.entries), Ok(1));
        assert_eq!(check("maxBytes", Value::Number(1.0)).map(|options| options.limits.bytes), Ok(1));
        let named = check("name", Value::String("a".to_owned()));
        assert_eq!(named.map(|options| options.name), Ok(Some("a".to_owned())));
    }

    #[test]
    fn refused_values() {
        for name in ["maxEntries", "maxBytes"] {
            for (value, problem) in [
                (Value::Number(0.0), "must be greater than or equal to 1"),
                (Value::Number(-1.0), "must be greater than or equal to 1"),
                (Value::Number(0.5), "must be greater than or equal to 1"),
                (Value::Number(1.5), "must be an integer"),
                (Value::Number(f64::NAN), "must be a number"),
                (Value::Number(f64::INFINITY), "cannot be infinity"),
                (Value::Number(1e20), "must be a safe number"),
                (Value::String("many".to_owned()), "must be a number"),
                (Value::Bool(true), "must be a number"),
                (Value::Function, "must be a number"),
            ] {
                assert_eq!(check(name, value), Err(format!("\"{name}\" {problem}")));
            }
        }
        assert_eq!(check("name", Value::Number(1.0)), Err("\"name\" must be a string".to_owned()));
        assert_eq!(check("name", Value::String(String::new())), Err("\"name\" is not allowed to be empty".to_owned()));
    }
}
