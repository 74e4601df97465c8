//! Where a request's client certificate comes from: options, validated once, and the reading of a request by them.

mod auth;
mod form;
mod header;
mod memo;
mod mtls;
mod option;
mod presented;
mod preset;
mod proxies;
mod resolver;
mod verification;

#[cfg(test)]
mod costs;
#[cfg(test)]
mod tests;

pub use form::{Form, HEADER_MEMBERS};
pub use option::OptionError;
pub use presented::{Presented, Reason};
pub use preset::presets_json;
pub use verification::Verification;

use super::header::{Refusal, Structured, Which};
use crate::config::Value;
use header::HeaderSource;
use option::Options;
use proxies::TrustedProxies;

pub struct Source {
    names: Vec<String>,
    kind: Kind,
    /// Every peer, when nothing is said.
    proxies: Option<TrustedProxies>,
    /// The TLS socket may stand in for a header that gives nothing.
    fallback: bool,
    tolerance: Option<f64>,
    require_authorized: bool,
}

enum Kind {
    Tls,
    /// The event of a function.
    Event,
    Header(HeaderSource),
    Structured(Structured),
}

impl Source {
    pub fn compile(options: &Value, form: Form) -> Result<Self, OptionError> {
        let options = Options::new(options, form.prefix());
        match form {
            Form::Auth => auth::compile(&options),
            Form::Resolver => resolver::compile(&options),
            Form::Mtls => mtls::compile(&options),
        }
    }

    /// Lower-case names of the headers that [`Self::read`] wants to see, in its order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// `tls`, `header` or `lambda`.
    pub const fn kind(&self) -> &'static str {
        match self.kind {
            Kind::Tls => "tls",
            Kind::Event => "lambda",
            Kind::Header(_) | Kind::Structured(_) => "header",
        }
    }

    /// Headers are read, and `trustedProxies` was left out.
    pub const fn trusts_everybody(&self) -> bool {
        self.proxies.is_none() && matches!(self.kind, Kind::Header(_) | Kind::Structured(_))
    }

    /// Whether a certificate of the TLS socket counts only where the server authorised it.
    pub const fn require_authorized(&self) -> bool {
        self.require_authorized
    }

    /// By how many seconds a certificate may be out of its dates; nothing when nobody looks.
    pub const fn tolerance(&self) -> Option<f64> {
        self.tolerance
    }

    /// What a request presents. `lines` has the lines of each header in the order of [`Self::names`], `peer` is the
    /// address of the other end of the connection, `now` in seconds since the epoch.
    pub fn read(&self, lines: &[Vec<String>], peer: Option<&str>, now: f64) -> Presented {
        if matches!(self.kind, Kind::Tls | Kind::Event) {
            return Presented::elsewhere();
        }
        let trusted = self.proxies.as_ref().is_none_or(|proxies| proxies.contains(peer));
        let mut presented = match &self.kind {
            _ if !trusted => Presented::refused(Refusal::UntrustedPeer, true),
            Kind::Header(source) => source.read(lines),
            Kind::Structured(source) => source
                .read(lines)
                .map_or_else(|refusal| Presented::refused(refusal, refusal != Refusal::Repeated), Presented::text),
            Kind::Tls | Kind::Event => Presented::elsewhere(),
        };
        presented.fallback &= self.fallback;
        if let (Some(chain), Some(tolerance)) = (&presented.chain, self.tolerance) {
            presented.reason = Reason::of(chain.leaf.validity_at(now, tolerance));
        }
        presented
    }

    /// One value of `X-Forwarded-Client-Cert`, whoever sent it; dates are not looked at.
    pub fn read_forwarded(value: &str, element: Option<&str>, allow_text: bool) -> Presented {
        HeaderSource::forwarded(element.and_then(Which::named), allow_text).read(&[vec![value.to_owned()]])
    }
}
