//! RFC 7517 section 5: a set of keys, and which one of it a token may be verified with.

use super::algorithm::Algorithm;
use super::header::Header;
use super::jwk::Jwk;
use super::known_headers::KnownHeaders;
use crate::error::Reason;
use crate::json::{self, Document};
use crate::memo::Memo;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};

/// The usable keys of one document. Unusable members are left out and harm no other.
pub struct KeySet {
    keys: Vec<Jwk>,
    headers: KnownHeaders,
}

/// The document is not an object with an array `keys`.
#[derive(Debug)]
pub struct NotAKeySet;

/// Key sets by the SHA-256 of their text: a set that comes again, from whatever source, is not parsed again.
static PARSED: LazyLock<Memo<KeySet>> = LazyLock::new(|| Memo::new(4 * 1024 * 1024));

impl KeySet {
    pub fn parse(text: &[u8]) -> Result<Arc<Self>, NotAKeySet> {
        let digest = Sha256::digest(text);
        if let Some(set) = PARSED.get(&digest) {
            return Ok(set);
        }
        let Document::Object(document) = json::read(text) else { return Err(NotAKeySet) };
        let keys = document.get("keys").and_then(Value::as_array).ok_or(NotAKeySet)?;
        let usable = keys.iter().enumerate().filter_map(|(index, key)| Jwk::parse(index, key.as_object()?));
        let set = Arc::new(Self { keys: usable.collect(), headers: KnownHeaders::default() });
        PARSED.keep(&digest, Arc::clone(&set), set.weight());
        Ok(set)
    }

    /// Exactly one key must fit the header. Keys that cannot verify, a point off the curve say, are no candidates.
    pub fn choose(&self, header: &Header) -> Result<&Jwk, Reason> {
        self.get(self.place(header)?)
    }

    /// The algorithm and the place of the key for an encoded header whose token this set has verified before.
    pub fn known(&self, segment: &str) -> Option<(Algorithm, usize)> {
        self.headers.find(segment)
    }

    /// To be called after a good signature only.
    pub fn remember(&self, segment: &str, algorithm: Algorithm, place: usize) {
        self.headers.remember(segment, algorithm, place);
    }

    /// Where the key is that [`KeySet::choose`] chooses.
    pub fn place(&self, header: &Header) -> Result<usize, Reason> {
        let fits = |key: &Jwk| key.fits(header.algorithm, header.key_id.as_ref());
        let usable = |key: &Jwk| !key.is_out_of_range() && key.prepared(header.algorithm).is_some();
        let mut candidates = self.keys.iter().enumerate().filter(|(_, key)| fits(key) && usable(key));
        match (candidates.next(), candidates.next()) {
            (Some((place, _)), None) => Ok(place),
            (Some(_), Some(_)) => Err(Reason::KeyAmbiguous),
            (None, _) => Err(if !self.keys.iter().any(|key| fits(key) && key.is_out_of_range()) {
                Reason::KeyNotFound
            } else if header.algorithm.is_pss() {
                Reason::RsaPssKeySize
            } else {
                Reason::RsaPkcs1KeySize
            }),
        }
    }

    pub fn get(&self, place: usize) -> Result<&Jwk, Reason> {
        self.keys.get(place).ok_or(Reason::KeyNotFound)
    }

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn weight(&self) -> usize {
        self.keys.len().saturating_mul(2048).saturating_add(256)
    }
}
