//! Signatures of every algorithm, whole, tampered with and in forms that are refused.

use super::support::keys::{another, key};
use super::support::token::{resigned, signature_of, token, verdict, verify};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, VerificationAlgorithm};
use monocloud_backend_node::error::Reason;
use monocloud_backend_node::jose::algorithm::Algorithm;
use monocloud_backend_node::jose::base64url;
use serde_json::json;

const ELLIPTIC: [Algorithm; 3] = [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512];
/// The order n of P-256 and the half of it (SEC 2 section 2.4.2).
const P256_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7,
    0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// The order L of edwards25519, little-endian (RFC 8032 section 5.1).
const ED25519_ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

#[test]
fn every_algorithm_verifies_and_keeps_the_bytes() {
    for algorithm in Algorithm::ALL {
        let payload = json!({"name": "Zoë", "n": 1.50, "nested": {"__proto__": []}});
        let token = token(algorithm, &payload);
        let Ok(verified) = verify(&token, &[key(algorithm).jwk.clone()]) else { panic!("{}", algorithm.name()) };
        assert_eq!((verified.text, verified.algorithm), (payload.to_string(), algorithm));
        assert_eq!(verified.claims.get("name"), Some(&json!("Zoë")));
    }
}

#[test]
fn a_change_in_any_segment_is_noticed() {
    for algorithm in Algorithm::ALL {
        let keys = [key(algorithm).jwk.clone()];
        let token = token(algorithm, &json!({"sub": "user"}));
        let parts: Vec<&str> = token.split('.').collect();
        let header = base64url::encode(format!("{{\"alg\":\"{}\" }}", algorithm.name()).as_bytes());
        let payload = base64url::encode(b"{\"sub\":\"root\"}");
        let name = algorithm.name();
        assert_eq!(
            verdict(&format!("{header}.{}.{}", parts[1], parts[2]), &keys),
            Err(Reason::SignatureInvalid),
            "{name} header"
        );
        assert_eq!(
            verdict(&format!("{}.{payload}.{}", parts[0], parts[2]), &keys),
            Err(Reason::SignatureInvalid),
            "{name} payload"
        );
        let signature = signature_of(&token);
        for place in [0, signature.len() / 2, signature.len() - 1] {
            let mut signature = signature.clone();
            signature[place] ^= 1;
            assert_eq!(verdict(&resigned(&token, &signature), &keys), Err(Reason::SignatureInvalid), "{name} {place}");
        }
    }
}

#[test]
fn a_signature_has_exactly_its_length() {
    for algorithm in Algorithm::ALL {
        let keys = [key(algorithm).jwk.clone()];
        let token = token(algorithm, &json!({}));
        let signature = signature_of(&token);
        for wrong in [
            Vec::new(),
            vec![0; signature.len()],
            signature[..signature.len() - 1].to_vec(),
            signature[1..].to_vec(),
            [&[0], signature.as_slice()].concat(),
            [signature.as_slice(), &[0]].concat(),
            [signature.as_slice(), signature.as_slice()].concat(),
        ] {
            let result = verdict(&resigned(&token, &wrong), &keys);
            assert_eq!(result, Err(Reason::SignatureInvalid), "{} with {} octets", algorithm.name(), wrong.len());
        }
    }
}

#[test]
fn another_key_or_another_algorithm_of_the_type_does_not_verify() {
    let token = token(Algorithm::Es256, &json!({}));
    assert_eq!(verdict(&token, &[another().jwk]), Err(Reason::SignatureInvalid));
    for (claimed, signed) in [
        (Algorithm::Rs256, Algorithm::Ps256),
        (Algorithm::Ps256, Algorithm::Rs256),
        (Algorithm::Rs512, Algorithm::Rs384),
        (Algorithm::Ps384, Algorithm::Ps512),
    ] {
        let token = super::support::token::token(claimed, &json!({}));
        let (input, _) = token.rsplit_once('.').unwrap();
        let forged = resigned(&token, &key(signed).sign(signed, input.as_bytes()));
        assert_eq!(verdict(&forged, &[key(claimed).jwk.clone()]), Err(Reason::SignatureInvalid));
    }
}

