//! A leaf and the certificates that vouch for it.

use super::Certificate;

#[derive(Clone, Debug)]
pub struct Chain {
    pub leaf: Certificate,
    /// The leaf's issuer, that one's issuer, and so on.
    pub issuers: Vec<Certificate>,
}

impl Chain {
    /// The first is the leaf; others follow in any order. One that did not issue a link so far is left out.
    pub fn link(certificates: Vec<Certificate>) -> Option<Self> {
        let mut others = certificates.into_iter();
        let leaf = others.next()?;
        let mut others: Vec<_> = others.collect();
        let mut issuers: Vec<Certificate> = Vec::new();
        loop {
            let last = issuers.last().unwrap_or(&leaf);
            let Some(at) = others.iter().position(|other| last.is_issued_by(other)) else { break };
            issuers.push(others.swap_remove(at));
        }
        Some(Self { leaf, issuers })
    }

    /// The leaf first.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.leaf).chain(&self.issuers)
    }
}
