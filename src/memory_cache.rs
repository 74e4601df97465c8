//! The built-in introspection cache: bounded, in memory, and without the tokens themselves.

use moka::Expiry;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How much a cache may hold; both hold at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub entries: u64,
    /// Of texts and what keeping them costs.
    pub bytes: u64,
}

/// JSON texts by the SHA-256 of their key, each until its own expiry. When it is full, what is asked for most stays
/// (TinyLFU): a flood of tokens that nobody sends twice pushes out none that are in use.
pub struct MemoryCache {
    entries: Cache<Key, Entry>,
    limits: Limits,
}

type Key = [u8; 32];

#[derive(Clone)]
struct Entry {
    text: Arc<str>,
    /// Seconds since the epoch.
    expires_at: f64,
    /// From when it was set, on the steady clock. What has outlived it makes room without being asked for.
    lifetime: Option<Duration>,
}

impl MemoryCache {
    pub fn new(limits: Limits) -> Self {
        let scale = Scale::of(limits);
        let entries = Cache::builder()
            .max_capacity(scale.capacity())
            .weigher(move |_, entry: &Entry| scale.weight(entry.size()))
            .expire_after(Lifetime)
            .build();
        Self { entries, limits }
    }

    pub const fn limits(&self) -> Limits {
        self.limits
    }

    /// What was set, unless it has expired by `now` (seconds since the epoch).
    pub fn get(&self, key: &str, now: f64) -> Option<Arc<str>> {
        self.entries.get(&digest(key)).filter(|entry| entry.expires_at > now).map(|entry| entry.text)
    }

    /// Keeps a text until `expires_at`, or no longer than there is room for it. What has expired already is forgotten.
    pub fn set(&self, key: &str, text: &str, expires_at: f64, now: f64) {
        if expires_at > now {
            let lifetime = Duration::try_from_secs_f64(expires_at - now).ok().filter(|lifetime| *lifetime < LONGEST);
            self.entries.insert(digest(key), Entry { text: text.into(), expires_at, lifetime });
        } else {
            self.entries.invalidate(&digest(key));
        }
        self.settle();
    }

    pub fn delete(&self, key: &str) {
        self.entries.invalidate(&digest(key));
        self.settle();
    }

    /// How many entries there are, expired ones that nobody has come across included.
    pub fn len(&self) -> u64 {
        self.settle();
        self.entries.entry_count()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Without it the limits would hold only after a while.
    fn settle(&self) {
        self.entries.run_pending_tasks();
    }
}

/// Beyond this an entry does not expire on the steady clock.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 86_400);

/// What an entry costs besides its text: the key, the nodes of the map, of the queues and of the timer.
const OVERHEAD: u64 = 256;

impl Entry {
    fn size(&self) -> u64 {
        OVERHEAD.saturating_add(self.text.len() as u64)
    }
}

fn digest(key: &str) -> Key {
    Sha256::digest(key.as_bytes()).into()
}

/// Two limits as one: an entry weighs its bytes, and at least its share of them.
#[derive(Clone, Copy)]
struct Scale {
    /// Bytes per unit of weight, so that every weight is 32 bits wide.
    unit: u64,
    budget: u64,
    share: u64,
    entries: u64,
}

impl Scale {
    fn of(limits: Limits) -> Self {
        let unit = limits.bytes.div_ceil(u64::from(u32::MAX)).max(1);
        let budget = limits.bytes / unit;
        let share = budget.checked_div(limits.entries).unwrap_or(budget);
        Self { unit, budget, share, entries: limits.entries }
    }

    /// A multiple of the share, so that not one entry too many fits in.
    const fn capacity(&self) -> u64 {
        if self.share == 0 { self.budget } else { self.share.saturating_mul(self.entries) }
    }

    fn weight(&self, size: u64) -> u32 {
        u32::try_from(size.div_ceil(self.unit).max(self.share)).unwrap_or(u32::MAX)
    }
}

struct Lifetime;

impl Expiry<Key, Entry> for Lifetime {
    fn expire_after_create(&self, _: &Key, entry: &Entry, _: Instant) -> Option<Duration> {
        entry.lifetime
    }

