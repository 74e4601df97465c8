//! Signatures that have been found good: a bounded memory of one pure function. What it is asked with, it compares
//! whole: the key, the algorithm and every octet of the token. Nothing else about a token is remembered, so issuer,
//! audience, times, scopes, groups and binding are decided anew each time, and a key that has left its set is not asked
//! about any more.

use crate::jose::algorithm::Algorithm;
use crate::jose::candidate::Candidate;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How much is kept; both hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    pub entries: usize,
    /// Of tokens and what keeping them costs.
    pub bytes: usize,
}

/// Shared by all threads of the process.
pub struct Verdicts {
    stripes: Box<[Mutex<Stripe>]>,
    /// Marks of tokens that were seen once, newer ones over older ones. A token is kept when it comes again before its
    /// mark is gone: keeping tokens that come once costs more than it saves.
    seen: Box<[Marks]>,
    hasher: RandomState,
}

/// The last few marks that fell here; so many tokens that differ do not hide each other.
#[derive(Default)]
struct Marks([AtomicU32; 4]);

/// One share of the memory: sets of a few places each.
struct Stripe {
    sets: Box<[Set]>,
    /// Places in each set.
    ways: usize,
    bytes: usize,
    budget: usize,
    /// Where room is made next when there are too many bytes.
    hand: usize,
}

#[derive(Default)]
struct Set {
    entries: Vec<Entry>,
    /// Which place is looked at next when all are taken.
    hand: usize,
}

struct Entry {
    token: Box<str>,
    key: [u8; 32],
    algorithm: Algorithm,
    mark: u32,
    /// Asked for since the hand was here last.
    used: bool,
}

/// The most places in a set.
const WAYS: usize = 8;
/// What an entry costs besides its token.
const OVERHEAD: usize = size_of::<Entry>() + 16;
/// The most entries, some gigabytes of tokens.
const MOST: usize = 1 << 22;
/// The fewest bytes that are worth a stripe of their own.
const STRIPE: usize = 256 * 1024;

impl Verdicts {
    pub fn new(limits: Limits) -> Self {
        // No more places than there can be entries: whoever means only one limit may set the other as high as it goes.
        let entries = limits.entries.min(limits.bytes / OVERHEAD).min(MOST);
        let ways = entries.clamp(1, WAYS);
        let sets = (entries / ways).max(1);
        let stripes = (limits.bytes / STRIPE).clamp(1, 16).min(sets);
        let stripe = |index: usize| {
            // What is left over after an even division goes to the first ones.
            let share = |whole: usize| whole / stripes + usize::from(index < whole % stripes);
            let sets = (0..share(sets)).map(|_| Set::default()).collect();
            Mutex::new(Stripe { sets, ways, bytes: 0, budget: limits.bytes / stripes, hand: 0 })
        };
        let marks = entries.clamp(64, 1 << 20).next_power_of_two() / 4;
        Self {
            stripes: (0..stripes).map(stripe).collect(),
            seen: (0..marks).map(|_| Marks::default()).collect(),
            hasher: RandomState::new(),
        }
    }

    /// Whether this very token has been verified with this very key.
    pub fn knows(&self, token: &str, candidate: &Candidate<'_, '_>) -> bool {
        let hash = self.hash(candidate);
        let Some((mut stripe, place)) = self.stripe(hash) else { return false };
        let Some(set) = stripe.sets.get_mut(place) else { return false };
        let Some(entry) = set.entries.iter_mut().find(|entry| entry.is(hash, token, candidate)) else { return false };
        entry.used = true;
        true
    }

    /// To be told of a good signature that it does not know. Whether it knows it from now on, because the token has come
    /// before.
    pub fn learn(&self, token: &str, candidate: &Candidate<'_, '_>) -> bool {
        let hash = self.hash(candidate);
        let mark = mark(hash);
        let seen = self.seen.get(index(hash.rotate_right(32), self.seen.len()));
        if !seen.is_some_and(|seen| seen.has(mark)) {
            return false;
        }
        let Some((mut stripe, place)) = self.stripe(hash) else { return false };
        let key = *candidate.key_digest();
        stripe.keep(place, Entry { token: token.into(), key, algorithm: candidate.algorithm, mark, used: false })
    }

