//! RFC 7519 section 4.1 and RFC 9068 section 4: the registered claims of an access token.

pub mod borrowed;

use crate::error::Reason;
use crate::interval::Interval;
use crate::json::{self, Document, Object};
use serde_json::Value;

/// Claims whose origin is proven: a good signature, or the tenant's own introspection answer. Not yet checked.
pub struct Claims(Object);

/// Claims that passed [`Claims::check`]: what access and confirmation decide on.
#[derive(Clone, Copy)]
pub struct Checked<'a>(&'a Object);

/// The moment of a check, in seconds since the epoch, as the caller's clock tells it.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    /// `Math.floor(Date.now() / 1000)`.
    pub now: f64,
    /// Added to `now`: how far this clock is behind the tenant's.
    pub skew: f64,
    /// Granted on both ends of a token's life.
    pub tolerance: f64,
}

/// What the claims are compared with.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub audience: &'a Value,
    pub clock: Clock,
}

impl Claims {
    pub fn from_verified(object: Object) -> Self {
        Self(object)
    }

    /// The `active: true` answer of RFC 7662 section 2.2, without `active`.
    pub fn from_introspection(object: Object) -> Self {
        Self(object)
    }

    /// Claims that the application vouches for: a cache entry, or an argument of a public method.
    pub fn from_application(text: &[u8]) -> Option<Self> {
        match json::read(text) {
            Document::Object(object) => Some(Self(object)),
            Document::Other | Document::Malformed => None,
        }
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub fn object(&self) -> &Object {
        &self.0
    }

    /// The claims as JSON text.
    pub fn text(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// The checks of issuer, subject, audience, expiration and not-before, in that order.
    pub fn check(&self, expected: &Expected<'_>) -> Result<Checked<'_>, Reason> {
        let date = |name: &str| match self.get(name) {
            None => Date::Absent,
            Some(value) => value.as_f64().map_or(Date::Malformed, Date::At),
        };
        let registered = Registered {
            issuer: self.get("iss").and_then(Value::as_str),
            subject_fits: self.get("sub").is_none_or(|sub| sub.is_string() || !json::is_truthy(sub)),
            names_audience: match self.get("aud") {
                Some(Value::Array(list)) => list.contains(expected.audience),
                Some(aud) => aud.is_string() && aud == expected.audience,
                None => false,
            },
            expiration: date("exp"),
            not_before: date("nbf"),
        };
        registered.check(expected.issuer, expected.clock)?;
        Ok(Checked(&self.0))
    }

    /// For the public method that checks only a certificate binding: the application has checked the rest.
    pub fn vouched(&self) -> Checked<'_> {
        Checked(&self.0)
    }
}

impl Checked<'_> {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

/// The registered claims as the checks see them, whoever has read them.
pub struct Registered<'a> {
    /// When it is a string.
    pub issuer: Option<&'a str>,
    /// It is a string, or not there as the published SDK sees it.
    pub subject_fits: bool,
    /// The expected audience is the claim, or an element of it.
    pub names_audience: bool,
    pub expiration: Date,
    pub not_before: Date,
}

/// RFC 7519 section 2: a NumericDate, seconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Date {
    Absent,
    At(f64),
    /// No number.
    Malformed,
}

impl Registered<'_> {
    pub fn check(&self, issuer: &str, clock: Clock) -> Result<(), Reason> {
        if self.issuer != Some(issuer) {
            return Err(Reason::IssuerMismatch);
        }
        if !self.subject_fits {
            return Err(Reason::SubjectInvalid);
        }
        if !self.names_audience {
            return Err(Reason::AudienceMismatch);
        }
        match self.expiration {
            Date::Malformed => return Err(Reason::ExpirationType),
            Date::At(expiration) if !clock.is_before(expiration) => return Err(Reason::Expired),
            Date::At(_) | Date::Absent => {}
        }
        match self.not_before {
            Date::Malformed => Err(Reason::NotBeforeType),
            Date::At(not_before) if !clock.has_reached(not_before) => Err(Reason::NotYetValid),
            Date::At(_) | Date::Absent => Ok(()),
        }
    }

    /// When claims that pass now pass, by this clock's skew and tolerance.
    pub fn holds(&self, clock: Clock) -> Interval {
        let until = match self.expiration {
            Date::At(expiration) => {
                let near = expiration - clock.skew + clock.tolerance;
                Interval::ending(near, |now| Clock { now, ..clock }.is_before(expiration))
            }
            Date::Absent | Date::Malformed => Interval::ALWAYS,
        };
        until.and(match self.not_before {
            Date::At(not_before) => {
                let near = not_before - clock.skew - clock.tolerance;
                Interval::beginning(near, |now| Clock { now, ..clock }.has_reached(not_before))
            }
            Date::Absent | Date::Malformed => Interval::ALWAYS,
        })
    }
}

/// A clock that is no number refuses either way.
impl Clock {
    pub fn is_before(self, expiration: f64) -> bool {
        expiration > self.now + self.skew - self.tolerance
    }

    fn has_reached(self, not_before: f64) -> bool {
        not_before <= self.now + self.skew + self.tolerance
    }
}
