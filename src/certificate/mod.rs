//! Client certificates as the application hands them over, and their thumbprint (RFC 8705 section 3.1).

pub mod allow;
pub mod der;
pub mod header;
pub mod identity;
pub mod path;
mod pem;
mod presented;
pub mod problem;
pub mod refusal;
pub mod requirement;
pub mod source;
pub mod x509;

pub use presented::Presented;
pub use x509::{Certificate, Chain};

use crate::jose::base64url;
use sha2::{Digest, Sha256};

/// `x5t#S256`: base64url, unpadded, of the SHA-256 of a certificate's DER.
pub fn thumbprint(der: &[u8]) -> String {
    base64url::encode(&Sha256::digest(der))
}
