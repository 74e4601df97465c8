//! The machine: an operation starts, says what it needs, is answered, and ends. It performs no I/O and reads no clock.
//!
//! Operations call each other as the public methods do. A method that the application has overridden becomes an
//! effect; the class's own runs here, one frame above its caller.

mod access_token;
pub mod cached;
mod check;
mod context;
pub mod direct;
mod document;
mod introspect;
pub mod judge;
mod jwt;
mod ready;
mod settings;

pub use access_token::validates_locally;
pub use introspect::read_metadata;
pub use jwt::accept;
pub use settings::{Overrides, Settings, Supplied};

use context::Context;

use crate::access::Requirement;
use crate::certificate::Presented;
use crate::claims::Claims;
use crate::config::BindingMode;
use crate::core::Core;
use crate::document::Kind;
use crate::effect::{Answer, Effect, Outcome, Trouble, Wanted};
use crate::error::Reason;
use crate::stats::Observed;
use crate::supply::{Demand, Moment};
use std::cell::Cell;
use std::sync::Arc;

/// What a token is checked for besides its own validity.
#[derive(Clone, Default)]
pub struct Checks {
    /// These are the checks that the operation was called with.
    pub of_caller: bool,
    pub requirement: Arc<Requirement>,
    /// `None` skips the certificate binding.
    pub mode: Option<BindingMode>,
    pub certificate: Presented,
}

/// A public method and its arguments.
pub enum Operation {
    Document {
        kind: Kind,
        demand: Demand,
    },
    ValidateJwt {
        token: String,
        checks: Checks,
        jwks: Option<String>,
    },
    Introspect {
        token: String,
        checks: Checks,
    },
    ValidateAccessToken {
        token: String,
        checks: Checks,
    },
    /// Gets what validations will need. Ends without a value.
    Ready,
    /// What the three validations end with: claims of proven origin meet what they are checked for.
    Check {
        claims: Claims,
        text: String,
        checks: Checks,
    },
}

/// What the driver has to do next.
pub enum Step {
    Need(Effect),
    Done(Outcome),
    Failed(Trouble),
}

pub struct Flow {
    core: Arc<Core>,
    settings: Settings,
    frames: Vec<Frame>,
    /// What the effect of the last step takes; nothing once the operation has ended.
    wanted: Option<Wanted>,
    /// The operation is a validation, whose end is counted.
    validates: bool,
    /// An overridden validation decides, and counts itself if it is one of ours.
    delegated: bool,
    /// What the last answer said, for operators.
    observed: Cell<Observed>,
}

/// One operation under way.
enum Frame {
    Document(document::State),
    Jwt(jwt::State),
    Introspect(introspect::State),
    AccessToken(access_token::State),
    Ready(ready::State),
    Check(check::State),
}

/// What a frame is resumed with.
enum Resume {
    Start,
    Answer(Answer),
    Returned(Result<Outcome, Trouble>),
}

/// What a frame does next.
enum Next {
    Ask(Effect),
    /// Goes on when the operation has ended.
    Call(Operation),
    /// Ends as that operation ends.
    Become(Operation),
    Return(Result<Outcome, Trouble>),
}

impl Flow {
    pub fn start(core: Arc<Core>, settings: Settings, operation: Operation, now: impl Into<Moment>) -> (Self, Step) {
        let validates = operation.validates();
        let (frames, observed) = (vec![Frame::new(operation)], Cell::default());
        let mut flow = Self { core, settings, frames, wanted: None, validates, delegated: false, observed };
        let step = flow.run(Resume::Start, now.into());
        (flow, step)
    }

    /// Goes on with the answer to the effect of the last step. An answer of another kind, or to nothing, ends the
    /// operation: no decision rests on it.
    pub fn answer(&mut self, answer: Answer, now: impl Into<Moment>) -> Step {
        if !self.wanted.take().is_some_and(|wanted| wanted.admits(&answer)) {
            self.frames.clear();
            return Step::Failed(Reason::Internal.into());
        }
        self.run(Resume::Answer(answer), now.into())
    }

    /// What the last answer said, for operators; no decision rests on it.
    pub fn observed(&self) -> Observed {
        self.observed.get()
    }

    fn run(&mut self, resume: Resume, now: Moment) -> Step {
        self.observed.set(Observed::default());
        let delegated = std::mem::take(&mut self.delegated);
        let step = self.advance(resume, now);
        if self.validates && !delegated {
            self.core.stats.validated(&step);
        }
        step
    }

    fn advance(&mut self, mut resume: Resume, now: Moment) -> Step {
        loop {
            let context = Context { core: &self.core, settings: &self.settings, now, observed: &self.observed };
            let Some(frame) = self.frames.last_mut() else {
                return Step::Failed(Reason::Internal.into());
            };
            match frame.resume(resume, &context) {
                Next::Ask(effect) => {
                    self.wanted = Some(effect.wanted());
                    self.delegated = matches!(effect, Effect::ValidateJwt { .. });
                    return Step::Need(effect);
                }
                Next::Call(operation) => {
                    self.frames.push(Frame::new(operation));
                    resume = Resume::Start;
                }
                Next::Become(operation) => {
                    *frame = Frame::new(operation);
                    resume = Resume::Start;
                }
                Next::Return(result) => {
                    self.frames.pop();
                    if self.frames.is_empty() {
                        return match result {
                            Ok(outcome) => Step::Done(outcome),
                            Err(trouble) => Step::Failed(trouble),
                        };
                    }
                    resume = Resume::Returned(result);
                }
            }
        }
    }
}

impl Operation {
    const fn validates(&self) -> bool {
        matches!(self, Self::ValidateJwt { .. } | Self::Introspect { .. } | Self::ValidateAccessToken { .. })
    }
}

impl Frame {
    fn new(operation: Operation) -> Self {
        match operation {
            Operation::Document { kind, demand } => Self::Document(document::State::new(kind, demand)),
            Operation::ValidateJwt { token, checks, jwks } => Self::Jwt(jwt::State::new(token, checks, jwks)),
            Operation::Introspect { token, checks } => Self::Introspect(introspect::State::new(token, checks)),
            Operation::ValidateAccessToken { token, checks } => {
                Self::AccessToken(access_token::State::new(token, checks))
            }
            Operation::Ready => Self::Ready(ready::State::default()),
            Operation::Check { claims, text, checks } => Self::Check(check::State::new(claims, text, checks)),
        }
    }

    fn resume(&mut self, resume: Resume, context: &Context<'_>) -> Next {
        let next = match self {
            Self::Document(state) => state.resume(resume, context),
            Self::Jwt(state) => state.resume(resume, context),
            Self::Introspect(state) => state.resume(resume, context),
            Self::AccessToken(state) => state.resume(resume, context),
            Self::Ready(state) => state.resume(resume, context),
            Self::Check(state) => state.resume(resume, context),
        };
        next.unwrap_or_else(|trouble| Next::Return(Err(trouble)))
    }
}

/// A blank token is the application's mistake, an oversized one the caller's.
fn check_token(token: &str) -> Result<(), Reason> {
    if crate::text::is_blank(token) {
        return Err(Reason::TokenBlank);
    }
    if token.len() > crate::jose::compact::MAX_TOKEN {
        return Err(Reason::TokenTooLarge);
    }
    Ok(())
}
