//! Where a request's client certificate comes from: options, validated once, and the reading of a request by them.

mod form;
mod option;
mod presented;

pub use form::Form;
pub use option::OptionError;
pub use presented::{Presented, Reason};

use crate::config::Value;

pub struct Source {
    names: Vec<String>,
}

impl Source {
    pub fn compile(_options: &Value, _form: Form) -> Result<Self, OptionError> {
        Ok(Self { names: Vec::new() })
    }

    /// Lower-case names of the headers that [`Self::read`] wants to see, in its order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn kind(&self) -> &'static str {
        "tls"
    }

    pub fn trusts_everybody(&self) -> bool {
        false
    }

    pub fn require_authorized(&self) -> bool {
        true
    }

    pub fn tolerance(&self) -> Option<f64> {
        Some(0.0)
    }

    pub fn read(&self, _lines: &[Vec<String>], _peer: Option<&str>, _now: f64) -> Presented {
        Presented::unreadable()
    }

    pub fn read_forwarded(_value: &str, _element: Option<&str>, _allow_text: bool) -> Presented {
        Presented::unreadable()
    }
}

pub fn presets_json() -> String {
    "{}".to_owned()
}
