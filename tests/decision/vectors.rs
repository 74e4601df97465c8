//! Published signature vectors: RFC 7515 appendix A, the JOSE cookbook (RFC 7520, RFC 8037) and Wycheproof. Their
//! payloads are no access tokens: a signature counts as accepted when the refusal comes after it.

use super::support::token::verdict;
use monocloud_backend_node::error::Reason;
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;

/// The file of the vectors; nothing, said aloud, where they are not.
fn vectors(file: &str) -> Option<Value> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors");
    let directory = std::env::var_os("VECTORS_DIR").map_or_else(beside, PathBuf::from);
    let path = directory.join(file);
    let Ok(text) = std::fs::read_to_string(&path) else {
        // Past the capture of the test's own output, which is not shown when a test passes.
        let _ = writeln!(std::io::stderr(), "skipped: no {} (VECTORS_DIR names its directory)", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// The public half of a key. ES521 is how Wycheproof spells ES512.
fn public(key: &Value) -> Value {
    let mut members = key.as_object().unwrap().clone();
    members.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi", "k"].contains(&name.as_str()));
    if members.get("alg").is_some_and(|name| name == "ES521") {
        members.insert("alg".to_owned(), "ES512".into());
    }
    Value::Object(members)
}

fn signature_accepted(token: &str, key: &Value) -> bool {
    matches!(
        verdict(token, std::slice::from_ref(key)),
        Ok(()) | Err(Reason::JwtPayloadMalformed | Reason::JwtPayloadNotObject)
    )
}

#[test]
fn rfc_7515() {
    let Some(file) = vectors("rfc7515.json") else { return };
    let mut accepted = Vec::new();
    for vector in file["vectors"].as_array().unwrap() {
        let key = vector["jwk"].as_object().map_or(Value::Null, |_| public(&vector["jwk"]));
        if signature_accepted(vector["jws"].as_str().unwrap(), &key) {
            accepted.push(vector["id"].as_str().unwrap());
        }
    }
    assert_eq!(accepted, ["A.2", "A.3"], "HS256 and none are refused");
}

#[test]
fn jose_cookbook() {
    for (name, expected) in [
        ("jws-4_1.rsa_v15_signature", true),
        ("jws-4_2.rsa-pss_signature", true),
        ("jws-4_3.ecdsa_signature", true),
        ("curve25519-jws", true),
        ("jws-4_4.hmac-sha2_integrity_protection", false),
    ] {
        let Some(file) = vectors(&format!("jose-cookbook/{name}.json")) else { return };
        let key = public(&file["input"]["key"]);
        let token = file["output"]["compact"].as_str().unwrap();
        assert_eq!(signature_accepted(token, &key), expected, "{name}");
        let (input, signature) = token.rsplit_once('.').unwrap();
        let tampered = format!("{input}A.{signature}");
        assert!(!signature_accepted(&tampered, &key), "{name}");
    }
}

/// What Wycheproof calls valid and this project refuses, with the reason.
const EXCEPTIONS: [(u64, &str); 2] = [
    (346, "the key says alg PS256, the token PS384: RFC 7517 section 4.4 binds the key to its algorithm"),
    (350, "the same with key_ops"),
];

#[test]
fn wycheproof() {
    let Some(file) = vectors("wycheproof/json_web_signature_test.json") else { return };
    let (mut accepted, mut refused) = (0, 0);
    for group in file["testGroups"].as_array().unwrap() {
        let key = group.get("public").map_or(Value::Null, public);
        for test in group["tests"].as_array().unwrap() {
            // A token that is no text is a JSON serialization.
            let verdict = test["jws"].as_str().is_some_and(|token| signature_accepted(token, &key));
            let supported = !key.is_null();
            let excepted = EXCEPTIONS.iter().any(|(id, _)| test["tcId"] == *id);
            let expected = test["result"] == "valid" && supported && !excepted;
            assert_eq!(verdict, expected, "{} {} {}", group["comment"], test["tcId"], test["comment"]);
            if verdict { accepted += 1 } else { refused += 1 }
        }
    }
    assert_eq!((accepted + refused).to_string(), file["numberOfTests"].to_string());
    assert!(accepted > 0);
}
