//! The whole seconds in which a decision holds, so that whoever remembers it need not ask again.

/// From `from`, inclusive, to `until`, exclusive; seconds since the epoch on the caller's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub from: f64,
    pub until: f64,
}

/// Beyond it whole seconds are no longer told apart.
const LIMIT: f64 = 9e15;

impl Interval {
    pub const ALWAYS: Self = Self { from: f64::NEG_INFINITY, until: f64::INFINITY };
    pub const NEVER: Self = Self { from: f64::INFINITY, until: f64::NEG_INFINITY };

    /// `holds` must not come true again after it has ceased; `near` is about where it ceases. What rounding leaves
    /// unclear is left out: the answer may be a second short, never one too long.
    pub fn ending(near: f64, holds: impl Fn(f64) -> bool) -> Self {
        let near = near.ceil().clamp(-LIMIT, LIMIT);
        let until = [near, near - 1.0, near - 2.0].into_iter().find(|until| holds(until - 1.0));
        until.map_or(Self::NEVER, |until| Self { until, ..Self::ALWAYS })
    }

    /// `holds` must not cease after it has come true; `near` is about where it comes true.
    pub fn beginning(near: f64, holds: impl Fn(f64) -> bool) -> Self {
        let near = near.ceil().clamp(-LIMIT, LIMIT);
        let from = [near, near + 1.0, near + 2.0].into_iter().find(|from| holds(*from));
        from.map_or(Self::NEVER, |from| Self { from, ..Self::ALWAYS })
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), until: self.until.min(other.until) }
    }

    pub fn contains(self, second: f64) -> bool {
        self.from <= second && second < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::Interval;

    #[test]
    fn the_last_and_the_first_second() {
        for (bound, last) in [(10.0, 9.0), (10.5, 10.0), (-1.0, -2.0)] {
            let interval = Interval::ending(bound, |now| bound > now);
            assert!(interval.contains(last) && !interval.contains(last + 1.0), "{bound}");
        }
        for (bound, first) in [(10.0, 10.0), (10.5, 11.0), (-1.0, -1.0)] {
            let interval = Interval::beginning(bound, |now| bound <= now);
            assert!(interval.contains(first) && !interval.contains(first - 1.0), "{bound}");
        }
        let both = Interval::beginning(3.0, |now| now >= 3.0).and(Interval::ending(5.0, |now| now < 5.0));
        assert!(!both.contains(2.0) && both.contains(3.0) && both.contains(4.0) && !both.contains(5.0));
    }

    #[test]
    fn nothing_is_claimed_where_nothing_holds() {
        for bound in [f64::NAN, f64::NEG_INFINITY] {
            assert_eq!(Interval::ending(bound, |now| bound > now), Interval::NEVER);
        }
        assert_eq!(Interval::beginning(f64::INFINITY, |now| f64::INFINITY <= now), Interval::NEVER);
        assert!(Interval::ending(f64::INFINITY, |now| f64::INFINITY > now).contains(1e12));
        assert!(!Interval::ALWAYS.contains(f64::NAN));
    }
}
