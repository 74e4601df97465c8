//! Trust anchors: the platform's, the operator's, and a fallback where the platform has none.

use std::path::Path;
use std::sync::{LazyLock, PoisonError, RwLock};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::environment::Environment;

/// Sets the certificates (PEM, one or more a text) used when the platform's store is empty, as it is in slim
/// containers, or hidden by `SSL_CERT_FILE`: naming one more authority does not take the public ones away. Texts that can't be read are skipped. Returns how many certificates are now set.
pub fn set_fallback_roots(pem: &[String]) -> usize {
    let roots: Vec<_> = pem.iter().flat_map(|text| CertificateDer::pem_slice_iter(text.as_bytes()).flatten()).collect();
    let mut fallback = FALLBACK.write().unwrap_or_else(PoisonError::into_inner);
    if fallback.roots != roots {
        fallback.roots = roots;
        fallback.generation += 1;
    }
    fallback.roots.len()
}

/// Whether the anchors of this process need [`set_fallback_roots`]: the platform has none, or `SSL_CERT_FILE` and
/// `SSL_CERT_DIR` hide its own.
#[must_use]
pub fn needs_fallback_roots() -> bool {
    let environment = Environment::capture();
    replaced(&environment) || platform(&environment).certs.is_empty()
}

/// Changes whenever the fallback roots do.
pub(super) fn fallback_generation() -> usize {
    FALLBACK.read().unwrap_or_else(PoisonError::into_inner).generation
}

/// What server certificates are checked against.
pub(super) struct Anchors {
    pub(super) store: RootCertStore,
    /// The certificates that the operator named, as they are.
    pub(super) named: Vec<CertificateDer<'static>>,
    /// For the operator, in Node's own wording where Node has one.
    pub(super) warnings: Vec<String>,
}

impl Anchors {
    pub(super) fn load(environment: &Environment) -> Self {
        let mut warnings = Vec::new();
        let mut named = Vec::new();
        if let Some(path) = &environment.extra_ca_certs {
            match read(path) {
                Ok(certificates) => named.extend(certificates),
                Err(reason) => {
                    warnings.push(format!("Ignoring extra certs from `{}`, load failed: {reason}", path.display()));
                }
            }
        }
        let found = platform(environment);
        warnings.extend(found.errors.iter().filter(|_| replaced(environment)).map(|error| {
            format!("Ignoring certificates named by SSL_CERT_FILE or SSL_CERT_DIR, load failed: {error}")
        }));
        let mut store = RootCertStore::empty();
        if found.certs.is_empty() || replaced(environment) {
            let fallback = FALLBACK.read().unwrap_or_else(PoisonError::into_inner);
            store.add_parsable_certificates(fallback.roots.iter().cloned());
        }
        if replaced(environment) {
            named.extend(found.certs);
        } else {
            store.add_parsable_certificates(found.certs);
        }
        store.add_parsable_certificates(named.iter().cloned());
        Self { store, named, warnings }
    }
}

#[derive(Default)]
struct Fallback {
    roots: Vec<CertificateDer<'static>>,
    generation: usize,
}

static FALLBACK: LazyLock<RwLock<Fallback>> = LazyLock::new(RwLock::default);

fn replaced(environment: &Environment) -> bool {
    environment.ssl_cert_file.is_some() || !environment.ssl_cert_dirs.is_empty()
}

fn platform(environment: &Environment) -> rustls_native_certs::CertificateResult {
    if !replaced(environment) {
        return rustls_native_certs::load_native_certs();
    }
    let mut found = rustls_native_certs::load_certs_from_paths(environment.ssl_cert_file.as_deref(), None);
    for directory in &environment.ssl_cert_dirs {
        let more = rustls_native_certs::load_certs_from_paths(None, Some(directory));
        found.certs.extend(more.certs);
        found.errors.extend(more.errors);
    }
    found.certs.sort_unstable_by(|one, other| one.cmp(other));
    found.certs.dedup();
    found
}

/// A file without any certificate is as good as unreadable; one with a broken section is skipped whole, as Node does.
fn read(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| error.to_string())?;
    let parsed = RootCertStore::empty().add_parsable_certificates(certificates.iter().cloned());
    if parsed.0 == 0 {
        return Err("no certificate found".into());
    }
    Ok(certificates)
}
