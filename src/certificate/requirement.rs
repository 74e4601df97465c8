//! What `clientCertAuth` asks of a client certificate, in the order in which it asks.

use super::allow::{AllowList, Kind};
use super::identity::Identity;
use super::source::{Form, Verification};
use crate::config::Value;
use crate::text::is_blank;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Missing,
    NotVerified,
    Expired,
    NotYetValid,
    Subject,
    Issuer,
    Fingerprint,
    Name,
    /// `verify` of the application.
    Application,
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

impl Refusal {
    pub const ALL: [Self; 9] = [
        Self::Missing,
        Self::NotVerified,
        Self::Expired,
        Self::NotYetValid,
        Self::Subject,
        Self::Issuer,
        Self::Fingerprint,
        Self::Name,
        Self::Application,
    ];

    /// Stable, for operators.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "certificate_missing",
            Self::NotVerified => "certificate_not_verified",
            Self::Expired => "certificate_expired",
            Self::NotYetValid => "certificate_not_yet_valid",
            Self::Subject => "certificate_subject_not_allowed",
            Self::Issuer => "certificate_issuer_not_allowed",
            Self::Fingerprint => "certificate_fingerprint_not_allowed",
            Self::Name => "certificate_name_not_allowed",
            Self::Application => "certificate_refused_by_application",
        }
    }
}

struct Options<'a>(&'a [(String, Value)]);

impl<'a> Options<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        let value = self.0.iter().find(|(member, _)| member == name).map(|(_, value)| value);
        value.filter(|value| !matches!(value, Value::Undefined))
    }

    fn boolean(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(value)) => Ok(*value),
            Some(_) => Err(error(name, "must be a boolean")),
        }
    }

    fn seconds(&self, name: &str) -> Result<f64, String> {
        match self.get(name) {
            None => Ok(0.0),
            Some(Value::Number(value)) if value.is_finite() && *value >= 0.0 => Ok(*value),
            Some(_) => Err(error(name, "must be a number of seconds, not negative")),
        }
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !is_blank(text) => Ok(Some(text)),
            Some(_) => Err(error(name, "must be a non-empty string")),
        }
    }

    fn function(&self, name: &str) -> Result<(), String> {
        match self.get(name) {
            None | Some(Value::Function) => Ok(()),
            Some(_) => Err(error(name, "must be a function")),
        }
    }

    /// `None` admits everybody, so null is no list.
    fn list(&self, name: &str, kind: Kind) -> Result<Option<AllowList>, String> {
        let compile = |list| AllowList::compile(kind, &format!("clientCertAuth(): {name}"), list);
        self.get(name).map(compile).transpose()
    }
}

