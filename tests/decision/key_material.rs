//! Keys that are weak, broken, private or of another kind: never candidates, and no harm to the others.

use super::support::keys::key;
use super::support::token::{jwks, resigned, signed, token, verdict};
use aws_lc_rs::digest;
use monocloud_backend_node::error::Reason;
use monocloud_backend_node::jose::algorithm::Algorithm;
use monocloud_backend_node::jose::base64url;
use monocloud_backend_node::jose::jwks::KeySet;
use serde_json::{Value, json};

/// An odd modulus of so many bits. It is no product of two primes that anyone knows.
fn modulus(bits: usize) -> Vec<u8> {
    let mut octets = vec![0xa5; bits.div_ceil(8)];
    let first = (bits - 1) % 8;
    octets[0] = (1 << first) | (0xa5 & ((1 << first) - 1));
    octets
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Value {
    json!({"kty": "RSA", "n": base64url::encode(modulus), "e": base64url::encode(exponent)})
}

#[test]
fn rsa_keys_within_and_outside_the_range() {
    let size = |bits| (modulus(bits), vec![1, 0, 1]);
    let exponent = |exponent: &[u8]| (modulus(2048), exponent.to_vec());
    let even = {
        let mut even = modulus(2048);
        even[255] &= 0xfe;
        (even, vec![1, 0, 1])
    };
    for ((modulus, exponent), fits, why) in [
        (size(2048), true, "2048 bits"),
        (size(2049), true, "2049 bits"),
        (size(3072), true, "3072 bits"),
        (size(8192), true, "8192 bits"),
        (([&[0, 0], modulus(2048).as_slice()].concat(), vec![0, 1, 0, 1]), true, "leading zeros"),
        (exponent(&[3]), true, "e = 3"),
        (exponent(&[1, 0xff, 0xff, 0xff, 0xff]), true, "e = 2^33 - 1"),
        (size(2047), false, "2047 bits"),
        (size(1024), false, "1024 bits"),
        (size(8193), false, "8193 bits"),
        (size(16384), false, "16384 bits"),
        (size(8), false, "8 bits"),
        ((Vec::new(), vec![1, 0, 1]), false, "no modulus"),
        ((vec![0; 256], vec![1, 0, 1]), false, "n = 0"),
        (even, false, "an even modulus"),
        (exponent(&[]), false, "no exponent"),
        (exponent(&[0]), false, "e = 0"),
        (exponent(&[1]), false, "e = 1"),
        (exponent(&[0, 0, 1]), false, "e = 1 with leading zeros"),
        (exponent(&[2]), false, "e = 2"),
        (exponent(&[1, 0, 0]), false, "e = 65536"),
        (exponent(&[2, 0, 0, 0, 1]), false, "e = 2^33 + 1"),
        (exponent(&[1, 0, 0, 0, 0, 0, 0, 0, 1]), false, "e = 2^64 + 1"),
        (exponent(&[0xff; 256]), false, "e as long as n"),
    ] {
        let weak = rsa(&modulus, &exponent);
        for (algorithm, reason) in
            [(Algorithm::Rs256, Reason::RsaPkcs1KeySize), (Algorithm::Ps256, Reason::RsaPssKeySize)]
        {
            let token = token(algorithm, &json!({}));
            // Only a size out of range has a text of its own.
            let fault = if why.ends_with(" bits") { reason } else { Reason::KeyNotFound };
            let expected = if fits { Reason::SignatureInvalid } else { fault };
            assert_eq!(verdict(&token, std::slice::from_ref(&weak)), Err(expected), "{why}");
            let both = if fits { Err(Reason::KeyAmbiguous) } else { Ok(()) };
            assert_eq!(verdict(&token, &[weak.clone(), key(algorithm).jwk.clone()]), both, "{why} beside a good key");
        }
    }
    assert_eq!(Reason::RsaPkcs1KeySize.message(), "Unsupported RSASSA-PKCS1-v1_5 modulusLength");
    assert_eq!(Reason::RsaPssKeySize.message(), "Unsupported RSA-PSS modulusLength");
}

/// With e = 1 the padded hash is its own signature.
#[test]
fn exponent_one_forges_nothing() {
    let modulus = key(Algorithm::Rs256).octets("n");
    let token = token(Algorithm::Rs256, &json!({"sub": "root"}));
    let (input, _) = token.rsplit_once('.').unwrap();
    // EMSA-PKCS1-v1_5 (RFC 8017 section 9.2).
    let info = [
        &[0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0, 4, 32][..],
        digest::digest(&digest::SHA256, input.as_bytes()).as_ref(),
    ]
    .concat();
    let padded = [&[0, 1][..], &vec![0xff; modulus.len() - info.len() - 3], &[0], &info].concat();
    let forged = resigned(&token, &padded);
    assert_eq!(verdict(&forged, &[rsa(&modulus, &[1])]), Err(Reason::KeyNotFound));
}

/// Under a point of small order R = A and S = 0 sign anything, or one message in eight.
#[test]
fn points_of_small_order_forge_nothing() {
    let point = |first: u8, middle: u8, last: u8| {
        let mut octets = [middle; 32];
        (octets[0], octets[31]) = (first, last);
        octets.to_vec()
    };
    let eighth = |text: &[u8; 43]| base64url::decode(text).unwrap();
    let canonical = [
        point(1, 0, 0),
        point(0, 0, 0),
        point(0xec, 0xff, 0x7f),
        eighth(b"JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU"),
        eighth(b"xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o"),
    ];
    let other_spellings = [point(0xed, 0xff, 0x7f), point(0xee, 0xff, 0x7f)];
    for octets in canonical.into_iter().chain(other_spellings) {
        for sign in [0, 0x80] {
            let mut octets = octets.clone();
            octets[31] |= sign;
            let weak = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url::encode(&octets)});
            let token = token(Algorithm::EdDsa, &json!({"sub": "root"}));
            let forged = resigned(&token, &[point(1, 0, 0), vec![0; 32]].concat());
            assert_eq!(verdict(&forged, std::slice::from_ref(&weak)), Err(Reason::KeyNotFound), "{octets:02x?}");
            assert_eq!(verdict(&token, &[weak, key(Algorithm::EdDsa).jwk.clone()]), Ok(()));
        }
    }
}

