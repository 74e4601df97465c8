//! The two clocks of a decision.

/// A point in time on both clocks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// `Math.floor(Date.now() / 1000)`: what expiries are compared with. Tests replace it, operators set it.
    pub wall: f64,
    /// Seconds on a clock that never jumps: what backoff and cooldown are measured on.
    pub steady: f64,
}

impl From<f64> for Moment {
    /// Both clocks agree.
    fn from(seconds: f64) -> Self {
        Self { wall: seconds, steady: seconds }
    }
}
