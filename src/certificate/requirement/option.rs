//! One option's value, and what is wrong with it.

use crate::certificate::allow::{AllowList, Kind};
use crate::config::Value;
use crate::text::is_blank;

/// The options of one call. Members that are `undefined` are not there.
pub(super) struct Options<'a>(pub &'a [(String, Value)]);

impl<'a> Options<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        let value = self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value);
        value.filter(|value| !matches!(value, Value::Undefined))
    }

    pub fn boolean(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(error(name, "must be a boolean")),
        }
    }

    pub fn seconds(&self, name: &str) -> Result<f64, String> {
        match self.get(name) {
            None => Ok(0.0),
            Some(Value::Number(value)) if value.is_finite() && *value >= 0.0 => Ok(*value),
            Some(_) => Err(error(name, "must be a number of seconds, not negative")),
        }
    }

    pub fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !is_blank(text) => Ok(Some(text)),
            Some(_) => Err(error(name, "must be a non-empty string")),
        }
    }

    pub fn function(&self, name: &str) -> Result<(), String> {
        match self.get(name) {
            None | Some(Value::Function) => Ok(()),
            Some(_) => Err(error(name, "must be a function")),
        }
    }

    /// `None` admits everybody, so null is no list.
    pub fn list(&self, name: &str, kind: Kind) -> Result<Option<AllowList>, String> {
        let compile = |list| AllowList::compile(kind, &format!("clientCertAuth(): {name}"), list);
        self.get(name).map(compile).transpose()
    }
}

pub(super) fn error(name: &str, rule: &str) -> String {
    format!("clientCertAuth(): {name} {rule}")
}