#[test]
fn private_symmetric_and_broken_keys_are_no_candidates() {
    let (es, ed, rs) = (key(Algorithm::Es256), key(Algorithm::EdDsa), key(Algorithm::Rs256));
    let short = base64url::encode(&es.octets("x")[..31]);
    let long = base64url::encode(&[&[0], es.octets("x").as_slice()].concat());
    let off = {
        let mut y = es.octets("y");
        y[31] ^= 1;
        base64url::encode(&y)
    };
    let padded = format!("{}=", es.jwk["x"].as_str().unwrap());
    for (algorithm, unusable) in [
        (Algorithm::Es256, es.with(&json!({"d": "AA"}))),
        (Algorithm::Es256, es.with(&json!({"d": null}))),
        (Algorithm::Es256, es.with(&json!({"k": "AA"}))),
        (Algorithm::Es256, json!({"kty": "oct", "k": "AAAA"})),
        (Algorithm::Es256, es.with(&json!({"y": off}))),
        (Algorithm::Es256, es.with(&json!({"x": base64url::encode(&[0; 32]), "y": base64url::encode(&[0; 32])}))),
        (Algorithm::Es256, es.with(&json!({"x": base64url::encode(&[0xff; 32])}))),
        (Algorithm::Es256, es.with(&json!({"x": short}))),
        (Algorithm::Es256, es.with(&json!({"x": long}))),
        (Algorithm::Es256, es.with(&json!({"x": padded}))),
        (Algorithm::Es256, es.with(&json!({"x": null}))),
        (Algorithm::Es256, es.with(&json!({"x": 7}))),
        (Algorithm::Es256, es.with(&json!({"y": "!"}))),
        (Algorithm::Es256, es.with(&json!({"crv": "secp256k1"}))),
        (Algorithm::Es256, es.with(&json!({"crv": "P-384"}))),
        (Algorithm::Es256, es.with(&json!({"crv": "p-256"}))),
        (Algorithm::Es256, es.with(&json!({"crv": null}))),
        (Algorithm::Es256, es.with(&json!({"kty": "ec"}))),
        (Algorithm::Es256, es.with(&json!({"kty": "OKP"}))),
        (Algorithm::Es256, es.with(&json!({"kty": null}))),
        (Algorithm::EdDsa, ed.with(&json!({"d": "AA"}))),
        (Algorithm::EdDsa, ed.with(&json!({"crv": "Ed448"}))),
        (Algorithm::EdDsa, ed.with(&json!({"crv": "X25519"}))),
        (Algorithm::EdDsa, ed.with(&json!({"x": base64url::encode(&[1; 31])}))),
        (Algorithm::EdDsa, ed.with(&json!({"x": base64url::encode(&[1; 33])}))),
        (Algorithm::Rs256, rs.with(&json!({"d": "AA", "p": "AA", "q": "AA"}))),
        (Algorithm::Rs256, rs.with(&json!({"oth": []}))),
        (Algorithm::Rs256, rs.with(&json!({"n": "!"}))),
        (Algorithm::Rs256, rs.with(&json!({"e": null}))),
        (Algorithm::Rs256, rs.with(&json!({"e": 65537}))),
    ] {
        let token = token(algorithm, &json!({}));
        assert_eq!(verdict(&token, std::slice::from_ref(&unusable)), Err(Reason::KeyNotFound), "{unusable}");
        let good = key(algorithm).jwk.clone();
        assert_eq!(verdict(&token, &[unusable.clone(), good.clone()]), Ok(()), "{unusable} first");
        assert_eq!(verdict(&token, &[good, unusable.clone()]), Ok(()), "{unusable} last");
    }
}

