//! One document of a tenant: held, fresh, stale, on its way, or not to be had.

use super::backoff::Backoff;
use super::moment::Moment;
use super::pending::{Lead, Pending};
use crate::document::Document;
use crate::error::{Failure, Reason};
use crate::interval::Interval;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long a validation waits for a refresh while it could serve a stale document, in seconds.
const PATIENCE: f64 = 1.0;
/// A refresh ahead is due in this last share of a document's lifetime.
const AHEAD: f64 = 0.1;

/// Who asks, and what for.
#[derive(Clone)]
pub enum Demand {
    /// The application's own `getJwks` or `getMetadata`: fresh to the second, or an error.
    Caller { force: bool },
    /// A validation: fresh if possible, stale if need be.
    Validation,
    /// A refresh in the background.
    Ahead,
    /// A token names a key that the set of this text lacks.
    UnknownKey { tried: Arc<str> },
}

/// One client's durations, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub duration: f64,
    /// How far past its expiry a document may still be served while the tenant cannot be reached.
    pub stale: f64,
    /// The least time between two fetches for unknown keys.
    pub cooldown: f64,
}

pub type Result<T> = std::result::Result<T, Failure>;
pub type Fetch = Pending<Result<Document>>;

/// What a demand gets.
pub enum Supply {
    Ready(Document),
    /// Past its expiry, and nothing better is to be had now.
    Fallback(Document),
    /// Usable, and somebody should start a refresh.
    Due(Document),
    /// Past its expiry but servable: start a refresh and ask again.
    Stale(Document),
    /// A fetch is under way. With a fallback, waiting longer than `limit` seconds is not worth it.
    Wait {
        fetch: Arc<Fetch>,
        limit: Option<f64>,
        fallback: Option<Document>,
    },
    /// This demand has to fetch, and to settle the others.
    Lead(Lead<Result<Document>>),
    Refused(Failure),
}

/// How a document stands, for operators.
pub struct Condition {
    pub freshness: Freshness,
    pub document: Option<Document>,
    /// Seconds since it was fetched; nothing for one that was set by hand.
    pub age: Option<f64>,
    /// Why the last attempt to fetch it failed; it says when the next one may be, while the backoff runs.
    pub failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    /// Past its expiry, and it may still serve while no newer one is to be had.
    Stale,
    /// There is none, or it may serve no longer.
    Missing,
}

/// A fresh document.
pub struct Ready {
    pub document: Document,
    /// When nothing else is to be done about it, by the caller's clock and rules, as long as the generation is the same.
    pub holds: Interval,
    pub generation: u32,
}

/// Changes whenever any document in the process is replaced.
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Acquire)
}

static GENERATION: AtomicU32 = AtomicU32::new(0);

#[derive(Default)]
pub struct Shelf {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    fetch: Option<Arc<Fetch>>,
    backoff: Backoff,
    /// When an unknown key last led to a fetch, on the steady clock.
    forced: Option<f64>,
}

struct Held {
    document: Document,
    /// On the wall clock.
    fetched: f64,
    /// Set by hand, through the client's protected members.
    expiry: Option<f64>,
}

impl Shelf {
    pub fn demand(&self, demand: &Demand, rules: &Rules, now: Moment) -> Supply {
        let mut state = self.state();
        let under_way = state.fetch.as_ref().filter(|fetch| !fetch.is_over()).map(Arc::clone);
        let fresh = state.held.as_ref().filter(|held| held.is_fresh(rules, now.wall));
        match (demand, fresh) {
            (Demand::Caller { force: false }, Some(held)) => return Supply::Ready(held.document.clone()),
            (Demand::Ahead, Some(held)) if !held.is_due(rules, now.wall) => {
                return Supply::Ready(held.document.clone());
            }
            (Demand::UnknownKey { tried }, Some(held)) if held.document.text != *tried => {
                return Supply::Ready(held.document.clone());
            }
            (Demand::Validation, Some(held)) => {
                let due =
                    held.is_due(rules, now.wall) && under_way.is_none() && state.backoff.running(now.steady).is_none();
                let document = held.document.clone();
                return if due { Supply::Due(document) } else { Supply::Ready(document) };
            }
            _ => {}
        }
        let stale = match (demand, state.held.as_ref()) {
            (Demand::Validation, Some(held)) if held.is_servable(rules, now.wall) => Some(held.document.clone()),
            _ => None,
        };
        if let Some(fetch) = under_way {
            let left = fetch.started + PATIENCE - now.steady;
            return match stale {
                Some(document) if left <= 0.0 => Supply::Fallback(document),
                fallback => Supply::Wait { fetch, limit: fallback.as_ref().map(|_| left.min(PATIENCE)), fallback },
            };
        }
        let bypasses_backoff = matches!(demand, Demand::Caller { .. });
        if let Some(failure) = state.backoff.running(now.steady).filter(|_| !bypasses_backoff) {
            return stale.map_or(Supply::Refused(failure), Supply::Fallback);
        }
        if let Some(document) = stale {
            return Supply::Stale(document);
        }
        if matches!(demand, Demand::UnknownKey { .. }) {
            if let Some(failure) = state.refuses_unknown_key(rules, now.steady) {
                return Supply::Refused(failure);
            }
            state.forced = Some(now.steady);
        }
        let (lead, fetch) = Pending::lead(now.steady);
        state.fetch = Some(fetch);
        Supply::Lead(lead)
    }

