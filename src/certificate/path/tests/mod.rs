//! Chains of certificates made for the purpose.

mod anchors;
mod certificates;
mod links;
mod search;

use super::{Entry, Refusal, TrustAnchors};
use crate::certificate::x509::Certificate;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};

/// 1 January 2026.
const NOW: f64 = 1_767_225_600.0;

struct Party {
    params: CertificateParams,
    key: KeyPair,
    certificate: Certificate,
}

impl Party {
    fn new(name: &str, by: Option<&Self>, edit: impl FnOnce(&mut CertificateParams)) -> Self {
        Self::with_key(name, by, KeyPair::generate().expect("a key"), edit)
    }

    fn with_key(name: &str, by: Option<&Self>, key: KeyPair, edit: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.remove(DnType::CommonName);
        params.distinguished_name.push(DnType::CommonName, name);
        edit(&mut params);
        let signed = match by {
            Some(by) => params.signed_by(&key, &Issuer::from_params(&by.params, &by.key)),
            None => params.self_signed(&key),
        };
        let certificate = Certificate::parse(signed.expect("a certificate").der()).expect("strict DER");
        Self { params, key, certificate }
    }
}

fn authority(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
}

fn constrained(length: u8) -> impl FnOnce(&mut CertificateParams) {
    move |params| {
        authority(params);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(length));
    }
}

fn client(params: &mut CertificateParams) {
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

fn root() -> Party {
    Party::new("root", None, authority)
}

fn trust(anchor: &Party, max_depth: f64) -> TrustAnchors {
    TrustAnchors::new(&[Entry::Octets(anchor.certificate.der())], max_depth).expect("an anchor")
}

fn admit(anchor: &Party, presented: &[&Party]) -> Result<(), Refusal> {
    let presented: Vec<_> = presented.iter().map(|party| party.certificate.clone()).collect();
    trust(anchor, 10.0).admit(&presented, NOW)
}

type Edit = Box<dyn Fn(&mut CertificateParams)>;

/// Extensions that are not evaluated, and whether they are let in: as `(edit, oid, is let in)`.
fn extensions() -> Vec<(Edit, &'static str, bool)> {
    let custom = |critical: bool| {
        move |params: &mut CertificateParams| {
            let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
            extension.set_criticality(critical);
            params.custom_extensions.push(extension);
        }
    };
    let constraints = |critical: bool| {
        move |params: &mut CertificateParams| {
            let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 30], vec![0x30, 0]);
            extension.set_criticality(critical);
            params.custom_extensions.push(extension);
        }
    };
    vec![
        (Box::new(custom(true)), "1.2.3.4", false),
        (Box::new(custom(false)), "1.2.3.4", true),
        (Box::new(constraints(true)), "2.5.29.30", false),
        (Box::new(constraints(false)), "2.5.29.30", false),
    ]
}
