//! Counters of one client, and what operators are told of one answer. No decision rests on any of it.

use crate::effect::{Outcome, Trouble};
use crate::error::{Kind, Reason};
use crate::flow::Step;
use crate::request::Purpose;
use serde_json::{Map, Value, json};
use std::sync::atomic::{AtomicU64, Ordering};

/// The reason of what an application's own function threw.
pub const APPLICATION_ERROR: &str = "application_error";

#[derive(Default)]
pub struct Stats {
    accepted: Counter,
    reasons: Reasons,
    application_refused: Counter,
    application_failed: Counter,
    discovery: Counter,
    jwks: Counter,
    introspection: Counter,
    fetches_failed: Counter,
    joins: Counter,
    stale_uses: Counter,
    refreshes: Counter,
    hits: Counter,
    misses: Counter,
    negative_hits: Counter,
    cache_errors: Counter,
}

/// What one answer said: at most the status and the failure of a request, or what the cache knew.
#[derive(Clone, Copy, Default)]
pub struct Observed {
    pub status: Option<u16>,
    pub reason: Option<Reason>,
    pub lookup: Option<Lookup>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    Hit,
    Miss,
    /// The token is known to be inactive.
    Negative,
    Error,
}

#[derive(Default)]
struct Counter(AtomicU64);

/// One counter for each reason; its kind says whether the token was refused or could not be judged.
struct Reasons([Counter; Reason::ALL.len()]);

impl Lookup {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Negative => "negative",
            Self::Error => "error",
        }
    }
}

impl Stats {
    pub fn accepted(&self) {
        self.accepted.increment();
    }

    /// By what was remembered of others like them.
    pub fn accepted_unasked(&self, count: u64) {
        self.accepted.0.fetch_add(count, Ordering::Relaxed);
    }

    pub fn rejected(&self, reason: Reason) {
        if let Some(counter) = self.reasons.0.get(reason as usize) {
            counter.increment();
        }
    }

    /// The end of a validation, if it is one. What an overridden method decided is not counted again.
    pub fn validated(&self, step: &Step) {
        match step {
            Step::Done(Outcome::Claims(..)) => self.accepted(),
            Step::Failed(Trouble::Failure(failure)) => self.rejected(failure.reason),
            Step::Failed(Trouble::Rethrow(thrown)) if thrown.token_code.is_some() => {
                self.application_refused.increment();
            }
            Step::Failed(Trouble::Rethrow(_)) => self.application_failed.increment(),
            Step::Done(_) | Step::Need(_) => {}
        }
    }

    pub fn fetched(&self, purpose: Purpose, succeeded: bool) {
        match purpose {
            Purpose::Discovery => self.discovery.increment(),
            Purpose::Jwks => self.jwks.increment(),
            Purpose::Introspection => self.introspection.increment(),
        }
        if !succeeded {
            self.fetches_failed.increment();
        }
    }

    pub fn joined(&self) {
        self.joins.increment();
    }

    pub fn served_stale(&self) {
        self.stale_uses.increment();
    }

    pub fn refreshing(&self) {
        self.refreshes.increment();
    }

    pub fn looked_up(&self, lookup: Lookup) {
        match lookup {
            Lookup::Hit => self.hits.increment(),
            Lookup::Miss => self.misses.increment(),
            Lookup::Negative => self.negative_hits.increment(),
            Lookup::Error => self.cache_errors.increment(),
        }
    }

    pub fn to_json(&self) -> Map<String, Value> {
        let (mut refused, mut failed) = (Map::new(), Map::new());
        for (reason, counter) in Reason::ALL.iter().zip(&self.reasons.0) {
            let by_reason = if matches!(reason.kind(), Kind::Token(_)) { &mut refused } else { &mut failed };
            counter.report(by_reason, reason.code());
        }
        self.application_refused.report(&mut refused, APPLICATION_ERROR);
        self.application_failed.report(&mut failed, APPLICATION_ERROR);
        let members = [
            ("validations", json!({ "accepted": self.accepted.get(), "refused": refused, "failed": failed })),
            (
                "fetches",
                json!({
                    "discovery": self.discovery.get(),
                    "jwks": self.jwks.get(),
                    "introspection": self.introspection.get(),
                    "failed": self.fetches_failed.get(),
                }),
            ),
            ("singleFlightJoins", self.joins.get().into()),
            ("staleUses", self.stale_uses.get().into()),
            ("refreshes", self.refreshes.get().into()),
            (
                "cache",
                json!({
                    "hits": self.hits.get(),
                    "misses": self.misses.get(),
                    "negativeHits": self.negative_hits.get(),
                    "errors": self.cache_errors.get(),
                }),
            ),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

impl Counter {
    fn increment(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Only what has happened at all.
    fn report(&self, counts: &mut Map<String, Value>, name: &str) {
        let count = self.get();
        if count > 0 {
            counts.insert(name.to_owned(), count.into());
        }
    }
}

impl Default for Reasons {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Counter::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_counted_under_its_own_code() {
        let stats = Stats::default();
        Reason::ALL.iter().for_each(|reason| stats.rejected(*reason));
        let json = stats.to_json();
        let count = |outcome: &str| json["validations"][outcome].as_object().unwrap().len();
        assert_eq!(count("refused") + count("failed"), Reason::ALL.len());
        assert_eq!(json["validations"]["refused"]["token_expired"], 1);
        assert_eq!(json["validations"]["failed"]["request_timed_out"], 1);
    }
}
