//! Properties of the reader of certificates: arbitrary octets, and real certificates with octets changed.

use monocloud_backend_node::certificate::path::{Entry, TrustAnchors};
use monocloud_backend_node::certificate::x509::normalize;
use monocloud_backend_node::certificate::{Certificate, Chain};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any, prop_oneof, proptest};
use proptest::sample::{Index, select};
use serde_json::Value;

const RECORDED: [&str; 6] = [
    include_str!("../../__test__/fixtures/certificates/certs/rich.pem"),
    include_str!("../../__test__/fixtures/certificates/certs/multirdn.pem"),
    include_str!("../../__test__/fixtures/certificates/certs/emptysubj.pem"),
    include_str!("../../__test__/fixtures/certificates/certs/unicode.pem"),
    include_str!("../../__test__/fixtures/certificates/certs/rsa.pem"),
    include_str!("../../__test__/fixtures/certificates/certs/root.pem"),
];

fn ders() -> Vec<Vec<u8>> {
    let body = |pem: &str| pem.lines().filter(|line| !line.starts_with("-----")).collect::<String>();
    RECORDED.iter().map(|pem| base64_simd::STANDARD.decode_to_vec(body(pem)).unwrap()).collect()
}

#[derive(Clone, Debug)]
enum Edit {
    Set(Index, u8),
    Remove(Index, usize),
    Insert(Index, Vec<u8>),
    Repeat(Index, usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, octet)| Edit::Set(at, octet)),
        // Tags, lengths and numbers that mean something.
        (any::<Index>(), select(vec![0, 1, 0x7f, 0x80, 0x81, 0x82, 0x84, 0x30, 0x31, 0x06, 0x0c, 0xa0, 0xa3, 0xff]))
            .prop_map(|(at, octet)| Edit::Set(at, octet)),
        (any::<Index>(), 1..9_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        (any::<Index>(), vec(any::<u8>(), 1..9)).prop_map(|(at, octets)| Edit::Insert(at, octets)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
    ]
}

fn edited(mut der: Vec<u8>, edits: &[Edit]) -> Vec<u8> {
    for edit in edits {
        if der.is_empty() {
            break;
        }
        let length = der.len();
        match edit {
            Edit::Set(at, octet) => der[at.index(length)] = *octet,
            Edit::Remove(at, count) => drop(der.drain(at.index(length)..(at.index(length) + count).min(length))),
            Edit::Insert(at, octets) => drop(der.splice(at.index(length)..at.index(length), octets.clone())),
            Edit::Repeat(at, count) => {
                let part = der[at.index(length)..(at.index(length) + count).min(length)].to_vec();
                drop(der.splice(at.index(length)..at.index(length), part));
            }
        }
    }
    der
}

/// All that is ever done with a certificate.
fn exercise(der: &[u8]) {
    let Some(certificate) = Certificate::parse(der) else { return };
    assert_eq!(certificate.der(), der);
    let legacy: Value = serde_json::from_str(&certificate.legacy()).unwrap();
    assert!(legacy["serialNumber"].is_string() && legacy["valid_to"].is_string());
    if let Some(list) = legacy["subjectaltname"].as_str() {
        // Whatever the names hold, the list falls apart into exactly as many.
        let names = certificate.alternative_names().len();
        assert_eq!(list.split(", ").filter(|entry| !entry.is_empty()).count(), names, "{list}");
    }
    let normalized: Value = serde_json::from_str(&certificate.normalized(true)).unwrap();
    assert_eq!(normalized["subjectAltNames"].as_array().map(Vec::len), Some(certificate.alternative_names().len()));
    let of_legacy = normalize(&legacy.to_string(), Some(der), true).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&of_legacy).unwrap()["subjectAltNames"], normalized["subjectAltNames"]);
    certificate.validity_at(0.0, 0.0);
    if let Ok(anchors) = TrustAnchors::new(&[Entry::Octets(der)], 10.0) {
        let _ = anchors.admit(std::slice::from_ref(&certificate), 1_800_000_000.0);
    }
    assert!(Chain::link(vec![certificate.clone(), certificate]).is_some());
}

#[test]
fn recorded_certificates_are_read() {
    for der in ders() {
        assert!(Certificate::parse(&der).is_some());
        exercise(&der);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn any_octets(octets in vec(any::<u8>(), 0..400)) {
        exercise(&octets);
        // Behind a tag and length that fit.
        let length = u16::try_from(octets.len()).unwrap().to_be_bytes();
        exercise(&[&[0x30, 0x82][..], &length, &octets].concat());
        let _ = TrustAnchors::new(&[Entry::Text(&String::from_utf8_lossy(&octets))], 10.0);
    }

    #[test]
    fn real_certificates_with_octets_changed(which in any::<Index>(), edits in vec(edit(), 1..5)) {
        let ders = ders();
        exercise(&edited(ders[which.index(ders.len())].clone(), &edits));
    }

    #[test]
    fn real_certificates_with_one_octet_changed(which in any::<Index>(), at in any::<Index>(), octet in any::<u8>()) {
        let ders = ders();
        exercise(&edited(ders[which.index(ders.len())].clone(), &[Edit::Set(at, octet)]));
    }

    #[test]
    fn any_description(text in "\\PC*") {
        let _ = normalize(&text, None, true);
    }
}
