//! The linking of a chain that was presented.

use super::*;
use crate::certificate::x509::Chain;

fn linked(presented: &[&Party]) -> Vec<Certificate> {
    let certificates = presented.iter().map(|party| party.certificate.clone()).collect();
    Chain::link(certificates).expect("a leaf").issuers
}

fn ders(certificates: &[Certificate]) -> Vec<&[u8]> {
    certificates.iter().map(Certificate::der).collect()
}

#[test]
fn issuers_are_linked_by_name_and_signature_alone() {
    let root = root();
    let one = Party::new("one", Some(&root), authority);
    let two = Party::new("two", Some(&one), authority);
    let leaf = Party::new("leaf", Some(&two), client);
    let (namesake, stray) = (Party::new("two", None, authority), Party::new("stray", Some(&root), client));
    let whole = [two.certificate.der(), one.certificate.der(), root.certificate.der()];
    for presented in [
        &[&leaf, &two, &one, &root][..],
        &[&leaf, &root, &one, &two],
        &[&leaf, &namesake, &two, &stray, &one, &root],
        &[&leaf, &leaf, &two, &two, &root, &one, &root],
    ] {
        assert_eq!(ders(&linked(presented)), whole);
    }
    assert_eq!(ders(&linked(&[&leaf, &two, &root])), [two.certificate.der()]);
    assert!(linked(&[&leaf, &one, &root]).is_empty());
    assert!(linked(&[&leaf, &namesake, &stray]).is_empty());
    assert!(linked(&[&root, &root]).is_empty());
    assert!(Chain::link(Vec::new()).is_none());
}

#[test]
fn two_that_issued_each_other_are_linked_once() {
    let (one, two) = (Party::new("one", None, authority), Party::new("two", None, authority));
    let copy = |party: &Party| KeyPair::from_pem(&party.key.serialize_pem()).expect("a key");
    let crossed_one = Party::with_key("one", Some(&two), copy(&one), authority);
    let crossed_two = Party::with_key("two", Some(&one), copy(&two), authority);
    let leaf = Party::new("leaf", Some(&one), client);
    assert_eq!(linked(&[&leaf, &crossed_one, &crossed_two]).len(), 2);
    assert_eq!(admit(&root(), &[&leaf, &crossed_one, &crossed_two]), Err(Refusal::UnknownIssuer));
}

#[test]
fn the_work_is_bounded() {
    let issuer = root();
    let leaf = Party::new("leaf", Some(&issuer), client);
    let namesakes: Vec<_> = (0..16).map(|_| root()).collect();
    let among = |count: usize| -> Vec<_> {
        let strangers = namesakes.iter().take(count);
        std::iter::once(&leaf).chain(strangers).chain([&issuer]).collect()
    };
    assert_eq!(linked(&among(15)).len(), 1);
    assert!(linked(&among(16)).is_empty());
}

/// Whoever sends a chain chooses its keys: dear ones are checked less often.
#[test]
fn the_work_is_bounded_by_what_keys_cost() {
    for (algorithm, most) in
        [(&rcgen::PKCS_ECDSA_P256_SHA256, 9), (&rcgen::PKCS_ECDSA_P384_SHA384, 4), (&rcgen::PKCS_ECDSA_P521_SHA512, 2)]
    {
        let mut chain = vec![root()];
        for at in 0..9 {
            let key = KeyPair::generate_for(algorithm).expect("a key");
            let issued = Party::with_key(&at.to_string(), chain.last().filter(|_| at > 0), key, authority);
            chain.push(issued);
        }
        let leaf = Party::new("leaf", chain.last(), client);
        let presented: Vec<_> = std::iter::once(&leaf).chain(chain.iter().skip(1).rev()).collect();
        assert_eq!(linked(&presented).len(), most);
    }
}
