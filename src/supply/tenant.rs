//! A tenant's two documents, and the introspections under way.

use super::backoff::LONGEST;
use super::moment::Moment;
use super::pending::{Lead, Pending};
use super::shelf::{self, Shelf};
use crate::document::Kind;
use crate::error::Failure;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Shared by all clients that reach the same tenant in the same way.
#[derive(Default)]
pub struct Tenant {
    metadata: Shelf,
    jwks: Shelf,
}

impl Tenant {
    pub fn shelf(&self, kind: Kind) -> &Shelf {
        match kind {
            Kind::Metadata => &self.metadata,
            Kind::Jwks => &self.jwks,
        }
    }
}

/// The claims of an active token as JSON text.
pub type Answer = shelf::Result<Arc<str>>;

/// Introspections of one client: one request per token at a time.
#[derive(Default)]
pub struct Introspections {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By the SHA-256 of the token.
    under_way: HashMap<[u8; 32], Arc<Pending<Answer>>>,
    /// How many there may be before those that were given up are swept out.
    sweep_at: usize,
    /// The tenant asked for a pause (RFC 9110 section 10.2.3), until then on the steady clock.
    pause: Option<(f64, Failure)>,
}

/// Whose turn it is to ask about a token.
pub enum Turn {
    Lead(Ask),
    Join(Arc<Pending<Answer>>),
    Refused(Failure),
}

/// The duty to ask about a token and tell the others.
pub struct Ask {
    key: [u8; 32],
    lead: Lead<Answer>,
}

impl Introspections {
    pub fn turn(&self, token: &str, now: Moment) -> Turn {
        let key = Sha256::digest(token.as_bytes()).into();
        let mut state = self.state();
        if let Some(pending) = state.under_way.get(&key).filter(|pending| !pending.is_over()) {
            return Turn::Join(Arc::clone(pending));
        }
        if let Some((until, failure)) = &state.pause {
            if *until > now.steady {
                return Turn::Refused(failure.clone().retry_in(until - now.steady));
            }
            state.pause = None;
        }
        let (lead, pending) = Pending::lead(now.steady);
        if state.under_way.len() >= state.sweep_at {
            state.under_way.retain(|_, pending| !pending.is_over());
            state.sweep_at = (state.under_way.len() * 2).max(64);
        }
        state.under_way.insert(key, pending);
        Turn::Lead(Ask { key, lead })
    }

    /// Tells the others. A failure with `Retry-After` keeps further questions back for as long, up to 30 s. The pause
    /// of a document that an introspection needs is not one of introspections.
    pub fn finish(&self, ask: Ask, answer: Answer, now: Moment) {
        let mut state = self.state();
        state.under_way.remove(&ask.key);
        if let Err(failure) = &answer
            && failure.pause().is_none()
            && let Some(pause) = failure.retry_after()
        {
            state.pause = Some((now.steady + pause.min(LONGEST), failure.clone()));
        }
        drop(state);
        ask.lead.settle(answer);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
