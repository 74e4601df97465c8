//! A leaf and the certificates that vouch for it.

use super::{Certificate, Effort};

/// For the signatures of one chain: 16 of P-256, 4 of P-384, 2 of P-521.
const EFFORT: u32 = 16;

#[derive(Clone, Debug)]
pub struct Chain {
    pub leaf: Certificate,
    /// The leaf's issuer, that one's issuer, and so on.
    pub issuers: Vec<Certificate>,
}

impl Chain {
    /// The first is the leaf; others follow in any order. Left out is one that issued none of those linked so far, by
    /// its name and its signature, one that was linked before, and one whose signature would cost more than [`EFFORT`].
    pub fn link(certificates: Vec<Certificate>) -> Option<Self> {
        let mut others = certificates.into_iter();
        let mut chain = Self { leaf: others.next()?, issuers: Vec::new() };
        let mut others: Vec<_> = others.collect();
        let mut effort = Effort::new(EFFORT);
        loop {
            others.retain(|other| chain.certificates().all(|linked| linked.der() != other.der()));
            let last = chain.issuers.last().unwrap_or(&chain.leaf);
            let issued =
                |other: &Certificate| last.names_issuer(other) && effort.spend(other) && last.is_signed_by(other);
            let Some(at) = others.iter().position(issued) else { return Some(chain) };
            chain.issuers.push(others.swap_remove(at));
        }
    }

    /// The leaf first.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.leaf).chain(&self.issuers)
    }
}
