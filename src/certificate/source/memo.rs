//! Header values that were read before, and the chains they gave.

use crate::certificate::Chain;
use crate::memo;
use std::sync::Arc;

/// What the values and their certificates may take together, in bytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;
const MAX_ENTRIES: usize = 1024;

/// Chains by the very bytes that carried them.
pub struct Memo {
    chains: memo::Memo<Chain>,
}

impl Memo {
    pub fn new() -> Self {
        Self { chains: memo::Memo::new(MAX_BYTES as u64) }
    }

    pub fn get(&self, lines: &[String]) -> Option<Chain> {
        self.chains.get(&octets(lines)).map(|chain| Chain::clone(&chain))
    }

    pub fn keep(&self, lines: &[String], chain: &Chain) {
        let octets = octets(lines);
        // A parsed certificate is about as large again as its DER.
        let certificates: usize = chain.certificates().map(|certificate| 2 * certificate.der().len()).sum();
        let bytes = (octets.len() + certificates).max(MAX_BYTES / MAX_ENTRIES);
        self.chains.keep(&octets, Arc::new(chain.clone()), bytes);
    }
}

/// Each line behind its length: no two lists of lines are the same octets.
fn octets(lines: &[String]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(lines.iter().map(|line| line.len() + size_of::<usize>()).sum());
    for line in lines {
        octets.extend_from_slice(&line.len().to_le_bytes());
        octets.extend_from_slice(line.as_bytes());
    }
    octets
}
