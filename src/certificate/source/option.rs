//! One option's value, and what is wrong with it.

use crate::certificate::header::Which;
use crate::config::Value;

/// The first option that is wrong: nothing is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionError {
    pub message: String,
    /// A TypeError in JavaScript, else an Error.
    pub is_type_error: bool,
}

/// The options of one call. Members that are `undefined` are not there.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    value: &'a Value,
    /// What every message begins with.
    prefix: &'static str,
}

impl<'a> Options<'a> {
    pub const fn new(value: &'a Value, prefix: &'static str) -> Self {
        Self { value, prefix }
    }

    pub fn error(&self, message: impl AsRef<str>) -> OptionError {
        OptionError { message: format!("{}{}", self.prefix, message.as_ref()), is_type_error: false }
    }

    pub fn type_error(&self, message: impl AsRef<str>) -> OptionError {
        OptionError { is_type_error: true, ..self.error(message) }
    }

    pub fn get(&self, name: &str) -> Option<&'a Value> {
        Some(self.value.member(name)).filter(|value| !matches!(value, Value::Undefined))
    }

    /// Members of an object that is an option itself; its messages name it.
    pub fn within(&self, name: &str) -> Options<'a> {
        Options { value: self.value.member(name), prefix: self.prefix }
    }

    pub fn check_object(&self) -> Result<(), OptionError> {
        if matches!(self.value, Value::Object(_)) { Ok(()) } else { Err(self.type_error("options must be an object")) }
    }

    /// An object, or nothing at all.
    pub fn check_shape(&self) -> Result<(), OptionError> {
        match self.value {
            Value::Object(_) | Value::Undefined => Ok(()),
            _ => Err(self.type_error("options must be an object")),
        }
    }

    /// Names that are none of `known`.
    pub fn check_names(&self, known: &[&str]) -> Result<(), OptionError> {
        let Value::Object(members) = self.value else { return Ok(()) };
        let mut given = members.iter().filter(|(_, value)| !matches!(value, Value::Undefined));
        match given.find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(self.error(format!("unknown option '{name}'. Valid options: {}", known.join(", ")))),
            None => Ok(()),
        }
    }

    /// An object that is an option itself, whose name is `own`, and which has no members but these: what it says would
    /// not be done.
    pub fn check_members(&self, own: &str, known: &[&str]) -> Result<(), OptionError> {
        let Value::Object(members) = self.value else { return Ok(()) };
        let mut given = members.iter().filter(|(_, value)| !matches!(value, Value::Undefined));
        match given.find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(self.error(format!("{own} has no option '{name}' in this format"))),
            None => Ok(()),
        }
    }

    /// RFC 9110 section 5.1: no request has a header of another name.
    pub fn header_name(&self, name: &str) -> Result<Option<&'a str>, OptionError> {
        let is_token = |text: &str| text.bytes().all(|c| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c));
        match self.text(name)? {
            Some(text) if !is_token(text) => {
                Err(self.error(format!("{name} must be the name of a header, which '{text}' is not")))
            }
            text => Ok(text),
        }
    }

    pub fn text(&self, name: &str) -> Result<Option<&'a str>, OptionError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(self.error(format!("{name} must be a non-empty string"))),
        }
    }

    pub fn boolean(&self, name: &str) -> Result<Option<bool>, OptionError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(self.error(format!("{name} must be a boolean"))),
        }
    }

    pub fn check_function(&self, name: &str) -> Result<(), OptionError> {
        match self.get(name) {
            None | Some(Value::Function) => Ok(()),
            Some(_) => Err(self.error(format!("{name} must be a function"))),
        }
    }

    /// `checkValidity` and `clockTolerance`: by how many seconds a certificate may be out of its dates, nothing when
    /// nobody looks.
    pub fn tolerance(&self) -> Result<Option<f64>, OptionError> {
        let checked = self.boolean("checkValidity")?.unwrap_or(true);
        let tolerance = match self.get("clockTolerance") {
            None => 0.0,
            Some(Value::Number(seconds)) if seconds.is_finite() && *seconds >= 0.0 => *seconds,
            Some(_) => return Err(self.error("clockTolerance must be a number of seconds, 0 or more")),
        };
        Ok(checked.then_some(tolerance))
    }

    pub fn which_element(&self) -> Result<Option<Which>, OptionError> {
        match self.get("xfccElement") {
            None => Ok(None),
            Some(value) => match value.as_str().and_then(Which::named) {
                Some(which) => Ok(Some(which)),
                None => Err(self.error("xfccElement must be 'first' or 'last'")),
            },
        }
    }
}

/// The value as a JavaScript template has it.
pub fn printed(value: &Value) -> String {
    match value {
        Value::Undefined => "undefined".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => value.to_string(),
        Value::String(value) => value.clone(),
        Value::Function => "function".to_owned(),
        Value::Array(items) => items.iter().map(printed).collect::<Vec<_>>().join(","),
        Value::Object(_) => "[object Object]".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Options;
    use crate::config::Value;

    #[test]
    fn names_that_no_header_has() {
        for (name, known) in
            [("X-Client_Cert", true), ("x y", false), ("x:", false), (" ", false), ("ä", false), ("", false)]
        {
            let value = Value::Object(vec![("chainHeader".to_owned(), Value::String(name.to_owned()))]);
            assert_eq!(Options::new(&value, "").header_name("chainHeader").is_ok(), known, "{name}");
        }
    }

    #[test]
    fn no_options_are_no_object() {
        assert!(Options::new(&Value::Undefined, "").check_object().is_err());
        assert!(Options::new(&Value::Undefined, "").check_shape().is_ok());
    }
}
