//! The headers of verified tokens as they were sent: the few that recur need not be read again.

use super::algorithm::Algorithm;
use std::sync::OnceLock;

/// What a key set has learnt. Only a good signature puts a header in, so nobody but the keys' owner can fill it.
#[derive(Default)]
pub struct KnownHeaders([OnceLock<Known>; 16]);

struct Known {
    segment: Box<str>,
    algorithm: Algorithm,
    place: usize,
}

/// Longer ones are read every time.
const MAX_SEGMENT: usize = 512;

impl KnownHeaders {
    /// The algorithm and the place of the key in its set.
    pub fn find(&self, segment: &str) -> Option<(Algorithm, usize)> {
        let mut known = self.0.iter().map_while(OnceLock::get);
        known.find(|known| *known.segment == *segment).map(|known| (known.algorithm, known.place))
    }

    pub fn remember(&self, segment: &str, algorithm: Algorithm, place: usize) {
        if segment.len() > MAX_SEGMENT {
            return;
        }
        for slot in &self.0 {
            let mut is_new = false;
            let known = slot.get_or_init(|| {
                is_new = true;
                Known { segment: segment.into(), algorithm, place }
            });
            if is_new || *known.segment == *segment {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ones_are_known_whole() {
        let headers = KnownHeaders::default();
        let segment = |index: usize| format!("header{index:02}");
        for index in 0..40 {
            headers.remember(&segment(index), Algorithm::Rs256, index);
            headers.remember(&segment(index), Algorithm::Rs256, index);
        }
        for index in 0..40 {
            let expected = (index < 16).then_some((Algorithm::Rs256, index));
            assert_eq!(headers.find(&segment(index)), expected, "{index}");
        }
        assert_eq!(headers.find("header0"), None);
        let headers = KnownHeaders::default();
        headers.remember(&"x".repeat(MAX_SEGMENT + 1), Algorithm::Rs256, 0);
        assert!(headers.find(&"x".repeat(MAX_SEGMENT + 1)).is_none());
    }
}
