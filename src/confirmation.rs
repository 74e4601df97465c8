//! RFC 8705 section 3.1 and RFC 7800: is the presented certificate the one the token is bound to.

use crate::certificate::Presented;
use crate::claims::Checked;
use crate::config::{self, BindingMode};
use crate::error::{Failure, Reason};
use crate::json::Object;
use serde_json::Value;
use subtle::ConstantTimeEq;

const THUMBPRINT: &str = "x5t#S256";

/// What `cnf` turned out to be. A string is read as JSON, as the published SDK does.
enum Confirmation {
    Absent,
    NotJson,
    NotObject,
    Members(Object),
}

/// `None` stands for a mode that asks for nothing, which only the base class has.
pub fn check(claims: Checked<'_>, mode: Option<BindingMode>, certificate: &Presented) -> Result<(), Reason> {
    let confirmation = Confirmation::read(claims.get("cnf"));
    let applies = match mode {
        None | Some(BindingMode::DangerouslyIgnore) => false,
        Some(BindingMode::Required) => true,
        Some(BindingMode::WhenPresent) => match &confirmation {
            Confirmation::Absent => false,
            Confirmation::NotJson | Confirmation::NotObject => true,
            Confirmation::Members(members) => members.contains_key(THUMBPRINT),
        },
    };
    if !applies {
        return Ok(());
    }
    let presented = certificate.thumbprint()?;
    let members = match confirmation {
        Confirmation::Absent => return Err(Reason::ConfirmationMissing),
        Confirmation::NotJson => return Err(Reason::ConfirmationMalformed),
        Confirmation::NotObject => return Err(Reason::ConfirmationNotObject),
        Confirmation::Members(members) => members,
    };
    let bound = members.get(THUMBPRINT).and_then(Value::as_str).filter(|text| !text.is_empty());
    let bound = bound.ok_or(Reason::ThumbprintMissing)?;
    let same: bool = bound.as_bytes().ct_eq(presented.as_bytes()).into();
    if same { Ok(()) } else { Err(Reason::ThumbprintMismatch) }
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

impl Confirmation {
    fn read(claim: Option<&Value>) -> Self {
        match claim {
            None | Some(Value::Null) => Self::Absent,
            Some(Value::Object(members)) => Self::Members(members.clone()),
            Some(Value::String(text)) => match serde_json::from_str(text) {
                Ok(Value::Object(members)) => Self::Members(members),
                Ok(_) => Self::NotObject,
                Err(_) => Self::NotJson,
            },
            Some(_) => Self::NotObject,
        }
    }
}