fn error(name: &str, rule: &str) -> String {
    format!("clientCertAuth(): {name} {rule}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_000_000.0;

    fn list(texts: &[&str]) -> Value {
        Value::Array(texts.iter().map(|text| Value::String((*text).to_owned())).collect())
    }

    fn compiled(options: &[(&str, Value)]) -> Requirement {
        let options: Vec<_> = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Requirement::compile(&options, Verification::Socket).unwrap()
    }

    fn identity() -> Identity {
        Identity {
            verified: true,
            not_before: Some(NOW - 10.0),
            not_after: Some(NOW + 10.0),
            subjects: vec!["svc-a".into(), "second".into()],
            issuers: vec!["Root".into()],
            fingerprints: vec!["ab".repeat(32)],
            names: vec!["DNS:svc.example".into(), "URI:spiffe://x/y".into()],
        }
    }

    /// A certificate with every fault at once is mended one by one.
    #[test]
    fn the_order_of_the_checks() {
        let requirement = compiled(&[
            ("allowSubjectCNs", list(&["svc-a"])),
            ("allowIssuerCNs", list(&["Root"])),
            ("allowFingerprints", list(&["AB:".repeat(32).trim_end_matches(':')])),
            ("allowSANs", list(&["svc.example"])),
        ]);
        let good = identity();
        let mut bad = Identity { not_before: Some(NOW + 1.0), ..Identity::default() };
        let refused = |bad: &Identity| requirement.check(bad, NOW).err();
        assert_eq!(refused(&bad), Some(Refusal::NotVerified));
        bad.verified = true;
        assert_eq!(refused(&bad), Some(Refusal::NotYetValid));
        bad.not_before = None;
        bad.not_after = Some(NOW - 1.0);
        assert_eq!(refused(&bad), Some(Refusal::Expired));
        bad.not_after = None;
        assert_eq!(refused(&bad), Some(Refusal::Subject));
        bad.subjects = good.subjects;
        assert_eq!(refused(&bad), Some(Refusal::Issuer));
        bad.issuers = good.issuers;
        assert_eq!(refused(&bad), Some(Refusal::Fingerprint));
        bad.fingerprints = good.fingerprints;
        assert_eq!(refused(&bad), Some(Refusal::Name));
        bad.names = good.names;
        assert_eq!(refused(&bad), None);
    }

    #[test]
    fn an_empty_list_admits_nobody_and_an_absent_one_everybody() {
        assert_eq!(compiled(&[]).check(&identity(), NOW), Ok(()));
        assert_eq!(compiled(&[("allowSubjectCNs", Value::Undefined)]).check(&identity(), NOW), Ok(()));
        for (name, refusal) in [
            ("allowSubjectCNs", Refusal::Subject),
            ("allowIssuerCNs", Refusal::Issuer),
            ("allowFingerprints", Refusal::Fingerprint),
            ("allowSANs", Refusal::Name),
        ] {
            assert_eq!(compiled(&[(name, list(&[]))]).check(&identity(), NOW), Err(refusal));
        }
    }

    #[test]
    fn names_are_exact_or_bare_and_case_counts() {
        for (entry, admitted) in [
            ("DNS:svc.example", true),
            ("svc.example", true),
            ("spiffe://x/y", true),
            ("SVC.example", false),
            ("URI:svc.example", false),
            ("//x/y", false),
        ] {
            assert_eq!(compiled(&[("allowSANs", list(&[entry]))]).check(&identity(), NOW).is_ok(), admitted, "{entry}");
        }
    }

    #[test]
    fn the_clock_has_its_tolerance_and_no_time_is_no_valid_one() {
        let until = |end: f64| Identity { not_after: Some(end), ..identity() };
        let tolerant = compiled(&[("clockTolerance", Value::Number(5.0))]);
        assert_eq!(tolerant.check(&until(NOW - 5.0), NOW), Ok(()));
        assert_eq!(tolerant.check(&until(NOW - 6.0), NOW), Err(Refusal::Expired));
        assert_eq!(compiled(&[]).check(&until(NOW), NOW), Ok(()));
        assert_eq!(compiled(&[]).check(&until(f64::NAN), NOW), Err(Refusal::Expired));
        let unchecked = compiled(&[("checkValidity", Value::Bool(false)), ("requireVerified", Value::Bool(false))]);
        assert_eq!(unchecked.check(&Identity { verified: false, ..until(0.0) }, NOW), Ok(()));
    }

    #[test]
    fn wrong_options_are_refused_by_name() {
        for (row, (name, value)) in [
            ("requireVerified", Value::String("false".into())),
            ("checkValidity", Value::Null),
            ("allowSha1", Value::Number(1.0)),
            ("clockTolerance", Value::Number(-1.0)),
            ("clockTolerance", Value::Number(f64::NAN)),
            ("message", Value::String(String::new())),
            ("stateKey", Value::Number(1.0)),
            ("stateKey", Value::String("__proto__".into())),
            ("verify", Value::Bool(true)),
            ("resolve", Value::Object(Vec::new())),
            ("allowSubjectCNs", Value::String("svc-a".into())),
            ("allowSubjectCNs", Value::Null),
            ("allowFingerprints", list(&["no fingerprint"])),
        ]
        .into_iter()
        .enumerate()
        {
            let error = Requirement::compile(&[(name.to_owned(), value)], Verification::Socket).err();
            let start = format!("clientCertAuth(): {name} ");
            assert!(error.is_some_and(|text| text.starts_with(&start)), "{row}: {name}");
        }
    }

    #[test]
    fn a_header_without_a_word_of_verification_is_no_configuration() {
        for (verification, required, accepted) in [
            (Verification::Nobody, true, Err(UNVERIFIED.to_owned())),
            (Verification::Nobody, false, Ok(false)),
            (Verification::Proxy, true, Ok(true)),
            (Verification::Socket, true, Ok(false)),
            (Verification::Text, true, Ok(false)),
        ] {
            let options = [("requireVerified".to_owned(), Value::Bool(required))];
            let verdict = Requirement::compile(&options, verification).map(|requirement| requirement.verifies_headers);
            assert_eq!(verdict, accepted, "{verification:?} {required}");
        }
    }

    #[test]
    fn a_list_under_a_wrong_name_is_found() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(Requirement::unknown(&names(&["source", "allowSANs", "header", "verify"])), None);
        assert_eq!(Requirement::unknown(&names(&["source", "allowSubjectCN"])), Some("allowSubjectCN"));
    }

    #[test]
    fn codes_are_distinct() {
        let mut codes: Vec<_> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Refusal::ALL.len());
    }
}
