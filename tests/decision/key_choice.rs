//! Which key of a set a token may be verified with: exactly one has to fit.

use super::support::keys::{another, key};
use super::support::token::{signed, token, verdict};
use monocloud_backend_node::error::Reason;
use monocloud_backend_node::jose::algorithm::Algorithm;
use serde_json::{Value, json};

/// A token of ES256 whose header holds these members besides `alg`.
fn es256(members: Value) -> String {
    let mut header = members;
    header["alg"] = json!("ES256");
    signed(key(Algorithm::Es256), Algorithm::Es256, header.to_string().as_bytes(), b"{}")
}

fn with(members: Value) -> Value {
    key(Algorithm::Es256).with(&members)
}

fn other(members: Value) -> Value {
    another().with(&members)
}

#[test]
fn key_identifiers() {
    let (a, b) = (|| with(json!({"kid": "a"})), || other(json!({"kid": "b"})));
    for (header, keys, expected) in [
        (json!({}), vec![with(json!({}))], Ok(())),
        (json!({}), vec![a()], Ok(())),
        (json!({"kid": "a"}), vec![a()], Ok(())),
        (json!({"kid": "a"}), vec![a(), b()], Ok(())),
        (json!({"kid": "a"}), vec![b(), a()], Ok(())),
        (json!({"kid": "a"}), vec![a(), other(json!({}))], Ok(())),
        (json!({"kid": 7}), vec![with(json!({"kid": 7}))], Ok(())),
        (json!({"kid": null}), vec![with(json!({"kid": null}))], Ok(())),
        (json!({"kid": "a"}), vec![with(json!({}))], Err(Reason::KeyNotFound)),
        (json!({"kid": "A"}), vec![a()], Err(Reason::KeyNotFound)),
        (json!({"kid": "7"}), vec![with(json!({"kid": 7}))], Err(Reason::KeyNotFound)),
        (json!({"kid": null}), vec![a()], Err(Reason::KeyNotFound)),
        (json!({"kid": null}), vec![with(json!({}))], Err(Reason::KeyNotFound)),
        (json!({"kid": "b"}), vec![a()], Err(Reason::KeyNotFound)),
        (json!({"kid": "b"}), vec![a(), b()], Err(Reason::SignatureInvalid)),
        (json!({}), vec![a(), b()], Err(Reason::KeyAmbiguous)),
        (json!({"kid": "a"}), vec![a(), other(json!({"kid": "a"}))], Err(Reason::KeyAmbiguous)),
        (json!({"kid": "a"}), vec![a(), a()], Err(Reason::KeyAmbiguous)),
        (json!({}), vec![], Err(Reason::KeyNotFound)),
    ] {
        assert_eq!(verdict(&es256(header.clone()), &keys), expected, "{header} {keys:?}");
    }
}

#[test]
fn what_a_key_says_of_its_use() {
    for (members, fits) in [
        (json!({"alg": "ES256"}), true),
        (json!({"use": "sig"}), true),
        (json!({"key_ops": ["verify"]}), true),
        (json!({"key_ops": ["sign", "verify"]}), true),
        (json!({"use": "sig", "key_ops": ["verify"], "alg": "ES256"}), true),
        (json!({"ext": false, "x5c": ["!"], "x5t": 7}), true),
        (json!({"alg": "ES384"}), false),
        (json!({"alg": "es256"}), false),
        (json!({"alg": ["ES256"]}), false),
        (json!({"alg": ""}), false),
        (json!({"use": "enc"}), false),
        (json!({"use": "SIG"}), false),
        (json!({"use": ""}), false),
        (json!({"use": ["sig"]}), false),
        (json!({"key_ops": []}), false),
        (json!({"key_ops": ["sign"]}), false),
        (json!({"key_ops": "verify"}), false),
        (json!({"key_ops": {"0": "verify"}}), false),
        (json!({"use": "enc", "key_ops": ["verify"]}), false),
        (json!({"use": "sig", "key_ops": ["encrypt"]}), false),
    ] {
        let expected = if fits { Ok(()) } else { Err(Reason::KeyNotFound) };
        assert_eq!(verdict(&es256(json!({})), &[with(members.clone())]), expected, "{members}");
        // A key that does not fit is no candidate, so it takes nothing away from one that does.
        let unfit = other(members.clone());
        let both = if fits { Err(Reason::KeyAmbiguous) } else { Ok(()) };
        assert_eq!(verdict(&es256(json!({})), &[unfit, with(json!({}))]), both, "{members}");
    }
}

