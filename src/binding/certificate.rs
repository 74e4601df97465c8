//! A certificate chain that has been read, as JavaScript holds it.

use super::guarded;
use crate::certificate::x509::normalize;
use crate::certificate::{Certificate, Chain};
use napi::bindgen_prelude::{Buffer, Uint8Array};
use napi_derive::napi;

/// The certificate, and the issuers that were presented with it.
#[napi]
pub struct NativeCertificate {
    pub(super) chain: Chain,
}

#[napi]
impl NativeCertificate {
    /// Exactly one certificate in DER; null for anything else.
    #[napi]
    pub fn parse(der: Uint8Array) -> Option<NativeCertificate> {
        let certificate = guarded(|| Ok(Certificate::parse(&der))).ok().flatten()?;
        Chain::link(vec![certificate]).map(Into::into)
    }

    /// How many certificates: 1 and the linked issuers.
    #[napi(getter)]
    pub fn count(&self) -> u32 {
        u32::try_from(self.chain.certificates().count()).unwrap_or(u32::MAX)
    }

    /// JSON of what Node's `X509Certificate#toLegacyObject` gives, without `raw`, and with `pubkey` as base64 text.
    /// 0 is the leaf; null past the last.
    #[napi]
    pub fn legacy(&self, index: u32) -> Option<String> {
        guarded(|| Ok(self.at(index).map(Certificate::legacy))).ok().flatten()
    }

    /// 0 is the leaf; null past the last.
    #[napi]
    pub fn der(&self, index: u32) -> Option<Buffer> {
        self.at(index).map(|certificate| certificate.der().to_vec().into())
    }

    /// The leaf: RFC 7468.
    #[napi(getter)]
    pub fn pem(&self) -> String {
        self.chain.leaf.pem()
    }

    /// JSON of the `ClientCertificate` of the leaf; `notBefore` and `notAfter` in milliseconds since the epoch.
    #[napi]
    pub fn normalized(&self, verified: bool) -> Option<String> {
        guarded(|| Ok(self.chain.leaf.normalized(verified))).ok()
    }

    /// The `x5t#S256` of the leaf (RFC 8705 section 3.1).
    #[napi(getter)]
    pub fn thumbprint(&self) -> String {
        self.chain.leaf.thumbprint()
    }

    /// Whether the leaf is out of its dates, and how: null, `certificate_expired` or `certificate_not_yet_valid`.
    /// `now` in seconds since the epoch, `tolerance` in seconds.
    #[napi]
    pub fn validity(&self, now: f64, tolerance: f64) -> Option<String> {
        self.chain.leaf.validity_at(now, tolerance).reason().map(str::to_owned)
    }

    fn at(&self, index: u32) -> Option<&Certificate> {
        self.chain.certificates().nth(usize::try_from(index).ok()?)
    }
}

impl From<Chain> for NativeCertificate {
    fn from(chain: Chain) -> Self {
        Self { chain }
    }
}

/// JSON of the `ClientCertificate` of a description such as `getPeerCertificate()` gives, in JSON without `raw`, which
/// is handed on beside it and becomes `pem`. `notBefore` and `notAfter` are the texts of `valid_from` and `valid_to`.
/// Null where the description names neither subject, issuer, SHA-256 fingerprint nor serial number.
#[napi]
pub fn normalize_certificate(description: String, raw: Option<Uint8Array>, verified: bool) -> Option<String> {
    guarded(|| Ok(normalize(&description, raw.as_deref(), verified))).ok().flatten()
}