/// RFC 7518 section 3.4: r and s side by side, never the SEQUENCE of X9.62.
#[test]
fn ecdsa_signatures_in_der_form_are_refused() {
    let token = token(Algorithm::Es256, &json!({}));
    let (input, _) = token.rsplit_once('.').unwrap();
    let signature = signature_of(&token);
    let der = der(&signature[..32], &signature[32..]);
    let key = key(Algorithm::Es256);
    let point = [&[4], key.octets("x").as_slice(), key.octets("y").as_slice()].concat();
    assert!(ECDSA_P256_SHA256_ASN1.verify_sig(&point, input.as_bytes(), &der).is_ok(), "the same signature");
    assert_eq!(verdict(&resigned(&token, &der), std::slice::from_ref(&key.jwk)), Err(Reason::SignatureInvalid));
}

/// FIPS 186-5 section 6.4.2: r and s lie between 1 and n - 1. Both s and n - s verify: JWS has no low-s rule.
#[test]
fn ecdsa_numbers_out_of_range_are_refused_and_high_s_is_not() {
    let keys = [key(Algorithm::Es256).jwk.clone()];
    let token = token(Algorithm::Es256, &json!({}));
    let signature = signature_of(&token);
    let (r, s) = signature.split_at(32);
    let opposite = subtract(&P256_ORDER, s);
    assert_eq!(verdict(&resigned(&token, &[r, &opposite].concat()), &keys), Ok(()));
    let (zero, all) = ([0; 32], [0xff; 32]);
    for (r, s) in [(&zero[..], s), (r, &zero), (&P256_ORDER, s), (r, &P256_ORDER), (&all, s), (r, &all)] {
        assert_eq!(verdict(&resigned(&token, &[r, s].concat()), &keys), Err(Reason::SignatureInvalid));
    }
    for algorithm in ELLIPTIC {
        let token = super::support::token::token(algorithm, &json!({}));
        let size = signature_of(&token).len();
        let ones = [vec![0; size / 2 - 1], vec![1], vec![0; size / 2 - 1], vec![1]].concat();
        assert_eq!(verdict(&resigned(&token, &ones), &[key(algorithm).jwk.clone()]), Err(Reason::SignatureInvalid));
    }
}

/// RFC 8032 section 5.1.7: S is less than L.
#[test]
fn ed25519_signatures_have_one_form() {
    let token = token(Algorithm::EdDsa, &json!({}));
    let mut signature = signature_of(&token);
    let mut carry = 0;
    for (octet, order) in signature[32..].iter_mut().zip(ED25519_ORDER) {
        let sum = u16::from(*octet) + u16::from(order) + carry;
        *octet = sum as u8;
        carry = sum >> 8;
    }
    let keys = [key(Algorithm::EdDsa).jwk.clone()];
    assert_eq!(verdict(&resigned(&token, &signature), &keys), Err(Reason::SignatureInvalid));
}

#[test]
fn a_refusal_of_a_signature_has_one_message() {
    for reason in [Reason::SignatureInvalid, Reason::SignatureMalformed] {
        assert_eq!(reason.message(), "JWT signature verification failed");
    }
}

fn der(r: &[u8], s: &[u8]) -> Vec<u8> {
    monocloud_backend_node::jose::der::sequence(&[r, s]).to_vec()
}

fn subtract(from: &[u8], what: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut result: Vec<u8> = from
        .iter()
        .zip(what)
        .rev()
        .map(|(a, b)| {
            let difference = i16::from(*a) - i16::from(*b) - borrow;
            borrow = i16::from(difference < 0);
            difference.rem_euclid(256) as u8
        })
        .collect();
    result.reverse();
    result
}
