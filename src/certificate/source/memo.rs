//! Header values that were read before, and the chains they gave.

use crate::certificate::Chain;
use moka::sync::Cache;

/// What the values and their certificates may take together, in bytes.
const MAX_BYTES: u64 = 8 * 1024 * 1024;
const MAX_ENTRIES: u64 = 1024;

/// Chains by the very bytes that carried them, compared in full. What is asked for most stays: a flood of values that
/// nobody sends twice pushes out none that are in use.
pub struct Memo {
    chains: Cache<Vec<String>, Chain>,
}

impl Memo {
    pub fn new() -> Self {
        let chains = Cache::builder().max_capacity(MAX_BYTES).weigher(weight).build();
        Self { chains }
    }

    pub fn get(&self, lines: &[String]) -> Option<Chain> {
        self.chains.get(lines)
    }

    pub fn keep(&self, lines: &[String], chain: &Chain) {
        self.chains.insert(lines.to_vec(), chain.clone());
    }
}

#[expect(clippy::ptr_arg, reason = "the cache hands its key on")]
fn weight(lines: &Vec<String>, chain: &Chain) -> u32 {
    let text: usize = lines.iter().map(String::len).sum();
    // A parsed certificate is about as large again as its DER.
    let certificates: usize = chain.certificates().map(|certificate| 2 * certificate.der().len()).sum();
    let least = u32::try_from(MAX_BYTES / MAX_ENTRIES).unwrap_or(u32::MAX);
    u32::try_from(text + certificates).unwrap_or(u32::MAX).max(least)
}
