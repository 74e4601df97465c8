//! One option's value: the constructor's, else the environment's, else the default; converted and checked by its row.

use super::number;
use super::table::{Fallback, OptionRow, Rule};
use super::uri::is_uri;
use super::{ConfigError, Environment, Options, Value, env_boolean, env_number};
use std::borrow::Cow;

/// The option `cache` that stands for the built-in one.
const MEMORY: &str = "memory";

pub struct Source<'a> {
    pub options: &'a Options,
    pub env: &'a dyn Environment,
}

impl<'a> Source<'a> {
    /// `constructor ?? environment ?? default`, not yet checked.
    pub fn value(&self, row: &OptionRow) -> Cow<'a, Value> {
        let own = self.own(row);
        if !own.is_nullish() {
            return own;
        }
        let variable = row.env.and_then(|name| self.env.get(name));
        Cow::Owned(variable.and_then(|text| read_variable(row, text)).unwrap_or_else(|| default(row)))
    }

    /// Any non-empty string.
    pub fn text(&self, row: &OptionRow) -> Result<Option<String>, ConfigError> {
        match &*self.value(row) {
            Value::Undefined => Ok(None),
            value => text_of(row, value).map(|text| Some(text.to_owned())),
        }
    }

    /// A URI that must be given.
    pub fn uri(&self, row: &OptionRow) -> Result<String, ConfigError> {
        let text = self.text(row)?.ok_or_else(|| ConfigError::of(row.key, "is required"))?;
        if is_uri(&text) { Ok(text) } else { Err(ConfigError::of(row.key, "must be a valid uri")) }
    }

    /// One of the names that the row lists.
    pub fn name<T>(&self, row: &OptionRow, parse: fn(&str) -> Option<T>) -> Result<Option<T>, ConfigError> {
        let value = self.value(row);
        if value.is_nullish() {
            return Ok(None);
        }
        let refused = || {
            let names = if let Rule::OneOf(names) = row.rule { names } else { &[] };
            ConfigError::of(row.key, format_args!("must be one of [{}]", names.join(", ")))
        };
        value.as_str().and_then(parse).map(Some).ok_or_else(refused)
    }

    /// A number no smaller than the row allows, or a text that stands for one.
    pub fn number(&self, row: &OptionRow) -> Result<Option<f64>, ConfigError> {
        let number = match &*self.value(row) {
            Value::Undefined => return Ok(None),
            Value::Number(number) => number::check(*number),
            Value::String(text) => number::parse(text),
            _ => Err(number::NumberError::NotANumber),
        };
        let number = number.map_err(|error| ConfigError::of(row.key, error.problem()))?;
        match row.rule {
            Rule::AtLeast(minimum) if number < minimum => {
                Err(ConfigError::of(row.key, format_args!("must be greater than or equal to {minimum}")))
            }
            _ => Ok(Some(number)),
        }
    }

    /// A boolean, or `true` or `false` as a text in any case.
    pub fn boolean(&self, row: &OptionRow) -> Result<Option<bool>, ConfigError> {
        match &*self.value(row) {
            Value::Undefined => return Ok(None),
            Value::Bool(bool) => Some(*bool),
            Value::String(text) => env_boolean(text),
            _ => None,
        }
        .map(Some)
        .ok_or_else(|| ConfigError::of(row.key, "must be a boolean"))
    }

    /// Whether a function is given; only `undefined` is none.
    pub fn function(&self, row: &OptionRow) -> Result<bool, ConfigError> {
        is_function(row.key, self.options.get(row.name))
    }

    /// Whether a cache is given, by itself or as the name of the built-in one; only `undefined` is none.
    pub fn cache(&self, row: &OptionRow) -> Result<bool, ConfigError> {
        let value = self.options.get(row.name);
        match value {
            Value::Undefined => return Ok(false),
            Value::String(name) if name == MEMORY => return Ok(true),
            Value::Object(_) => {}
            _ => return Err(ConfigError::of(row.key, "must be of type object")),
        }
        for name in ["set", "get", "delete"] {
            let key = format!("{}.{name}", row.key);
            if !is_function(&key, value.member(name))? {
                return Err(ConfigError::of(&key, "is required"));
            }
        }
        Ok(true)
    }

    fn own(&self, row: &OptionRow) -> Cow<'a, Value> {
        let value = self.options.get(row.name);
        match row.key.strip_prefix(row.name).and_then(|rest| rest.strip_prefix('.')) {
            None => Cow::Borrowed(value),
            Some(inner) => match value {
                // A string has the method `matchAll`, which is then what was given.
                Value::String(_) if inner == "matchAll" => Cow::Owned(Value::Function),
                value => Cow::Borrowed(value.member(inner)),
            },
        }
    }
}

/// The text, which must be one and not be empty.
pub fn text_of<'v>(row: &OptionRow, value: &'v Value) -> Result<&'v str, ConfigError> {
    match value.as_str() {
        Some("") => Err(ConfigError::of(row.key, "is not allowed to be empty")),
        Some(text) => Ok(text),
        None => Err(ConfigError::of(row.key, "must be a string")),
    }
}

fn is_function(key: &str, value: &Value) -> Result<bool, ConfigError> {
    match value {
        Value::Undefined => Ok(false),
        Value::Function => Ok(true),
        _ => Err(ConfigError::of(key, "must be of type function")),
    }
}

/// A variable that is no number or boolean where one is needed counts as not set; an empty text is a text.
fn read_variable(row: &OptionRow, text: String) -> Option<Value> {
    match row.rule {
        Rule::AtLeast(_) => env_number(&text).map(Value::Number),
        Rule::Bool => env_boolean(&text).map(Value::Bool),
        _ => Some(Value::String(text)),
    }
}

fn default(row: &OptionRow) -> Value {
    match row.default {
        Fallback::Required | Fallback::Absent | Fallback::InUse(_) => Value::Undefined,
        Fallback::Number(number) => Value::Number(number),
        Fallback::Bool(bool) => Value::Bool(bool),
        Fallback::Name(name) => Value::String(name.to_owned()),
    }
}
