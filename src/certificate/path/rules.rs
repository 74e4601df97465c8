//! What RFC 5280 section 6.1 asks of each certificate on a path of client certificates.

use super::Refusal;
use crate::certificate::x509::extensions::{
    AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, EXT_KEY_USAGE, KEY_USAGE, NAME_CONSTRAINTS, SUBJECT_ALT_NAME,
    SUBJECT_KEY_IDENTIFIER,
};
use crate::certificate::x509::{Certificate, KeyUsage, Validity};

/// The extensions that are read, or say nothing that a path depends on. Section 4.2: another one that is critical means
/// that the certificate must be rejected.
const PROCESSED: [&[u8]; 6] =
    [SUBJECT_KEY_IDENTIFIER, KEY_USAGE, SUBJECT_ALT_NAME, BASIC_CONSTRAINTS, AUTHORITY_KEY_IDENTIFIER, EXT_KEY_USAGE];

/// 1.3.6.1.5.5.7.3.2. `anyExtendedKeyUsage` is not enough (section 4.2.1.12 leaves that to the application).
const CLIENT_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 2];

/// What does not depend on the time, in the words that follow the certificate's name.
pub fn of_anchor(anchor: &Certificate) -> Result<(), String> {
    if let Some((oid, critical)) = unsupported(anchor) {
        return Err(format!("carries unsupported {}extension {oid}", if critical { "critical " } else { "" }));
    }
    if !anchor.is_ca() {
        let needs = "(needs basicConstraints cA, and keyCertSign where keyUsage is present)";
        return Err(format!("is not usable as a CA certificate {needs}"));
    }
    if !permits_client_auth(anchor) {
        return Err("does not permit clientAuth in its extended key usage".to_owned());
    }
    Ok(())
}

pub fn of_leaf(leaf: &Certificate, now: f64) -> Result<(), Refusal> {
    of_each(leaf, now)?;
    let may_sign = |usage: KeyUsage| usage.digital_signature() || usage.key_agreement();
    if leaf.extensions().key_usage.is_none_or(may_sign) { Ok(()) } else { Err(Refusal::NotForSigning) }
}

/// `path`: from the leaf to the certificate that this one issued.
pub fn of_issuer(issuer: &Certificate, path: &[&Certificate], now: f64) -> Result<(), Refusal> {
    of_each(issuer, now)?;
    if !issuer.is_ca() {
        return Err(Refusal::NotAnAuthority);
    }
    // Section 4.2.1.9: neither the leaf nor self-issued certificates count.
    let below = path.iter().skip(1).filter(|certificate| !certificate.is_self_issued()).count();
    let path_len = issuer.extensions().basic_constraints.and_then(|constraints| constraints.path_len);
    if path_len.is_some_and(|most| below as u64 > most) { Err(Refusal::PathTooLong) } else { Ok(()) }
}

/// The subject as people read it: `O=Acme, CN=Acme Root CA`.
pub fn subject(certificate: &Certificate) -> String {
    let attributes = certificate.subject().attributes().iter();
    let pairs: Vec<_> = attributes.map(|attribute| format!("{}={}", attribute.kind.key(), attribute.value)).collect();
    pairs.join(", ")
}

fn of_each(certificate: &Certificate, now: f64) -> Result<(), Refusal> {
    match certificate.validity_at(now, 0.0) {
        Validity::Valid => {}
        Validity::Expired => return Err(Refusal::Expired),
        Validity::NotYetValid => return Err(Refusal::NotYetValid),
    }
    if let Some((oid, _)) = unsupported(certificate) {
        return Err(Refusal::UnsupportedExtension(oid));
    }
    if permits_client_auth(certificate) { Ok(()) } else { Err(Refusal::NotClientAuth) }
}

/// Section 4.2.1.10: name constraints bind the names below whether they are critical or not, and are not evaluated here.
fn unsupported(certificate: &Certificate) -> Option<(String, bool)> {
    let mut present = certificate.extensions().present.iter();
    let unsupported = present.find(|extension| {
        *extension.oid == *NAME_CONSTRAINTS || (extension.critical && !PROCESSED.contains(&&*extension.oid))
    })?;
    Some((unsupported.dotted(), unsupported.critical))
}

fn permits_client_auth(certificate: &Certificate) -> bool {
    let purposes = certificate.extensions().ext_key_usage.as_deref();
    purposes.is_none_or(|purposes| purposes.iter().any(|purpose| **purpose == *CLIENT_AUTH))
}
