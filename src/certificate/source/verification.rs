//! Who says that a certificate has been verified.

use super::header::HeaderSource;
use super::{Kind, Source};
use crate::certificate::header::Encoding;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// The TLS server does, of each certificate.
    Socket,
    /// The text beside the identity does.
    Text,
    /// The proxy sets the header for certificates alone which it has verified, or is believed only when it says so.
    Proxy,
    /// Nobody.
    Nobody,
}

/// What AWS sets in its mode `verify`, and never in `passthrough`.
const VERIFIED_LEAF: &str = "x-amzn-mtls-clientcert-leaf";

impl Source {
    pub fn verification(&self) -> Verification {
        match &self.kind {
            Kind::Tls => Verification::Socket,
            Kind::Structured(_) => Verification::Text,
            Kind::Event => Verification::Proxy,
            Kind::Header(header) if self.vouches(header) => Verification::Proxy,
            Kind::Header(_) => Verification::Nobody,
        }
    }

    /// Envoy forwards what it has verified; others say so in a header of its own.
    fn vouches(&self, header: &HeaderSource) -> bool {
        let leaf = self.names.first().is_some_and(|name| name == VERIFIED_LEAF);
        header.encoding() == Encoding::Xfcc || header.is_confirmed() || leaf
    }
}
