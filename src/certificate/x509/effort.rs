//! What may be spent on the signatures of one chain. Whoever presents it chooses the keys, and so what they cost.

use super::Certificate;
use super::public_key::{self, PublicKey};

/// What is left, in signatures of P-256. Ed25519 and RSA up to 4096 bits cost no more, P-384 four times as much, P-521
/// and longer RSA keys eight times.
#[derive(Debug)]
pub struct Effort(u32);

const P384: &[u8] = &[0x2b, 0x81, 4, 0, 34];
const P521: &[u8] = &[0x2b, 0x81, 4, 0, 35];

/// `RSAPublicKey` of 4096 bits and an exponent of 32, in octets.
const LONG_RSA: usize = 512 + 17;

impl Effort {
    pub const fn new(signatures: u32) -> Self {
        Self(signatures)
    }

    /// Pays for the check of one signature by this key; false where too little is left, and then nothing is paid.
    pub fn spend(&mut self, issuer: &Certificate) -> bool {
        let left = self.0.checked_sub(issuer.public_key().as_ref().map_or(1, cost));
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

fn cost(key: &PublicKey<'_>) -> u32 {
    match key.curve {
        Some(P384) => 4,
        Some(P521) => 8,
        Some(_) => 1,
        None if key.algorithm != public_key::ED25519 && key.octets.len() > LONG_RSA => 8,
        None => 1,
    }
}
