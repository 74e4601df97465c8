//! The client's own certificate for mutual TLS (RFC 8705 section 2).

use std::borrow::Cow;
use std::fs;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use x509_parser::parse_x509_certificate;
use x509_parser::time::ASN1Time;
use zeroize::{Zeroize, Zeroizing};

/// A certificate chain with the key of its first certificate. Never printed. Two identities are equal if their chains
/// are, since the chain names the key.
#[derive(Clone)]
pub struct Identity {
    pub(super) certified: Arc<CertifiedKey>,
    /// For the operator: certificates of the chain that are not valid at the time of loading.
    pub(super) warnings: Arc<[String]>,
}

impl Identity {
    /// Takes a PEM certificate chain, leaf first, and a PEM key (PKCS #8, PKCS #1 or SEC1, not encrypted). A text
    /// without `-----BEGIN` is the path of a PEM file.
    ///
    /// # Errors
    /// A message that names the option at fault and what to do; no part of the key is in it.
    pub fn load(certificate: &str, key: &str) -> Result<Self, String> {
        let certificate = text(certificate, "clientCertificate")?;
        let chain = CertificateDer::pem_slice_iter(certificate.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .ok()
            .filter(|chain| !chain.is_empty())
            .ok_or(r#""clientCertificate" must hold at least one PEM certificate (-----BEGIN CERTIFICATE-----)"#)?;
        let warnings = warnings(&chain)?;
        let signing_key = signing_key(&Zeroizing::new(text(key, "clientKey")?.into_owned()))?;
        let certified = CertifiedKey::new(chain, signing_key);
        match certified.keys_match() {
            Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => {}
            Err(Error::InconsistentKeys(_)) => {
                return Err(r#""clientKey" does not belong to the first certificate of "clientCertificate""#.into());
            }
            Err(_) => return Err(UNREADABLE.into()),
        }
        Ok(Self { certified: Arc::new(certified), warnings })
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.certified.cert == other.certified.cert
    }
}

impl Eq for Identity {}

impl Hash for Identity {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.certified.cert.hash(state);
    }
}

const UNREADABLE: &str = r#""clientCertificate" holds a certificate that can't be read"#;

/// RFC 5280 section 4.1.2.5. Dates refuse nothing, since this clock and the tenant's may differ: they are told.
fn warnings(chain: &[CertificateDer<'_>]) -> Result<Arc<[String]>, String> {
    let now = ASN1Time::now();
    let mut warnings = Vec::new();
    for (place, der) in (1..).zip(chain) {
        let (rest, certificate) = parse_x509_certificate(der).map_err(|_| UNREADABLE)?;
        if !rest.is_empty() {
            return Err(UNREADABLE.into());
        }
        let validity = certificate.validity();
        let fault = if now > validity.not_after {
            format!("expired on {}", validity.not_after)
        } else if now < validity.not_before {
            format!("is not valid before {}", validity.not_before)
        } else {
            continue;
        };
        warnings.push(format!(r#"Certificate {place} of "clientCertificate" {fault}"#));
    }
    Ok(warnings.into())
}

fn text<'a>(value: &'a str, option: &str) -> Result<Cow<'a, str>, String> {
    if value.contains("-----BEGIN") {
        return Ok(Cow::Borrowed(value));
    }
    fs::read_to_string(value.trim())
        .map(Cow::Owned)
        .map_err(|error| format!(r#""{option}" must be PEM text or the path of a readable PEM file: {error}"#))
}

fn signing_key(pem: &str) -> Result<Arc<dyn rustls::sign::SigningKey>, String> {
    if pem.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || pem.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(r#""clientKey" is encrypted: supply the decrypted key"#.into());
    }
    let mut der = PrivateKeyDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| r#""clientKey" must hold a PEM private key (-----BEGIN PRIVATE KEY-----)"#)?;
    let key = rustls::crypto::aws_lc_rs::sign::any_supported_type(&der)
        .map_err(|_| r#""clientKey" must be an RSA, P-256, P-384, P-521 or Ed25519 key"#.to_owned());
    der.zeroize();
    key
}