#[test]
fn members_of_keys_that_are_no_keys_are_passed_over() {
    let strange = [Value::Null, json!(7), json!("key"), json!([]), json!({}), json!(true)];
    let keys: Vec<Value> = strange.iter().cloned().chain([key(Algorithm::Es256).jwk.clone()]).collect();
    assert_eq!(verdict(&token(Algorithm::Es256, &json!({})), &keys), Ok(()));
    assert_eq!(verdict(&token(Algorithm::Es256, &json!({})), &strange), Err(Reason::KeyNotFound));
}

#[test]
fn a_key_set_is_an_object_with_a_list() {
    for text in ["", "null", "[]", "7", "\"keys\"", "{}", r#"{"keys":null}"#, r#"{"keys":{}}"#, r#"{"keys":"[]"}"#, "{"]
    {
        assert!(KeySet::parse(text.as_bytes()).is_err(), "{text}");
    }
    for text in [r#"{"keys":[]}"#, r#"{"keys":[null],"more":1}"#] {
        assert!(KeySet::parse(text.as_bytes()).is_ok(), "{text}");
    }
    assert!(KeySet::parse(b"{\"keys\":[\"\xff\"]}").is_err());
}

#[test]
fn hundreds_of_foreign_keys_change_nothing() {
    let mut keys: Vec<Value> =
        (0..300).map(|number| key(Algorithm::Es384).with(&json!({"kid": format!("foreign-{number}")}))).collect();
    keys.push(key(Algorithm::Es256).with(&json!({"kid": "own"})));
    assert!(jwks(&keys).len() > 30_000);
    let own = signed(key(Algorithm::Es256), Algorithm::Es256, br#"{"alg":"ES256","kid":"own"}"#, b"{}");
    assert_eq!(verdict(&own, &keys), Ok(()));
}