    fn expire_after_update(&self, _: &Key, entry: &Entry, _: Instant, _: Option<Duration>) -> Option<Duration> {
        entry.lifetime
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: f64 = 1_700_000_000.0;

    fn cache(entries: u64, bytes: u64) -> MemoryCache {
        MemoryCache::new(Limits { entries, bytes })
    }

    fn bytes(cache: &MemoryCache) -> u64 {
        cache.settle();
        cache.entries.iter().map(|(_, entry)| entry.size()).sum()
    }

    fn get(cache: &MemoryCache, key: &str) -> Option<String> {
        cache.get(key, NOW).map(|text| text.to_string())
    }

    #[test]
    fn what_is_set_is_there_until_it_is_deleted_or_replaced() {
        let cache = cache(10, 1 << 20);
        assert!(cache.is_empty() && get(&cache, "a").is_none());
        cache.set("a", "1", NOW + 10.0, NOW);
        cache.set("b", "2", f64::INFINITY, NOW);
        cache.set("a", "3", NOW + 10.0, NOW);
        assert_eq!((get(&cache, "a").as_deref(), get(&cache, "b").as_deref(), cache.len()), (Some("3"), Some("2"), 2));
        cache.delete("a");
        assert_eq!((get(&cache, "a"), cache.len()), (None, 1));
    }

    #[test]
    fn entries_expire_at_their_own_time() {
        let cache = cache(10, 1 << 20);
        cache.set("a", "1", NOW + 10.0, NOW);
        for (now, there) in [(NOW - 86_400.0, true), (NOW + 9.0, true), (NOW + 10.0, false), (NOW + 86_400.0, false)] {
            assert_eq!(cache.get("a", now).is_some(), there, "{now}");
        }
        assert!(cache.get("a", f64::NAN).is_none());
        for expires_at in [NOW, NOW - 1.0, f64::NAN, f64::NEG_INFINITY] {
            cache.set("a", "1", NOW + 10.0, NOW);
            cache.set("a", "2", expires_at, NOW);
            assert!(get(&cache, "a").is_none(), "{expires_at}");
        }
    }

    #[test]
    fn what_has_outlived_its_time_makes_room_unasked() {
        let cache = cache(10, 1 << 20);
        cache.set("a", "1", NOW + 0.001, NOW);
        let deadline = Instant::now() + Duration::from_secs(30);
        while !cache.is_empty() && Instant::now() < deadline {
            std::thread::yield_now();
        }
        assert!(cache.is_empty());
    }

    #[test]
    fn exactly_as_many_entries_as_allowed_fit() {
        for (entries, size) in [(1, 1 << 20), (3, 1 << 20), (7, 16 << 20), (1000, 16 << 20), (3, 1 << 50)] {
            let cache = cache(entries, size);
            for index in 0..entries * 3 {
                cache.set(&index.to_string(), "{}", NOW + 300.0, NOW);
            }
            assert_eq!(cache.len(), entries, "{entries} {size}");
        }
    }

    #[test]
    fn bytes_are_bounded_too() {
        let limit = 64 * 1024;
        let cache = cache(10_000, limit);
        let text = "x".repeat(1000);
        for index in 0..1000 {
            cache.set(&index.to_string(), &text, NOW + 300.0, NOW);
            assert!(cache.entries.weighted_size() <= limit);
        }
        assert!(bytes(&cache) <= limit && bytes(&cache) > limit * 9 / 10, "{}", bytes(&cache));
        let whole = "x".repeat(64 * 1024);
        cache.set("too large", &whole, NOW + 300.0, NOW);
        assert!(get(&cache, "too large").is_none());
        cache.set("0", &whole, NOW + 300.0, NOW);
        assert!(get(&cache, "0").is_none(), "nor does the former text remain");
    }

    #[test]
    fn a_flood_leaves_what_is_in_use() {
        let cache = cache(100, 1 << 20);
        let used: Vec<_> = (0..50).map(|index| format!("used {index}")).collect();
        for key in &used {
            cache.set(key, "{}", NOW + 300.0, NOW);
        }
        for index in 0..10_000 {
            let key = format!("flood {index}");
            assert!(get(&cache, &key).is_none());
            cache.set(&key, "{}", NOW + 300.0, NOW);
            for key in used.iter().filter(|_| index % 100 == 0) {
                get(&cache, key);
            }
        }
        let left = used.iter().filter(|key| get(&cache, key).is_some()).count();
        assert!(left >= 45 && cache.len() <= 100, "{left}");
    }

    #[test]
    fn threads_share_it() {
        let cache = cache(100, 1 << 20);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let cache = &cache;
                scope.spawn(move || {
                    for index in 0..2000 {
                        let key = format!("{thread} {index}");
                        cache.set(&key, &key, NOW + 300.0, NOW);
                        assert!(get(cache, &key).is_none_or(|text| text == key));
                    }
                });
            }
        });
        assert_eq!(cache.len(), 100);
    }
}
