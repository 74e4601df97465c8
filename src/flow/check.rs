//! The checks on claims whose origin is proven: the claims themselves with scopes and groups, then the binding.

use super::{Checks, Context, Next, Resume};
use crate::claims::Claims;
use crate::effect::{Answer, Effect, Outcome, Trouble};
use crate::error::Reason;
use crate::{access, confirmation};

pub struct State {
    claims: Option<Claims>,
    text: String,
    checks: Checks,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    Claims,
    Binding,
}

impl State {
    pub fn new(claims: Claims, text: String, checks: Checks) -> Self {
        Self { claims: Some(claims), text, checks, stage: Stage::Claims }
    }

    pub fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Result<Next, Trouble> {
        match (self.stage, resume) {
            (Stage::Claims, Resume::Start) => self.check_claims(context),
            (_, Resume::Answer(Answer::Threw(thrown))) => Err(Trouble::Rethrow(thrown)),
            (Stage::Claims, Resume::Answer(_)) => self.check_binding(context),
            (Stage::Binding, Resume::Answer(_)) => self.finish(),
            (_, Resume::Start | Resume::Returned(_)) => Err(Reason::Internal.into()),
        }
    }

    fn check_claims(&mut self, context: &Context<'_>) -> Result<Next, Trouble> {
        if context.settings.overrides.check_claims {
            let (claims, of_caller) = (self.text.clone(), self.checks.of_caller);
            return Ok(Next::Ask(Effect::CheckClaims { claims, of_caller }));
        }
        let checked = self.claims()?.check(&context.settings.expected(context.core, context.now.wall))?;
        access::check(checked, &self.checks.requirement, &context.core.groups)?;
        self.check_binding(context)
    }

    fn check_binding(&mut self, context: &Context<'_>) -> Result<Next, Trouble> {
        self.stage = Stage::Binding;
        let checks = &self.checks;
        if context.settings.overrides.check_binding {
            let (claims, of_caller, mode) = (self.text.clone(), checks.of_caller, checks.mode);
            return Ok(Next::Ask(Effect::CheckBinding { claims, of_caller, mode }));
        }
        confirmation::check(self.claims()?.vouched(), checks.mode, &checks.certificate)?;
        self.finish()
    }

    fn finish(&mut self) -> Result<Next, Trouble> {
        let claims = self.claims.take().ok_or(Reason::Internal)?;
        Ok(Next::Return(Ok(Outcome::Claims(claims, std::mem::take(&mut self.text)))))
    }

    fn claims(&self) -> Result<&Claims, Reason> {
        self.claims.as_ref().ok_or(Reason::Internal)
    }
}
