//! Whether a chain of certificates leads to an authority that the application trusts for its clients (RFC 5280
//! section 6.1). Whether one was revoked is not looked at.

mod bundle;
mod refusal;
mod rules;

#[cfg(test)]
mod tests;

pub use bundle::Entry;
pub use refusal::Refusal;

use super::x509::{Certificate, Effort};

/// How many certificates may be presented: the leaf and the intermediates between it and an anchor.
pub const DEFAULT_MAX_DEPTH: f64 = 10.0;

/// For the signatures of one search: 50 of P-256, 12 of P-384, 6 of P-521. A chain that takes more is refused.
const EFFORT: u32 = 50;

/// The authorities that the application trusts, and how long a path to one may be.
#[derive(Clone, Debug)]
pub struct TrustAnchors {
    anchors: Vec<Certificate>,
    max_depth: usize,
}

impl TrustAnchors {
    /// `entries`: PEM with one certificate or several, or DER. `max_depth` counts the leaf and the intermediates, not
    /// the anchor. Fails with what to mend: an entry that is no certificate, or one that may not sign for clients.
    pub fn new(entries: &[Entry<'_>], max_depth: f64) -> Result<Self, String> {
        if max_depth < 1.0 || max_depth.fract() != 0.0 {
            return Err("allowCA maxDepth must be a positive integer".to_owned());
        }
        let mut anchors = Vec::new();
        for entry in entries {
            anchors.extend(entry.certificates()?);
        }
        if anchors.is_empty() {
            return Err("allowCA needs at least one CA certificate".to_owned());
        }
        for anchor in &anchors {
            rules::of_anchor(anchor)
                .map_err(|rest| format!("allowCA CA certificate '{}' {rest}", rules::subject(anchor)))?;
        }
        Ok(Self { anchors, max_depth: max_depth as usize })
    }

    /// The leaf first; the others in any order, of which those are used that lead to an anchor. `now` in seconds since
    /// the epoch.
    pub fn admit(&self, presented: &[Certificate], now: f64) -> Result<(), Refusal> {
        let (leaf, others) = presented.split_first().ok_or(Refusal::NoCertificate)?;
        rules::of_leaf(leaf, now)?;
        let mut search = Search { anchors: &self.anchors, others, now, effort: Effort::new(EFFORT), refusal: None };
        let mut path = vec![leaf];
        if search.reaches_anchor(&mut path, self.max_depth) {
            Ok(())
        } else {
            Err(search.refusal.unwrap_or(Refusal::UnknownIssuer))
        }
    }
}

struct Search<'a> {
    anchors: &'a [Certificate],
    others: &'a [Certificate],
    now: f64,
    effort: Effort,
    /// Why an issuer that did sign was not let in: the first such reason is the operator's.
    refusal: Option<Refusal>,
}

impl<'a> Search<'a> {
    /// `path` from the leaf on, each issued by the next.
    fn reaches_anchor(&mut self, path: &mut Vec<&'a Certificate>, max_depth: usize) -> bool {
        if self.anchors.iter().any(|anchor| self.may_follow(anchor, path)) {
            return true;
        }
        for other in self.others {
            let is_new = path.iter().all(|linked| linked.der() != other.der());
            if !is_new || !path.last().is_some_and(|last| last.names_issuer(other)) {
                continue;
            }
            if path.len() >= max_depth {
                self.refuse(Refusal::TooDeep);
            } else if self.may_follow(other, path) {
                path.push(other);
                if self.reaches_anchor(path, max_depth) {
                    return true;
                }
                path.pop();
            }
        }
        false
    }

    fn may_follow(&mut self, issuer: &Certificate, path: &[&Certificate]) -> bool {
        let Some(last) = path.last().filter(|last| last.names_issuer(issuer)) else { return false };
        if !self.effort.spend(issuer) {
            self.refuse(Refusal::TooManyChecks);
            return false;
        }
        if !last.is_signed_by(issuer) {
            return false;
        }
        match rules::of_issuer(issuer, path, self.now) {
            Ok(()) => true,
            Err(refusal) => {
                self.refuse(refusal);
                false
            }
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        self.refusal.get_or_insert(refusal);
    }
}
