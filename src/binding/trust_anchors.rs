//! The authorities that an application trusts for its clients, as JavaScript holds them.

use super::certificate::NativeCertificate;
use super::guarded;
use crate::certificate::Certificate;
use crate::certificate::path::{self, Entry, Refusal, TrustAnchors};
use crate::error::Reason;
use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;

#[napi]
pub struct NativeTrustAnchors {
    anchors: TrustAnchors,
}

#[napi]
impl NativeTrustAnchors {
    /// PEM texts (one certificate or several each), or octets of PEM or DER. `maxDepth` counts the leaf and the
    /// intermediates; default 10. Throws the message of what is wrong.
    #[napi(factory)]
    pub fn create(certificates: Vec<Either<String, Uint8Array>>, max_depth: Option<f64>) -> napi::Result<Self> {
        let entries: Vec<_> = certificates
            .iter()
            .map(|certificate| match certificate {
                Either::A(text) => Entry::Text(text),
                Either::B(octets) => Entry::Octets(octets),
            })
            .collect();
        let anchors = guarded(|| Ok(TrustAnchors::new(&entries, max_depth.unwrap_or(path::DEFAULT_MAX_DEPTH))));
        let anchors = anchors.map_err(|failure| napi::Error::from_reason(failure.message))?;
        Ok(Self { anchors: anchors.map_err(napi::Error::from_reason)? })
    }

    /// DER, the leaf first. Null where the chain is admitted, else why not, for operators. `now` in seconds since the
    /// epoch.
    #[napi]
    pub fn refusal(&self, chain: Vec<Uint8Array>, now: f64) -> Option<String> {
        self.judge(now, || {
            let certificates = chain.iter().map(|der| Certificate::parse(der).ok_or(Refusal::Malformed));
            certificates.collect()
        })
    }

    /// The same of certificates that have been read.
    #[napi]
    pub fn refusal_of(&self, certificate: &NativeCertificate, now: f64) -> Option<String> {
        self.judge(now, || Ok(certificate.chain.certificates().cloned().collect()))
    }

    fn judge(&self, now: f64, read: impl FnOnce() -> Result<Vec<Certificate>, Refusal>) -> Option<String> {
        let verdict = guarded(|| Ok(read().and_then(|certificates| self.anchors.admit(&certificates, now))));
        match verdict {
            Ok(verdict) => verdict.err().map(|refusal| refusal.to_string()),
            Err(_) => Some(Reason::Internal.code().to_owned()),
        }
    }
}
