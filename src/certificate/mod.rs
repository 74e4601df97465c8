//! Client certificates as the application hands them over, and their thumbprint (RFC 8705 section 3.1).

pub mod allow;
pub mod der;
pub mod header;
pub mod path;
mod pem;
pub mod refusal;
pub mod source;
pub mod x509;

pub use x509::{Certificate, Chain};

use crate::error::Reason;
use crate::jose::base64url;
use crate::text::is_blank;
use sha2::{Digest, Sha256};

/// The `x5t#S256` of a PEM certificate, or of bare base64 DER: base64url, unpadded, of the SHA-256 of its DER.
pub fn thumbprint_of(certificate: Option<&str>) -> Result<String, Reason> {
    let certificate = certificate.filter(|text| !is_blank(text)).ok_or(Reason::CertificateMissing)?;
    let der = pem::decode(certificate).ok_or(Reason::CertificateMalformed)?;
    Ok(thumbprint(&der))
}

pub fn thumbprint(der: &[u8]) -> String {
    base64url::encode(&Sha256::digest(der))
}
