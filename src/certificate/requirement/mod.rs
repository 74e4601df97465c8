//! What `clientCertAuth` asks of a client certificate, in the order in which it asks.

mod option;
mod refusal;

#[cfg(test)]
mod tests;

pub use refusal::Refusal;

use super::allow::{AllowList, Kind};
use super::identity::Identity;
use super::source::{Form, Verification};
use crate::config::Value;
use option::{Options, error};

/// Compiled options; a wrong one gives the message of a TypeError.
pub struct Requirement {
    verified: bool,
    validity: bool,
    /// Seconds.
    clock_tolerance: f64,
    subjects: Option<AllowList>,
    issuers: Option<AllowList>,
    fingerprints: Option<AllowList>,
    names: Option<AllowList>,
    /// A certificate in a proxy's header counts as verified.
    pub verifies_headers: bool,
    /// `detail` of the refusal.
    pub message: String,
    /// For the operator.
    pub warning: Option<String>,
}

const MESSAGE: &str = "Client certificate not permitted";

const UNVERIFIED: &str = "clientCertAuth(): nothing says whether the proxy has verified the certificate; set verifyHeader \
    and verifyValue, or requireVerified: false if it lets no other certificate pass";

impl Requirement {
    /// The members of the options that it reads.
    pub const MEMBERS: [&str; 12] = [
        "requireVerified",
        "checkValidity",
        "clockTolerance",
        "allowSubjectCNs",
        "allowIssuerCNs",
        "allowFingerprints",
        "allowSha1",
        "allowSANs",
        "message",
        "stateKey",
        "resolve",
        "verify",
    ];

    /// Gives the first of an application's options that nobody reads: a list under a wrong name would admit everybody.
    pub fn unknown(names: &[String]) -> Option<&str> {
        let known = |name: &str| Self::MEMBERS.contains(&name) || Form::Mtls.members().contains(&name);
        names.iter().map(String::as_str).find(|name| !known(name))
    }

    /// `verification`: who says that a certificate has been verified.
    pub fn compile(options: &[(String, Value)], verification: Verification) -> Result<Self, String> {
        let options = Options(options);
        if options.text("stateKey")? == Some("__proto__") {
            return Err(error("stateKey", "must not be __proto__"));
        }
        options.function("resolve")?;
        options.function("verify")?;
        let allow_sha1 = options.boolean("allowSha1", false)?;
        let fingerprints = options.list("allowFingerprints", Kind::Fingerprints { allow_sha1 })?;
        let verified = options.boolean("requireVerified", true)?;
        if verified && verification == Verification::Nobody {
            return Err(UNVERIFIED.to_owned());
        }
        let warning = fingerprints.as_ref().and_then(|list| list.warning("clientCertAuth(): allowFingerprints"));
        Ok(Self {
            verified,
            verifies_headers: verification == Verification::Proxy,
            validity: options.boolean("checkValidity", true)?,
            clock_tolerance: options.seconds("clockTolerance")?,
            subjects: options.list("allowSubjectCNs", Kind::Texts)?,
            issuers: options.list("allowIssuerCNs", Kind::Texts)?,
            fingerprints,
            names: options.list("allowSANs", Kind::AlternativeNames { case_sensitive: true })?,
            message: options.text("message")?.unwrap_or(MESSAGE).to_owned(),
            warning,
        })
    }

    /// `now` in seconds since the epoch.
    pub fn check(&self, identity: &Identity, now: f64) -> Result<(), Refusal> {
        if self.verified && !identity.verified {
            return Err(Refusal::NotVerified);
        }
        if self.validity {
            self.check_validity(identity, now)?;
        }
        for (list, values, refusal) in [
            (&self.subjects, &identity.subjects, Refusal::Subject),
            (&self.issuers, &identity.issuers, Refusal::Issuer),
            (&self.fingerprints, &identity.fingerprints, Refusal::Fingerprint),
            (&self.names, &identity.names, Refusal::Name),
        ] {
            if list.as_ref().is_some_and(|list| !list.admits(values, &[])) {
                return Err(refusal);
            }
        }
        Ok(())
    }

    /// RFC 5280 section 4.1.2.5: both ends belong to it. What is no time is not in it.
    fn check_validity(&self, identity: &Identity, now: f64) -> Result<(), Refusal> {
        let in_time = |refused: bool, refusal| if refused { Err(refusal) } else { Ok(()) };
        let begun = |start: f64| now + self.clock_tolerance >= start;
        let over = |end: f64| now - self.clock_tolerance <= end;
        in_time(identity.not_before.is_some_and(|start| !begun(start)), Refusal::NotYetValid)?;
        in_time(identity.not_after.is_some_and(|end| !over(end)), Refusal::Expired)
    }
}
