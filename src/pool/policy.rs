//! The one rule about where a signature is checked. docs/scheduling.md has the measurements behind it.

use crate::config::SignatureOffload;
use crate::jose::algorithm::Algorithm;

/// Where a token is judged. The verdict is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the thread that asks, which gets the verdict at once.
    Here,
    Pool,
}

/// What one check costs the thread that makes it, beside the 7 to 17 µs that a lone hop to the pool and back costs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 15 to 60 µs (RSA, P-256, Ed25519): a hop would cost a lone request more time than it saves the event loop.
    Light,
    /// 170 µs and more (P-384, P-521): the event loop is worth a hop.
    Heavy,
}

/// `waiting`: others on the asking thread want a verdict too.
pub fn place(mode: SignatureOffload, waiting: bool, algorithm: Algorithm) -> Place {
    match mode {
        SignatureOffload::Never => Place::Here,
        SignatureOffload::Always => Place::Pool,
        SignatureOffload::Auto if waiting || weight(algorithm) == Weight::Heavy => Place::Pool,
        SignatureOffload::Auto => Place::Here,
    }
}

/// How many threads the pool may have where so many may run at a time. The event loop keeps a processor of its own, unless
/// that left the pool only one: two share the work of RS256 even with an event loop that takes a quarter of one.
pub fn threads(parallelism: usize) -> usize {
    if parallelism > 2 { (parallelism - 1).min(MOST) } else { parallelism.max(1) }
}

/// One event loop hands on work for no more.
const MOST: usize = 16;

const fn weight(algorithm: Algorithm) -> Weight {
    match algorithm {
        Algorithm::Es384 | Algorithm::Es512 => Weight::Heavy,
        _ => Weight::Light,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_request_hops_only_for_heavy_signatures() {
        for algorithm in Algorithm::ALL {
            let heavy = matches!(algorithm.name(), "ES384" | "ES512");
            let expected = if heavy { Place::Pool } else { Place::Here };
            assert_eq!(place(SignatureOffload::Auto, false, algorithm), expected, "{}", algorithm.name());
            assert_eq!(place(SignatureOffload::Auto, true, algorithm), Place::Pool, "{}", algorithm.name());
        }
    }

    #[test]
    fn threads_are_bounded_by_the_processors() {
        let bounded = [(0, 1), (1, 1), (2, 2), (3, 2), (4, 3), (16, 15), (17, 16), (256, 16)];
        for (parallelism, expected) in bounded {
            assert_eq!(threads(parallelism), expected, "{parallelism}");
        }
    }

    #[test]
    fn never_and_always_are_what_they_say() {
        for (waiting, algorithm) in [(false, Algorithm::Es512), (true, Algorithm::Rs256)] {
            assert_eq!(place(SignatureOffload::Never, waiting, algorithm), Place::Here);
            assert_eq!(place(SignatureOffload::Always, waiting, algorithm), Place::Pool);
        }
    }
}
