//! Client certificates as the application hands them over, and their thumbprint (RFC 8705 section 3.1).

mod pem;
mod presented;

pub use presented::Presented;

use crate::jose::base64url;
use sha2::{Digest, Sha256};

/// `x5t#S256`: base64url, unpadded, of the SHA-256 of a certificate's DER.
pub fn thumbprint(der: &[u8]) -> String {
    base64url::encode(&Sha256::digest(der))
}
