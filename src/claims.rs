//! RFC 7519 section 4.1 and RFC 9068 section 4: the registered claims of an access token.

use crate::error::Reason;
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
        let Expected { issuer, audience, clock } = expected;
        if self.get("iss").and_then(Value::as_str) != Some(issuer) {
            return Err(Reason::IssuerMismatch);
        }
        if self.get("sub").is_some_and(|sub| !sub.is_string() && json::is_truthy(sub)) {
            return Err(Reason::SubjectInvalid);
        }
        let has_audience = match self.get("aud") {
            Some(Value::Array(list)) => list.contains(audience),
            Some(aud) => aud.is_string() && aud == *audience,
            None => false,
        };
        if !has_audience {
            return Err(Reason::AudienceMismatch);
        }
        let current = clock.now + clock.skew;
        if let Some(exp) = self.get("exp") {
            let exp = exp.as_f64().ok_or(Reason::ExpirationType)?;
            // A clock that is no number refuses.
            let alive = exp > current - clock.tolerance;
            if !alive {
                return Err(Reason::Expired);
            }
        }
        if let Some(nbf) = self.get("nbf") {
            let nbf = nbf.as_f64().ok_or(Reason::NotBeforeType)?;
            let begun = nbf <= current + clock.tolerance;
            if !begun {
                return Err(Reason::NotYetValid);
            }
        }
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
