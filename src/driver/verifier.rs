//! The check of a server's certificate.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use x509_parser::parse_x509_certificate;
use x509_parser::time::ASN1Time;

use super::trust::Anchors;

/// RFC 5280 path validation against the anchors, with one addition that Node's users count on: a certificate that the
/// operator named itself (a self-signed server certificate in `NODE_EXTRA_CA_CERTS`) is trusted as a server's own
/// certificate too, within its dates and names.
#[derive(Debug)]
pub(super) struct Verifier {
    trust: Trust,
    algorithms: WebPkiSupportedAlgorithms,
}

#[derive(Debug)]
enum Trust {
    /// Every certificate (`NODE_TLS_REJECT_UNAUTHORIZED=0`); the peer must still hold its key.
    Anyone,
    /// None: there is not a single trust anchor.
    Nobody,
    Anchored {
        paths: Arc<WebPkiServerVerifier>,
        named: Vec<CertificateDer<'static>>,
    },
}

impl Verifier {
    pub(super) fn new(anchors: Anchors, reject_unauthorized: bool, provider: &Arc<CryptoProvider>) -> Self {
        let Anchors { store, named, .. } = anchors;
        let trust = if reject_unauthorized {
            WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
                .build()
                .map_or(Trust::Nobody, |paths| Trust::Anchored { paths, named })
        } else {
            Trust::Anyone
        };
        Self { trust, algorithms: provider.signature_verification_algorithms }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.trust {
            Trust::Anyone => Ok(ServerCertVerified::assertion()),
            Trust::Nobody => Err(CertificateError::UnknownIssuer.into()),
            Trust::Anchored { named, .. } if named.contains(end_entity) => verify_named(end_entity, server_name, now),
            Trust::Anchored { paths, .. } => {
                paths.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

fn verify_named(
    certificate: &CertificateDer<'_>,
    server_name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, Error> {
    let (_, parsed) = parse_x509_certificate(certificate).map_err(|_| CertificateError::BadEncoding)?;
    let seconds = i64::try_from(now.as_secs()).map_err(|_| CertificateError::Expired)?;
    let now = ASN1Time::from_timestamp(seconds).map_err(|_| CertificateError::Expired)?;
    if now > parsed.validity().not_after {
        return Err(CertificateError::Expired.into());
    }
    if now < parsed.validity().not_before {
        return Err(CertificateError::NotValidYet.into());
    }
    rustls::client::verify_server_name(&ParsedCertificate::try_from(certificate)?, server_name)?;
    Ok(ServerCertVerified::assertion())
}
