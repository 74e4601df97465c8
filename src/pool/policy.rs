//! The one rule about where a signature is checked. docs/scheduling.md has the measurements behind it.

use crate::config::SignatureOffload;
use crate::jose::{compact, header};
use serde_json::Value;

/// Where a token is judged. The verdict is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On the thread that asks, which gets the verdict at once.
    Here,
    Pool,
}

/// What one check costs the thread that makes it, beside the 8 to 15 µs that a lone hop to the pool and back costs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// 15 to 60 µs (RSA, P-256, Ed25519): a hop would cost a lone request more time than it saves the event loop.
    Light,
    /// 200 µs and more (P-384, P-521): the event loop is worth a hop.
    Heavy,
}

/// `waiting`: others on the asking thread want a verdict too.
pub fn place(mode: SignatureOffload, waiting: bool, weight: impl FnOnce() -> Weight) -> Place {
    match mode {
        SignatureOffload::Never => Place::Here,
        SignatureOffload::Always => Place::Pool,
        SignatureOffload::Auto if waiting || weight() == Weight::Heavy => Place::Pool,
        SignatureOffload::Auto => Place::Here,
    }
}

/// What the header of a token that nobody has verified announces. A false one costs its sender's request a hop.
pub fn weight(token: &str) -> Weight {
    let header = compact::split(token).and_then(|parts| header::parse(parts.header).ok());
    match header.as_ref().and_then(|header| header.get("alg")).and_then(Value::as_str) {
        Some("ES384" | "ES512") => Weight::Heavy,
        _ => Weight::Light,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::base64url;

    fn token(alg: &str) -> String {
        format!("{}.e30.AA", base64url::encode(format!("{{\"alg\":\"{alg}\"}}").as_bytes()))
    }

    #[test]
    fn a_lone_request_hops_only_for_heavy_signatures() {
        for (alg, expected) in [
            ("RS256", Place::Here),
            ("PS512", Place::Here),
            ("ES256", Place::Here),
            ("EdDSA", Place::Here),
            ("ES384", Place::Pool),
            ("ES512", Place::Pool),
            ("none", Place::Here),
        ] {
            assert_eq!(place(SignatureOffload::Auto, false, || weight(&token(alg))), expected, "{alg}");
            assert_eq!(place(SignatureOffload::Auto, true, || weight(&token(alg))), Place::Pool, "{alg} in company");
        }
    }

    #[test]
    fn never_and_always_ask_nothing() {
        let unasked = || panic!("no weight is needed");
        for waiting in [false, true] {
            assert_eq!(place(SignatureOffload::Never, waiting, unasked), Place::Here);
            assert_eq!(place(SignatureOffload::Always, waiting, unasked), Place::Pool);
        }
    }

    #[test]
    fn what_is_no_token_weighs_little() {
        for text in ["", "a.b", "...", "e30.e30.", "!.!.!"] {
            assert_eq!(weight(text), Weight::Light, "{text:?}");
        }
    }
}
