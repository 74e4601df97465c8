//! What the application passed, before anything is known about it.

/// A JavaScript value as the binding saw it. It may hold secrets, so it is not `Debug`.
#[derive(Clone, Default)]
pub enum Value {
    #[default]
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Function,
    Array(Vec<Value>),
    /// Own members in order; of `cache`, the members `set`, `get` and `delete`, inherited ones too.
    Object(Vec<(String, Value)>),
}

/// The constructor's members by name. Names that are not in [`super::OPTIONS`] are never looked at.
#[derive(Clone, Default)]
pub struct Options(pub Vec<(String, Value)>);

impl Options {
    /// `Undefined` when there is no such member.
    pub fn get(&self, name: &str) -> &Value {
        find(&self.0, name)
    }
}

impl Value {
    /// The member of an object; `Undefined` for everything else.
    pub fn member(&self, name: &str) -> &Value {
        match self {
            Self::Object(members) => find(members, name),
            _ => &Self::Undefined,
        }
    }

    /// `undefined` and `null`: what `??` passes over.
    pub const fn is_nullish(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    /// ECMAScript's ToBoolean (ECMA-262 section 7.1.2).
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(bool) => *bool,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::String(text) => !text.is_empty(),
            Self::Function | Self::Array(_) | Self::Object(_) => true,
        }
    }

    /// The text, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

fn find<'a>(members: &'a [(String, Value)], name: &str) -> &'a Value {
    members.iter().find(|(member, _)| member == name).map_or(&Value::Undefined, |(_, value)| value)
}
