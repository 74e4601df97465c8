//! The rules for the certificates on a path.

use super::*;
use rcgen::{SanType, date_time_ymd};

#[test]
fn an_issuer_is_an_authority_that_may_sign() {
    let root = root();
    for edit in [
        (|_| {}) as fn(&mut CertificateParams),
        |params| params.is_ca = IsCa::ExplicitNoCa,
        |params| {
            authority(params);
            params.key_usages = vec![KeyUsagePurpose::CrlSign];
        },
        |params| params.key_usages = vec![KeyUsagePurpose::KeyCertSign],
    ] {
        let issuer = Party::new("issuer", Some(&root), edit);
        let leaf = Party::new("leaf", Some(&issuer), client);
        assert_eq!(admit(&root, &[&leaf, &issuer]), Err(Refusal::NotAnAuthority));
    }
    let plain = Party::new("issuer", Some(&root), |params| {
        authority(params);
        params.key_usages = Vec::new();
    });
    assert_eq!(admit(&root, &[&Party::new("leaf", Some(&plain), client), &plain]), Ok(()));
}

#[test]
fn path_lengths_count_what_is_not_self_issued() {
    let root = Party::new("root", None, constrained(1));
    let one = Party::new("one", Some(&root), constrained(0));
    let leaf = Party::new("leaf", Some(&one), client);
    assert_eq!(admit(&root, &[&leaf, &one]), Ok(()));
    let two = Party::new("two", Some(&one), authority);
    let deep = Party::new("deep", Some(&two), client);
    assert_eq!(admit(&root, &[&deep, &two, &one]), Err(Refusal::PathTooLong));
    // The limit of an intermediate, and that of the anchor.
    assert_eq!(admit(&one, &[&deep, &two]), Err(Refusal::PathTooLong));
    let unbound = Party::new("one", Some(&root), authority);
    let two = Party::new("two", Some(&unbound), authority);
    let deep = Party::new("deep", Some(&two), client);
    assert_eq!(admit(&root, &[&deep, &two, &unbound]), Err(Refusal::PathTooLong));
    assert_eq!(admit(&unbound, &[&deep, &two]), Ok(()));
    // A new key of the same authority.
    let renewed = Party::new("one", Some(&one), authority);
    let leaf = Party::new("leaf", Some(&renewed), client);
    assert_eq!(admit(&root, &[&leaf, &renewed, &one]), Ok(()));
    // A leaf that is an authority itself does not count either.
    let leaf = Party::new("leaf", Some(&one), |params| {
        authority(params);
        params.key_usages = Vec::new();
    });
    assert_eq!(admit(&root, &[&leaf, &one]), Ok(()));
}

#[test]
fn every_extended_key_usage_permits_client_auth() {
    let root = root();
    let server = |params: &mut CertificateParams| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::Any];
    };
    let leaf = Party::new("leaf", Some(&root), server);
    assert_eq!(admit(&root, &[&leaf]), Err(Refusal::NotClientAuth));
    let issuer = Party::new("issuer", Some(&root), |params| {
        authority(params);
        server(params);
    });
    let leaf = Party::new("leaf", Some(&issuer), client);
    assert_eq!(admit(&root, &[&leaf, &issuer]), Err(Refusal::NotClientAuth));
    let both = Party::new("leaf", Some(&root), |params| {
        server(params);
        params.extended_key_usages.push(ExtendedKeyUsagePurpose::ClientAuth);
    });
    assert_eq!(admit(&root, &[&both]), Ok(()));
    assert_eq!(admit(&root, &[&Party::new("leaf", Some(&root), |_| {})]), Ok(()));
}

#[test]
fn the_leaf_may_sign_or_agree_on_keys() {
    let root = root();
    for (usage, verdict) in [
        (KeyUsagePurpose::DigitalSignature, Ok(())),
        (KeyUsagePurpose::KeyAgreement, Ok(())),
        (KeyUsagePurpose::KeyEncipherment, Err(Refusal::NotForSigning)),
        (KeyUsagePurpose::KeyCertSign, Err(Refusal::NotForSigning)),
        (KeyUsagePurpose::DecipherOnly, Err(Refusal::NotForSigning)),
    ] {
        let leaf = Party::new("leaf", Some(&root), |params| params.key_usages = vec![usage]);
        assert_eq!(admit(&root, &[&leaf]), verdict, "{usage:?}");
    }
}

#[test]
fn all_are_in_their_dates() {
    let expired = |params: &mut CertificateParams| params.not_after = date_time_ymd(2025, 12, 31);
    let early = |params: &mut CertificateParams| params.not_before = date_time_ymd(2026, 1, 2);
    for (edit, refusal) in
        [(&expired as &dyn Fn(&mut CertificateParams), Refusal::Expired), (&early, Refusal::NotYetValid)]
    {
        let and = |role: fn(&mut CertificateParams)| {
            move |params: &mut CertificateParams| {
                role(params);
                edit(params);
            }
        };
        let fine = root();
        let leaf = Party::new("leaf", Some(&fine), and(client));
        assert_eq!(admit(&fine, &[&leaf]), Err(refusal.clone()));
        let issuer = Party::new("issuer", Some(&fine), and(authority));
        let leaf = Party::new("leaf", Some(&issuer), client);
        assert_eq!(admit(&fine, &[&leaf, &issuer]), Err(refusal.clone()));
        // Built all the same: an anchor may be renewed while the process runs on.
        let anchor = Party::new("root", None, and(authority));
        let leaf = Party::new("leaf", Some(&anchor), client);
        assert_eq!(admit(&anchor, &[&leaf]), Err(refusal));
    }
    let root = root();
    let leaf = Party::new("leaf", Some(&root), |params| params.not_after = date_time_ymd(2026, 1, 1));
    let presented = [leaf.certificate];
    assert_eq!(trust(&root, 10.0).admit(&presented, NOW + 0.9), Ok(()));
    assert_eq!(trust(&root, 10.0).admit(&presented, NOW + 1.0), Err(Refusal::Expired));
    assert_eq!(trust(&root, 10.0).admit(&presented, f64::NAN), Err(Refusal::NotYetValid));
}

#[test]
fn extensions_that_are_not_evaluated_close_the_way() {
    let root = root();
    for (edit, oid, let_in) in extensions() {
        let verdict = if let_in { Ok(()) } else { Err(Refusal::UnsupportedExtension(oid.to_owned())) };
        let leaf = Party::new("leaf", Some(&root), &edit);
        assert_eq!(admit(&root, &[&leaf]), verdict, "{oid}");
        let issuer = Party::new("issuer", Some(&root), |params| {
            authority(params);
            edit(params);
        });
        let leaf = Party::new("leaf", Some(&issuer), client);
        assert_eq!(admit(&root, &[&leaf, &issuer]), verdict, "{oid}");
    }
    let leaf = Party::new("leaf", Some(&root), |params| {
        params.subject_alt_names.push(SanType::DnsName("a.example".try_into().expect("a name")));
        params.use_authority_key_identifier_extension = true;
    });
    assert_eq!(admit(&root, &[&leaf]), Ok(()));
}
