//! RFC 8705 section 3.1 and RFC 7800: is the presented certificate the one the token is bound to.

use crate::certificate::Presented;
use crate::claims::Checked;
use crate::config::{self, BindingMode};
use crate::error::{Failure, Reason};
use serde_json::Value;
use std::borrow::Cow;
use subtle::ConstantTimeEq;

pub const THUMBPRINT: &str = "x5t#S256";

/// What `cnf` turned out to be, whoever has read it. A string is read as JSON, as the published SDK does.
pub enum Confirmation<'a> {
    Absent,
    NotJson,
    NotObject,
    Members(Thumbprint<'a>),
}

/// The member `x5t#S256`.
pub enum Thumbprint<'a> {
    Absent,
    Text(Cow<'a, str>),
    /// No string.
    Other,
}

/// `None` stands for a mode that asks for nothing, which only the base class has.
pub fn check(claims: Checked<'_>, mode: Option<BindingMode>, certificate: &Presented) -> Result<(), Reason> {
    Confirmation::read(claims.get("cnf")).check(mode, certificate)
}

impl Confirmation<'_> {
    pub fn check(&self, mode: Option<BindingMode>, certificate: &Presented) -> Result<(), Reason> {
        if !self.asks_for_a_certificate(mode) {
            return Ok(());
        }
        let presented = certificate.thumbprint()?;
        let bound = match self {
            Self::Absent => return Err(Reason::ConfirmationMissing),
            Self::NotJson => return Err(Reason::ConfirmationMalformed),
            Self::NotObject => return Err(Reason::ConfirmationNotObject),
            Self::Members(Thumbprint::Text(text)) if !text.is_empty() => text,
            Self::Members(_) => return Err(Reason::ThumbprintMissing),
        };
        let same: bool = bound.as_bytes().ct_eq(presented.as_bytes()).into();
        if same { Ok(()) } else { Err(Reason::ThumbprintMismatch) }
    }

    /// Otherwise whatever is presented passes.
    pub fn asks_for_a_certificate(&self, mode: Option<BindingMode>) -> bool {
        match mode {
            None | Some(BindingMode::DangerouslyIgnore) => false,
            Some(BindingMode::Required) => true,
            Some(BindingMode::WhenPresent) => match self {
                Self::Absent | Self::Members(Thumbprint::Absent) => false,
                Self::NotJson | Self::NotObject | Self::Members(_) => true,
            },
        }
    }
}

/// The mode of one route or call: `true` is `required`, a mode's name is that mode, nothing and `false` leave the
/// client's own. Anything else is the application's mistake.
pub fn mode_for_call(option: &config::Value, own: Option<BindingMode>) -> Result<Option<BindingMode>, Failure> {
    match option {
        config::Value::Undefined | config::Value::Null | config::Value::Bool(false) => Ok(own),
        option => match named_mode(option) {
            Some(mode) => Ok(Some(mode)),
            None => Err(Failure::new(
                Reason::RequirementInvalid,
                "\"validateCertificateBinding\" must be a boolean or one of [when_present, required, dangerously_ignore]",
            )),
        },
    }
}

/// The mode that `true` or a mode's name stands for; anything else asks for no check, as in the published base class.
pub fn named_mode(option: &config::Value) -> Option<BindingMode> {
    match option {
        config::Value::Bool(true) => Some(BindingMode::Required),
        config::Value::String(name) => BindingMode::parse(name),
        _ => None,
    }
}

impl<'a> Confirmation<'a> {
    fn read(claim: Option<&'a Value>) -> Self {
        match claim {
            None | Some(Value::Null) => Self::Absent,
            Some(Value::Object(members)) => Self::Members(match members.get(THUMBPRINT) {
                None => Thumbprint::Absent,
                Some(Value::String(text)) => Thumbprint::Text(Cow::Borrowed(text)),
                Some(_) => Thumbprint::Other,
            }),
            Some(Value::String(text)) => Self::read_text(text),
            Some(_) => Self::NotObject,
        }
    }

    /// A claim that is JSON as text.
    pub fn read_text(text: &str) -> Confirmation<'static> {
        match serde_json::from_str(text) {
            Ok(Value::Object(mut members)) => Confirmation::Members(match members.remove(THUMBPRINT) {
                None => Thumbprint::Absent,
                Some(Value::String(text)) => Thumbprint::Text(Cow::Owned(text)),
                Some(_) => Thumbprint::Other,
            }),
            Ok(_) => Confirmation::NotObject,
            Err(_) => Confirmation::NotJson,
        }
    }
}
