//! What a call asks for, compiled, and the checks that an application makes by themselves.

use super::client::NativeCore;
use super::failure::NativeFailure;
use super::{guarded, value};
use crate::access;
use crate::access::Requirement;
use crate::certificate::Presented;
use crate::claims::Claims;
use crate::config;
use crate::confirmation;
use crate::error::{Failure, Reason};
use crate::flow::{Checks, Settings};
use napi::bindgen_prelude::{Either, Null, Unknown};
use napi_derive::napi;
use std::sync::Arc;

/// What one route or call asks for, compiled.
#[napi]
pub struct NativeChecks {
    checks: Checks,
}

#[napi]
impl NativeCore {
    /// Compiles what a call asks for. `strict` is for `protect` and `validateAccessToken`, which refuse lists that are
    /// none; the base class's methods take them as the published ones do.
    #[napi]
    pub fn checks(
        &self,
        scopes: Unknown<'_>,
        groups: Unknown<'_>,
        mode: Unknown<'_>,
        strict: bool,
    ) -> napi::Result<Either<NativeChecks, NativeFailure>> {
        let (scopes, groups, mode) = (value::read(scopes)?, value::read(groups)?, value::read(mode)?);
        Ok(match guarded(|| self.compile(scopes, groups, &mode, strict)) {
            Ok(checks) => Either::A(NativeChecks { checks }),
            Err(failure) => Either::B(failure.into()),
        })
    }

    /// `validateAccessTokenClaims`: null when they pass.
    #[napi]
    pub fn check_claims(
        &self,
        claims: String,
        checks: &NativeChecks,
        clock_skew: f64,
        clock_tolerance: f64,
        now: f64,
    ) -> Either<NativeFailure, Null> {
        let settings = Settings::of_clock(clock_skew, clock_tolerance);
        verdict(|| {
            let claims = application_claims(&claims)?;
            let checked = claims.check(&settings.expected(&self.core, now))?;
            access::check(checked, &checks.checks.requirement, &self.core.groups)?;
            Ok(())
        })
    }

    /// `validateCertificateBinding`: null when it passes.
    #[napi]
    pub fn check_binding(
        &self,
        claims: String,
        checks: &NativeChecks,
        certificate: Option<String>,
    ) -> Either<NativeFailure, Null> {
        verdict(|| {
            let claims = application_claims(&claims)?;
            let certificate = presented(certificate, None);
            confirmation::check(claims.vouched(), checks.checks.mode, &certificate)?;
            Ok(())
        })
    }
}

impl NativeCore {
    fn compile(
        &self,
        scopes: config::Value,
        groups: config::Value,
        mode: &config::Value,
        strict: bool,
    ) -> Result<Checks, Failure> {
        let requirement = Requirement::compile(scopes, groups, strict)?;
        let mode = if strict {
            confirmation::mode_for_call(mode, self.core.binding_mode)?
        } else {
            confirmation::named_mode(mode)
        };
        Ok(Checks { of_caller: true, requirement: Arc::new(requirement), mode, certificate: Presented::Absent })
    }
}

impl NativeChecks {
    pub(super) fn presenting(&self, certificate: Option<String>, thumbprint: Option<String>) -> Checks {
        Checks { certificate: presented(certificate, thumbprint), ..self.checks.clone() }
    }
}

/// `thumbprint`: of a certificate that this library has read; it wins.
fn presented(certificate: Option<String>, thumbprint: Option<String>) -> Presented {
    match (thumbprint, certificate) {
        (Some(thumbprint), _) => Presented::Thumbprint(thumbprint),
        (None, Some(text)) => Presented::Text(text),
        (None, None) => Presented::Absent,
    }
}

fn application_claims(text: &str) -> Result<Claims, Failure> {
    let message = "The claims must be an object";
    Claims::from_application(text.as_bytes()).ok_or_else(|| Failure::new(Reason::RequirementInvalid, message))
}

fn verdict(work: impl FnOnce() -> Result<(), Failure>) -> Either<NativeFailure, Null> {
    match guarded(work) {
        Ok(()) => Either::B(Null),
        Err(failure) => Either::A(failure.into()),
    }
}