#[test]
fn the_type_and_the_curve_belong_to_the_algorithm() {
    let all: Vec<Value> = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384, Algorithm::Es512, Algorithm::EdDsa]
        .map(|algorithm| key(algorithm).jwk.clone())
        .into();
    for algorithm in Algorithm::ALL {
        let token = token(algorithm, &json!({}));
        assert_eq!(verdict(&token, &all), Ok(()), "{}", algorithm.name());
        let others: Vec<Value> = all.iter().filter(|jwk| **jwk != key(algorithm).jwk).cloned().collect();
        assert_eq!(others.len(), 4);
        assert_eq!(verdict(&token, &others), Err(Reason::KeyNotFound), "{}", algorithm.name());
    }
}

/// RFC 9864: the two names of one algorithm are different values of `alg`.
#[test]
fn a_key_for_ed25519_is_not_one_for_eddsa() {
    for (own, algorithm, expected) in [
        ("EdDSA", Algorithm::EdDsa, Ok(())),
        ("Ed25519", Algorithm::Ed25519, Ok(())),
        ("EdDSA", Algorithm::Ed25519, Err(Reason::KeyNotFound)),
        ("Ed25519", Algorithm::EdDsa, Err(Reason::KeyNotFound)),
    ] {
        let jwk = key(algorithm).with(&json!({ "alg": own }));
        assert_eq!(verdict(&token(algorithm, &json!({})), &[jwk]), expected, "{own}");
    }
}

#[test]
fn algorithms_that_are_not_accepted() {
    let symmetric = json!({"kty": "oct", "k": "c2VjcmV0", "alg": "HS256"});
    let keys = [key(Algorithm::Rs256).jwk.clone(), key(Algorithm::Es256).jwk.clone(), symmetric];
    for alg in [
        json!("none"),
        json!("None"),
        json!("HS256"),
        json!("HS384"),
        json!("HS512"),
        json!("ES256K"),
        json!("Ed448"),
        json!("RS1"),
        json!("RSA-OAEP"),
        json!("rs256"),
        json!("es256"),
        json!(" ES256"),
        json!(""),
        json!(["ES256"]),
        json!(7),
        json!(true),
        Value::Null,
        json!({}),
    ] {
        let header = json!({ "alg": alg }).to_string();
        let token = signed(key(Algorithm::Es256), Algorithm::Es256, header.as_bytes(), b"{}");
        assert_eq!(verdict(&token, &keys), Err(Reason::AlgorithmUnsupported), "{alg}");
        let (input, _) = token.rsplit_once('.').unwrap();
        assert_eq!(verdict(&format!("{input}."), &keys), Err(Reason::AlgorithmUnsupported), "{alg} unsigned");
    }
    let token = signed(key(Algorithm::Es256), Algorithm::Es256, b"{}", b"{}");
    assert_eq!(verdict(&token, &keys), Err(Reason::AlgorithmUnsupported));
}

/// RFC 7515 section 4.1: `jwk`, `jku` and their like may name any key, so they prove nothing.
#[test]
fn keys_that_come_with_the_token_are_not_looked_at() {
    let own = another();
    for member in ["jwk", "jku", "x5c", "x5u"] {
        let mut header = json!({"alg": "ES256"});
        header[member] = if member == "jwk" { own.jwk.clone() } else { json!("https://attacker.example/keys") };
        let token = signed(&own, Algorithm::Es256, header.to_string().as_bytes(), b"{}");
        assert_eq!(verdict(&token, &[key(Algorithm::Es256).jwk.clone()]), Err(Reason::SignatureInvalid), "{member}");
    }
}