    /// How many tokens it knows.
    pub fn len(&self) -> usize {
        self.locked().map(|stripe| stripe.sets.iter().map(|set| set.entries.len()).sum::<usize>()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What it takes, of the bytes that it may.
    pub fn bytes(&self) -> usize {
        self.locked().map(|stripe| stripe.bytes).sum()
    }

    fn locked(&self) -> impl Iterator<Item = MutexGuard<'_, Stripe>> {
        self.stripes.iter().map(|stripe| stripe.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The stripe and the set in it where a token has its place.
    fn stripe(&self, hash: u64) -> Option<(MutexGuard<'_, Stripe>, usize)> {
        let stripe = self.stripes.get(index(hash, self.stripes.len()))?.lock().unwrap_or_else(PoisonError::into_inner);
        let place = index(hash.rotate_left(16), stripe.sets.len());
        Some((stripe, place))
    }

    /// Of the end of the signature, which differs between tokens as well as a digest does.
    fn hash(&self, candidate: &Candidate<'_, '_>) -> u64 {
        self.hasher.hash_one(candidate.signature().last_chunk::<16>())
    }
}

/// From 0 to below `length`, evenly: the upper half of the product.
fn index(hash: u64, length: usize) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "less than `length`")]
    let index = ((u128::from(hash) * length as u128) >> 64) as usize;
    index
}

/// Never 0, which marks nothing.
fn mark(hash: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the lower half")]
    let mark = hash as u32;
    mark.max(1)
}

impl Marks {
    /// Whether the mark is here; it is from now on. Threads that meet here may lose each other's marks, nothing else.
    fn has(&self, mark: u32) -> bool {
        let Self(marks) = self;
        if marks.iter().any(|own| own.load(Ordering::Relaxed) == mark) {
            return true;
        }
        marks.iter().fold(mark, |newer, own| own.swap(newer, Ordering::Relaxed));
        false
    }
}

impl Stripe {
    fn keep(&mut self, place: usize, entry: Entry) -> bool {
        let cost = entry.cost();
        if cost > self.budget {
            return false;
        }
        let Some(set) = self.sets.get_mut(place) else { return false };
        if let Some(own) = set.entries.iter().position(|own| own.token == entry.token && own.mark == entry.mark) {
            self.bytes -= set.entries.swap_remove(own).cost();
        }
        if set.entries.len() >= self.ways {
            self.bytes -= set.give_up().map_or(0, |entry| entry.cost());
        }
        set.entries.push(entry);
        self.bytes += cost;
        self.make_room(place);
        true
    }

    /// Gives up what has not been used since the last time, set by set; the one at `kept` has just got something new.
    fn make_room(&mut self, kept: usize) {
        let mut rounds = self.sets.len() * 2;
        while self.bytes > self.budget && rounds > 0 {
            rounds -= 1;
            self.hand = (self.hand + 1) % self.sets.len().max(1);
            let is_kept = self.hand == kept;
            let Some(set) = self.sets.get_mut(self.hand) else { return };
            while self.bytes > self.budget && set.entries.len() > usize::from(is_kept) {
                let place = set.entries.iter().position(|entry| !entry.used).unwrap_or(0);
                self.bytes -= set.entries.remove(place).cost();
            }
            set.entries.iter_mut().for_each(|entry| entry.used = false);
        }
    }
}

impl Set {
    /// The first from the hand on that has not been used since the hand was there.
    fn give_up(&mut self) -> Option<Entry> {
        for _ in 0..=self.entries.len() {
            let place = self.hand % self.entries.len().max(1);
            let entry = self.entries.get_mut(place)?;
            if !entry.used {
                return Some(self.entries.swap_remove(place));
            }
            entry.used = false;
            self.hand = place + 1;
        }
        self.entries.pop()
    }
}

impl Entry {
    fn is(&self, hash: u64, token: &str, candidate: &Candidate<'_, '_>) -> bool {
        self.mark == mark(hash)
            && self.algorithm == candidate.algorithm
            && self.key == *candidate.key_digest()
            && *self.token == *token
    }

    const fn cost(&self) -> usize {
        OVERHEAD + self.token.len()
    }
}
