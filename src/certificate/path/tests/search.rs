//! The way from a leaf to an anchor.

use super::*;
use rcgen::date_time_ymd;

#[test]
fn a_leaf_of_the_anchor_is_let_in_and_one_of_a_namesake_is_not() {
    let (root, rogue) = (root(), root());
    let leaf = Party::new("leaf", Some(&root), client);
    assert_eq!(admit(&root, &[&leaf]), Ok(()));
    assert_eq!(admit(&rogue, &[&leaf]), Err(Refusal::UnknownIssuer));
    // What comes along makes nothing trusted.
    assert_eq!(admit(&rogue, &[&leaf, &root]), Err(Refusal::UnknownIssuer));
    assert_eq!(trust(&root, 10.0).admit(&[], NOW), Err(Refusal::NoCertificate));
    let own = Party::new("own", None, client);
    assert_eq!(admit(&root, &[&own]), Err(Refusal::UnknownIssuer));
}

#[test]
fn the_issuer_is_named_and_has_signed() {
    let root = root();
    // The same key under another name.
    let other = Party::with_key("other", None, KeyPair::from_pem(&root.key.serialize_pem()).expect("a key"), authority);
    let leaf = Party::new("leaf", Some(&other), client);
    assert_eq!(admit(&root, &[&leaf]), Err(Refusal::UnknownIssuer));
    assert_eq!(admit(&other, &[&leaf]), Ok(()));
    let shouted =
        Party::with_key(" OTHER ", None, KeyPair::from_pem(&root.key.serialize_pem()).expect("a key"), authority);
    assert_eq!(admit(&shouted, &[&leaf]), Ok(()));
}

#[test]
fn intermediates_come_in_any_order_and_among_others() {
    let root = root();
    let one = Party::new("one", Some(&root), authority);
    let two = Party::new("two", Some(&one), authority);
    let leaf = Party::new("leaf", Some(&two), client);
    let stray = Party::new("stray", None, authority);
    assert_eq!(admit(&root, &[&leaf, &two, &one]), Ok(()));
    assert_eq!(admit(&root, &[&leaf, &root, &one, &stray, &two]), Ok(()));
    assert_eq!(admit(&root, &[&leaf, &two]), Err(Refusal::UnknownIssuer));
    assert_eq!(admit(&root, &[&leaf, &one]), Err(Refusal::UnknownIssuer));
    assert_eq!(admit(&one, &[&leaf, &two]), Ok(()));
}

#[test]
fn a_second_way_is_found_where_the_first_is_closed() {
    let root = root();
    let foreign = Party::new("foreign", None, authority);
    let key = KeyPair::generate().expect("a key");
    let copy = || KeyPair::from_pem(&key.serialize_pem()).expect("a key");
    let crossed = Party::with_key("bridge", Some(&foreign), copy(), authority);
    let expired = Party::with_key("bridge", Some(&root), copy(), |params| {
        authority(params);
        params.not_after = date_time_ymd(2020, 1, 1);
    });
    let own = Party::with_key("bridge", Some(&root), copy(), authority);
    let leaf = Party::new("leaf", Some(&crossed), client);
    assert_eq!(admit(&root, &[&leaf, &crossed, &expired, &own]), Ok(()));
    assert_eq!(admit(&root, &[&leaf, &crossed, &expired]), Err(Refusal::Expired));
    assert_eq!(admit(&root, &[&leaf, &crossed]), Err(Refusal::UnknownIssuer));
}

#[test]
fn the_depth_counts_the_leaf() {
    let root = root();
    let one = Party::new("one", Some(&root), authority);
    let leaf = Party::new("leaf", Some(&one), client);
    let presented = [leaf.certificate.clone(), one.certificate.clone()];
    assert_eq!(trust(&root, 2.0).admit(&presented, NOW), Ok(()));
    assert_eq!(trust(&root, 1.0).admit(&presented, NOW), Err(Refusal::TooDeep));
    let direct = Party::new("direct", Some(&root), client);
    assert_eq!(trust(&root, 1.0).admit(&[direct.certificate], NOW), Ok(()));
}

#[test]
fn the_work_is_bounded() {
    // Namesakes of the anchor, none of which made the signature.
    let root = root();
    let leaf = Party::new("leaf", Some(&root), client);
    let namesakes: Vec<_> = (0..60).map(|_| self::root().certificate).collect();
    let presented = |count: usize| -> Vec<_> {
        let strangers = namesakes.iter().take(count).cloned();
        std::iter::once(leaf.certificate.clone()).chain(strangers).collect()
    };
    let other = self::root();
    assert_eq!(trust(&other, 10.0).admit(&presented(20), NOW), Err(Refusal::UnknownIssuer));
    assert_eq!(trust(&other, 10.0).admit(&presented(60), NOW), Err(Refusal::TooManyChecks));
}