    /// Ends a fetch. An empty document never replaces one that has something.
    pub fn finish(
        &self,
        lead: Lead<Result<Document>>,
        result: Result<Document>,
        now: Moment,
        random: f64,
    ) -> Result<Document> {
        let mut state = self.state();
        let result = match (result, &state.held) {
            (Ok(document), Some(held)) if document.is_empty() && !held.document.is_empty() => {
                Err(document.refused_as_empty())
            }
            (result, _) => result,
        };
        let result = match result {
            Ok(document) => {
                state.held = Some(Held { document: document.clone(), fetched: now.wall, expiry: None });
                state.backoff.succeeded();
                GENERATION.fetch_add(1, Ordering::Release);
                Ok(document)
            }
            Err(failure) => Err(state.backoff.failed(failure, now.steady, random)),
        };
        state.fetch = None;
        drop(state);
        lead.settle(result.clone());
        result
    }

    /// The document, if it is fresh and nothing is to be done about it.
    pub fn ready(&self, rules: &Rules, now: Moment) -> Option<Ready> {
        let generation = generation();
        let state = self.state();
        let held = state.held.as_ref().filter(|held| held.is_fresh(rules, now.wall))?;
        let due = held.is_due(rules, now.wall);
        if due && state.fetch.as_ref().is_none_or(|fetch| fetch.is_over()) && !state.backoff.is_running(now.steady) {
            return None;
        }
        let holds = if due { Interval::NEVER } else { held.holds(rules) };
        Some(Ready { document: held.document.clone(), holds, generation })
    }

    /// Why [`Demand::UnknownKey`] would be refused at once; nothing if it would not.
    pub fn refuses_unknown_key(&self, tried: &str, rules: &Rules, now: Moment) -> Option<Failure> {
        let state = self.state();
        let under_way = state.fetch.as_ref().is_some_and(|fetch| !fetch.is_over());
        let newer = state.held.as_ref().is_some_and(|held| *held.document.text != *tried);
        if under_way || newer { None } else { state.refuses_unknown_key(rules, now.steady) }
    }

    /// What is held, if it may still be served, fresh or stale.
    pub fn servable(&self, rules: &Rules, now: Moment) -> Option<Document> {
        let state = self.state();
        let held = state.held.as_ref()?;
        (held.is_fresh(rules, now.wall) || held.is_servable(rules, now.wall)).then(|| held.document.clone())
    }

    /// Changes nothing and starts nothing.
    pub fn condition(&self, rules: &Rules, now: Moment) -> Condition {
        let state = self.state();
        let held = state.held.as_ref();
        let freshness = match held {
            Some(held) if held.is_fresh(rules, now.wall) => Freshness::Fresh,
            Some(held) if held.is_servable(rules, now.wall) => Freshness::Stale,
            _ => Freshness::Missing,
        };
        Condition {
            freshness,
            document: held.map(|held| held.document.clone()),
            age: held.filter(|held| held.expiry.is_none()).map(|held| (now.wall - held.fetched).max(0.0)),
            failure: state.backoff.running(now.steady).or_else(|| state.backoff.last().cloned()),
        }
    }

    /// Whether an overridden `getJwks` may be asked for new keys now; counts as asking.
    pub fn may_force(&self, rules: &Rules, steady: f64) -> bool {
        let mut state = self.state();
        let may = !state.is_cooling(rules, steady);
        if may {
            state.forced = Some(steady);
        }
        may
    }

    /// Whatever is held and when it expires on the wall clock.
    pub fn held(&self, rules: &Rules) -> Option<(Document, f64)> {
        self.state().held.as_ref().map(|held| (held.document.clone(), held.expiry(rules)))
    }

    /// Replaces what is held, or forgets it.
    pub fn hold(&self, document: Option<Document>, expiry: f64) {
        let mut state = self.state();
        state.held = document.map(|document| Held { document, fetched: expiry, expiry: Some(expiry) });
        GENERATION.fetch_add(1, Ordering::Release);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// While the tenant is left alone nobody knows better than the set that is held, or than the last failure.
    fn refuses_unknown_key(&self, rules: &Rules, steady: f64) -> Option<Failure> {
        let cooling = || self.is_cooling(rules, steady).then(|| self.backoff.last().cloned());
        let refusal = |last: Option<Failure>| last.unwrap_or_else(|| Reason::KeyNotFound.into());
        self.backoff.running(steady).or_else(|| cooling().map(refusal))
    }

    fn is_cooling(&self, rules: &Rules, steady: f64) -> bool {
        self.forced.is_some_and(|forced| steady < forced + rules.cooldown)
    }
}

impl Held {
    fn expiry(&self, rules: &Rules) -> f64 {
        self.expiry.unwrap_or(self.fetched + rules.duration)
    }

    /// Strictly before the expiry. A clock that was set back by more than a lifetime makes nothing fresh for ages.
    fn is_fresh(&self, rules: &Rules, wall: f64) -> bool {
        self.expiry(rules) > wall && self.is_fresh_from(rules, wall)
    }

    fn is_due(&self, rules: &Rules, wall: f64) -> bool {
        self.expiry.is_none() && wall >= self.due(rules)
    }

    /// When it is fresh and not due.
    fn holds(&self, rules: &Rules) -> Interval {
        let expiry = self.expiry(rules);
        let until = Interval::ending(expiry, |now| expiry > now);
        if self.expiry.is_some() {
            return until;
        }
        let due = self.due(rules);
        until
            .and(Interval::ending(due, |now| now < due))
            .and(Interval::beginning(self.fetched - rules.duration, |now| self.is_fresh_from(rules, now)))
    }

    fn due(&self, rules: &Rules) -> f64 {
        self.fetched + rules.duration * (1.0 - AHEAD)
    }

    fn is_fresh_from(&self, rules: &Rules, wall: f64) -> bool {
        self.expiry.is_some() || self.fetched - wall <= rules.duration
    }

    fn is_servable(&self, rules: &Rules, wall: f64) -> bool {
        rules.stale > 0.0 && self.expiry(rules) + rules.stale > wall
    }
}
