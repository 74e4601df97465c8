//! The whole decision about a JWT, when its keys are at hand and no method is overridden, without building anything.
//! Decides as [`super::accept`] does.

use super::{Checks, Settings, check_token};
use crate::access;
use crate::claims::borrowed::{Fault, Question};
use crate::core::Core;
use crate::error::Reason;
use crate::interval::Interval;
use crate::jose::algorithm::Algorithm;
use crate::jose::candidate::Candidate;
use crate::jose::jwks::KeySet;
use crate::jose::octets::Octets;
use crate::verdicts::Verdicts;
use serde_json::Value;

/// A validation that needs nothing but its arguments.
pub struct Direct<'d> {
    core: &'d Core,
    settings: &'d Settings,
    checks: &'d Checks,
    keys: &'d KeySet,
    verdicts: Option<&'d Verdicts>,
    now: f64,
    question: Question<'d>,
}

/// Room for a decoded payload; most fit in here.
pub type Payload = Octets<1024>;

/// A token that passed.
pub struct Passed<'p> {
    /// The payload, which is JSON text.
    pub text: &'p str,
    /// The token has come before, and is known now: what is said of it is worth remembering.
    pub known: bool,
    /// When the same checks pass by the same settings and keys.
    pub holds: Interval,
    /// It depends on the certificate that was presented.
    pub bound: bool,
}

impl<'d> Direct<'d> {
    /// Nothing when only [`super::accept`] can tell.
    pub fn new(
        core: &'d Core,
        settings: &'d Settings,
        checks: &'d Checks,
        keys: &'d KeySet,
        verdicts: Option<&'d Verdicts>,
        now: f64,
    ) -> Option<Self> {
        let Value::String(audience) = &core.audience else { return None };
        let question = Question::new(audience, &core.groups, &checks.requirement)?;
        Some(Self { core, settings, checks, keys, verdicts, now, question })
    }

    pub fn accept<'p>(&self, token: &str, payload: &'p mut Payload) -> Result<Passed<'p>, Reason> {
        self.accept_unless(token, payload, |_| false)?.ok_or(Reason::Internal)
    }

    /// Nothing when the signature has to be checked and `put_off` says that this is not the place to do it.
    pub fn accept_unless<'p>(
        &self,
        token: &str,
        payload: &'p mut Payload,
        put_off: impl FnOnce(Algorithm) -> bool,
    ) -> Result<Option<Passed<'p>>, Reason> {
        check_token(token)?;
        let candidate = Candidate::parse(token, self.keys)?;
        let known = self.verdicts.is_some_and(|verdicts| verdicts.knows(token, &candidate));
        if !known {
            if put_off(candidate.algorithm) {
                return Ok(None);
            }
            candidate.verify()?;
        }
        self.conclude(token, &candidate, known, payload).map(Some)
    }

    /// What is left once the signature is good; `known` if that was so before.
    fn conclude<'p>(
        &self,
        token: &str,
        candidate: &Candidate<'_, '_>,
        known: bool,
        payload: &'p mut Payload,
    ) -> Result<Passed<'p>, Reason> {
        let octets = payload.fill(candidate.payload()).ok_or(Reason::JwtPayloadMalformed)?;
        let text = std::str::from_utf8(octets).map_err(|_| Reason::JwtPayloadMalformed)?;
        let seen = self.question.read(text).map_err(|fault| match fault {
            Fault::Other => Reason::JwtPayloadNotObject,
            Fault::Malformed => Reason::JwtPayloadMalformed,
        })?;
        let (registered, confirmation) = (seen.registered(), seen.confirmation());
        let clock = self.settings.clock(self.now);
        registered.check(&self.core.issuer, clock)?;
        let Checks { requirement, mode, certificate, .. } = self.checks;
        access::check_scopes(seen.scope(), &requirement.scopes)?;
        access::check_groups(seen.groups(), &requirement.groups)?;
        confirmation.check(*mode, certificate)?;
        let known = known || self.verdicts.is_some_and(|verdicts| verdicts.learn(token, candidate));
        let holds = if known { registered.holds(clock) } else { Interval::NEVER };
        let bound = confirmation.asks_for_a_certificate(*mode);
        Ok(Passed { text, known, holds, bound })
    }
}
