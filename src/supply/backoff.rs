//! How long to leave a tenant alone after failed fetches.

use crate::error::Failure;

/// The first pause in seconds; each further failure doubles it.
const FIRST: f64 = 1.0;
/// The longest pause, in seconds; a `Retry-After` of the tenant is followed up to this too.
pub const LONGEST: f64 = 30.0;
/// A pause is stretched by up to this share, so that many processes do not come back at once.
const JITTER: f64 = 0.2;

#[derive(Default)]
pub struct Backoff {
    failures: u32,
    /// On the steady clock.
    until: f64,
    last: Option<Failure>,
}

impl Backoff {
    pub fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Starts a pause, and returns the failure with its length. `random` in 0..1. A tenant that says `Retry-After` is
    /// left alone at least that long (RFC 9110 section 10.2.3). A failure that says when to come back is that of another
    /// document which this one depends on: nothing was asked here, so that pause counts and no step is taken.
    pub fn failed(&mut self, failure: Failure, steady: f64, random: f64) -> Failure {
        let pause = failure.pause().unwrap_or_else(|| {
            let pause = (FIRST * 2f64.powi(self.failures.min(16) as i32)).min(LONGEST);
            self.failures = self.failures.saturating_add(1);
            (pause * (1.0 + JITTER * random)).max(failure.retry_after().unwrap_or(0.0).min(LONGEST))
        });
        self.until = steady + pause;
        self.last = Some(failure.clone());
        failure.retry_in(pause)
    }

    /// The failure to answer with while the pause lasts; it says when to come back.
    pub fn running(&self, steady: f64) -> Option<Failure> {
        let left = self.until - steady;
        let last = self.last.as_ref().filter(|_| left > 0.0)?;
        Some(last.clone().retry_in(left))
    }

    pub fn is_running(&self, steady: f64) -> bool {
        self.last.is_some() && self.until > steady
    }

    /// The last attempt failed, whether or not its pause has ended.
    pub fn last(&self) -> Option<&Failure> {
        self.last.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Reason;

    #[test]
    fn pauses_double_from_one_second_to_thirty() {
        let mut backoff = Backoff::default();
        let mut steady = 0.0;
        for expected in [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0] {
            backoff.failed(Reason::NetworkFailed.into(), steady, 0.0);
            assert!(backoff.running(steady + expected - 0.001).is_some(), "{expected}");
            assert!(backoff.running(steady + expected).is_none(), "{expected}");
            steady += expected;
        }
        backoff.succeeded();
        assert!(backoff.running(steady).is_none() && backoff.last().is_none());
        backoff.failed(Reason::NetworkFailed.into(), steady, 1.0);
        assert!(backoff.running(steady + 1.19).is_some() && backoff.running(steady + 1.21).is_none());
    }
}
