//! What was made of some octets, remembered for when they come again.

use moka::sync::Cache;
use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

/// A value with what it takes, in bytes. Without its type, so that every memo shares one copy of the cache's code.
#[derive(Clone)]
struct Remembered {
    bytes: u32,
    value: Arc<dyn Any + Send + Sync>,
}

/// Values by the very octets that they were made of, compared in full; bounded by what they take together. What is
/// asked for most stays: a flood of octets that never come again pushes out none that are in use.
pub struct Memo<T> {
    values: Cache<Arc<[u8]>, Remembered>,
    of: PhantomData<fn() -> T>,
}

impl<T: Any + Send + Sync> Memo<T> {
    pub fn new(max_bytes: u64) -> Self {
        let weigher = |_: &Arc<[u8]>, remembered: &Remembered| remembered.bytes;
        Self { values: Cache::builder().max_capacity(max_bytes).weigher(weigher).build(), of: PhantomData }
    }

    pub fn get(&self, octets: &[u8]) -> Option<Arc<T>> {
        self.values.get(octets)?.value.downcast().ok()
    }

    /// `bytes`: what the value and its octets take.
    pub fn keep(&self, octets: &[u8], value: Arc<T>, bytes: usize) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.values.insert(octets.into(), Remembered { bytes, value });
    }
}
