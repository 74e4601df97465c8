//! What `clientCertAuth` asks of certificates, as JavaScript holds it.

use super::certificate::NativeCertificate;
use super::certificate_source::NativeCertificateSource;
use super::{guarded, value};
use crate::certificate::identity::Identity;
use crate::certificate::problem::{self, Problem};
use crate::certificate::requirement::{Refusal, Requirement};
use crate::json::{self, Document};
use napi::bindgen_prelude::{Either, Object};
use napi_derive::napi;

/// The options of `clientCertAuth`, compiled.
#[napi]
pub struct NativeCertificateRequirement {
    requirement: Requirement,
}

/// An answer of `application/problem+json`.
#[napi(object)]
pub struct NativeProblem {
    pub status: u32,
    pub body: String,
}

#[napi]
impl NativeCertificateRequirement {
    /// Gives the message of a TypeError when an option is wrong.
    #[napi]
    pub fn create(
        options: Object<'_>,
        source: &NativeCertificateSource,
    ) -> napi::Result<Either<NativeCertificateRequirement, String>> {
        if let Some(name) = Requirement::unknown(&Object::keys(&options)?) {
            return Ok(Either::B(format!("clientCertAuth(): unknown option '{name}'")));
        }
        let options = value::read_members(&options, &Requirement::MEMBERS)?;
        Ok(match Requirement::compile(&options, source.source.verification()) {
            Ok(requirement) => Either::A(Self { requirement }),
            Err(message) => Either::B(message),
        })
    }

    /// What the operator should know about the options, if there is anything.
    #[napi(getter)]
    pub fn warning(&self) -> Option<String> {
        self.requirement.warning.clone()
    }

    /// A certificate in a proxy's header counts as verified.
    #[napi(getter)]
    pub fn verifies_headers(&self) -> bool {
        self.requirement.verifies_headers
    }

    /// The reason code of the refusal; nothing when the certificate passes. `now` in seconds since the epoch.
    #[napi]
    pub fn check(&self, certificate: &NativeCertificate, verified: bool, now: f64) -> Option<String> {
        refused(|| self.requirement.check(&Identity::of_certificate(&certificate.chain.leaf, verified), now))
    }

    /// As `check`, of the JSON of a ClientCertificate with dates in milliseconds since the epoch.
    #[napi]
    pub fn check_description(&self, description: String, now: f64) -> Option<String> {
        refused(|| {
            let Document::Object(description) = json::read(description.as_bytes()) else {
                return Err(Refusal::Missing);
            };
            self.requirement.check(&Identity::of_description(&description), now)
        })
    }

    /// The answer to a refusal: of the reason code of a check, or of anything else when there is no certificate.
    /// `request` is the UUID that the answer names.
    #[napi]
    pub fn answer(&self, reason: String, request: String) -> NativeProblem {
        let known = Refusal::ALL.into_iter().find(|refusal| refusal.code() == reason);
        problem::to_refusal(known.unwrap_or(Refusal::Missing), &self.requirement.message, &request).into()
    }
}

/// The answer when a function of the application threw.
#[napi]
pub fn answer_to_exception(request: String) -> NativeProblem {
    problem::to_exception(&request).into()
}

/// After a panic nobody passes.
fn refused(check: impl FnOnce() -> Result<(), Refusal>) -> Option<String> {
    let verdict = guarded(|| Ok(check())).unwrap_or(Err(Refusal::Missing));
    verdict.err().map(|refusal| refusal.code().to_owned())
}

impl From<Problem> for NativeProblem {
    fn from(problem: Problem) -> Self {
        Self { status: problem.status.into(), body: problem.body }
    }
}
