//! The authorities that an application names.

use super::*;
use rcgen::{GeneralSubtree, NameConstraints};

#[test]
fn an_anchor_is_refused_with_what_to_mend() {
    let refused = |edit: &dyn Fn(&mut CertificateParams)| {
        let anchor = Party::new("root, the \u{f6}ldest", None, |params| {
            params.distinguished_name.push(DnType::OrganizationName, "Acme");
            authority(params);
            edit(params);
        });
        TrustAnchors::new(&[Entry::Octets(anchor.certificate.der())], 10.0).err()
    };
    let message = |rest: &str| Some(format!("allowCA CA certificate 'CN=root, the \u{f6}ldest, O=Acme' {rest}"));
    assert_eq!(refused(&|_| {}), None);
    let unusable =
        "is not usable as a CA certificate (needs basicConstraints cA, and keyCertSign where keyUsage is present)";
    assert_eq!(refused(&|params| params.is_ca = IsCa::NoCa), message(unusable));
    assert_eq!(refused(&|params| params.key_usages = vec![KeyUsagePurpose::CrlSign]), message(unusable));
    assert_eq!(
        refused(&|params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth]),
        message("does not permit clientAuth in its extended key usage")
    );
    for (edit, oid, let_in) in extensions() {
        let kind = if oid == "1.2.3.4" { "critical " } else { "" };
        let error = refused(&*edit);
        assert_eq!(error.is_none(), let_in, "{oid}");
        if let Some(error) = error {
            assert!(error.ends_with(&format!("carries unsupported {kind}extension {oid}")) || oid == "2.5.29.30");
        }
    }
    let constrained = refused(&|params| {
        let name = GeneralSubtree::DnsName("example".to_owned());
        params.name_constraints =
            Some(NameConstraints { permitted_subtrees: vec![name], excluded_subtrees: Vec::new() });
    });
    assert_eq!(constrained, message("carries unsupported critical extension 2.5.29.30"));
}

#[test]
fn anchors_come_as_pem_or_der() {
    let (one, two) = (root(), Party::new("two", None, authority));
    let leaf = Party::new("leaf", Some(&two), client);
    let admits = |entries: &[Entry<'_>]| {
        TrustAnchors::new(entries, 10.0).map(|anchors| anchors.admit(std::slice::from_ref(&leaf.certificate), NOW))
    };
    let (first, second) = (one.certificate.pem(), two.certificate.pem());
    let bundle = format!("# authorities\r\n{first}\nsubject=CN = two\n{}\n", second.replace('\n', "\r\n"));
    assert_eq!(admits(&[Entry::Text(&bundle)]), Ok(Ok(())));
    assert_eq!(admits(&[Entry::Octets(bundle.as_bytes())]), Ok(Ok(())));
    assert_eq!(admits(&[Entry::Text(&first), Entry::Octets(two.certificate.der())]), Ok(Ok(())));
    assert_eq!(admits(&[Entry::Text(&first)]), Ok(Err(Refusal::UnknownIssuer)));
    let bundle_error = "allowCA could not split this PEM bundle; pass each certificate as its own entry";
    for text in [
        "",
        "no certificate",
        &first.replace("-----END", "-----FIN"),
        &first.replace("BEGIN CERT", "BEGIN TRUSTED CERT"),
        &format!("{first}-----BEGIN PRIVATE KEY-----\nAQID\n-----END PRIVATE KEY-----\n"),
        &format!("{first}-----BEGIN CERTIFICATE-----\n"),
        &first.replacen('M', "!", 1),
    ] {
        assert_eq!(admits(&[Entry::Text(text)]).err().as_deref(), Some(bundle_error), "{text}");
    }
    let two_ders = [one.certificate.der(), two.certificate.der()].concat();
    assert!(admits(&[Entry::Octets(&two_ders)]).is_err_and(|error| error.contains("could not read")));
    let no_certificate = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----";
    assert!(admits(&[Entry::Text(no_certificate)]).is_err_and(|error| error.contains("could not read")));
    assert!(admits(&[]).is_err_and(|error| error == "allowCA needs at least one CA certificate"));
    for depth in [0.0, -1.0, 1.5, f64::NAN, f64::INFINITY] {
        let error = TrustAnchors::new(&[Entry::Text(&first)], depth).err();
        assert_eq!(error.as_deref(), Some("allowCA maxDepth must be a positive integer"), "{depth}");
    }
}
