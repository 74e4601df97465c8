//! JSON Object Signing and Encryption, as far as access tokens need it: RFC 7515 to 7518, 8037 and 9864.

pub mod algorithm;
pub mod base64url;
pub mod candidate;
pub mod compact;
pub mod der;
pub mod edwards;
pub mod header;
pub mod jwk;
pub mod jwks;
mod known_headers;
pub mod octets;
pub mod signature;
pub mod verification;
