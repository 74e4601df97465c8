//! The form of a token, before and after its signature is looked at, and the order of the checks.

use super::support::keys::key;
use super::support::tenant::{self, NOW, claims, core};
use super::support::token::{jwks, signed, signed_segments, token, verdict, verify};
use monocloud_backend_node::access::Requirement;
use monocloud_backend_node::certificate::Presented;
use monocloud_backend_node::config::{BindingMode, Value as Given};
use monocloud_backend_node::decode;
use monocloud_backend_node::error::Reason;
use monocloud_backend_node::flow::{Checks, accept};
use monocloud_backend_node::jose::algorithm::Algorithm;
use monocloud_backend_node::jose::base64url::encode;
use monocloud_backend_node::jose::jwks::KeySet;
use serde_json::{Value, json};
use std::sync::Arc;

const HEADER: &[u8] = br#"{"alg":"ES256"}"#;

fn es256(header: &[u8], payload: &[u8]) -> Result<(), Reason> {
    verdict(&signed(key(Algorithm::Es256), Algorithm::Es256, header, payload), &[key(Algorithm::Es256).jwk.clone()])
}

fn segments(header: &str, payload: &str) -> Result<(), Reason> {
    verdict(&signed_segments(Algorithm::Es256, header, payload), &[key(Algorithm::Es256).jwk.clone()])
}

#[test]
fn three_segments() {
    for token in ["x", "a.b", "a.b.c.d", "a.b.c.d.e", "a..b.c"] {
        assert_eq!(verdict(token, &[]), Err(Reason::JwtPartsWrong), "{token}");
    }
    for token in ["..", "a.b.c"] {
        assert_eq!(verdict(token, &[]), Err(Reason::JwtHeaderMalformed), "{token}");
    }
}

#[test]
fn headers() {
    for (header, expected) in [
        (&br#"{"alg":"ES256","typ":"at+jwt","cty":7,"b64":false}"#[..], Ok(())),
        (br#"{"alg":"none","alg":"ES256"}"#, Ok(())),
        (br#" { "alg" : "ES256" } "#, Ok(())),
        (br#"{"alg":"ES256","crit":[]}"#, Err(Reason::JwtCritical)),
        (br#"{"alg":"ES256","crit":null}"#, Err(Reason::JwtCritical)),
        (br#"{"alg":"none","crit":["b64"],"b64":false}"#, Err(Reason::JwtCritical)),
        (b"null", Err(Reason::JwtHeaderNotObject)),
        (b"[]", Err(Reason::JwtHeaderNotObject)),
        (b"7", Err(Reason::JwtHeaderNotObject)),
        (b"\"ES256\"", Err(Reason::JwtHeaderNotObject)),
        (b"", Err(Reason::JwtHeaderMalformed)),
        (b"{", Err(Reason::JwtHeaderMalformed)),
        (b"{\"alg\":\"ES256\",}", Err(Reason::JwtHeaderMalformed)),
        (b"{\"alg\":\"ES256\",\"x\":\"\xff\"}", Err(Reason::JwtHeaderMalformed)),
        (b"{\"alg\":\"ES256\",\"x\":\"\\ud800\"}", Err(Reason::JwtHeaderMalformed)),
        (b"\xef\xbb\xbf{\"alg\":\"ES256\"}", Err(Reason::JwtHeaderMalformed)),
    ] {
        assert_eq!(es256(header, b"{}"), expected, "{:?}", String::from_utf8_lossy(header));
    }
}

#[test]
fn payloads() {
    for (payload, expected) in [
        (&b"{}"[..], Ok(())),
        (r#"{"name":"Zoë 😀"}"#.as_bytes(), Ok(())),
        (b"null", Err(Reason::JwtPayloadNotObject)),
        (b"[]", Err(Reason::JwtPayloadNotObject)),
        (b"\"{}\"", Err(Reason::JwtPayloadNotObject)),
        (b"", Err(Reason::JwtPayloadMalformed)),
        (b"{}}", Err(Reason::JwtPayloadMalformed)),
        (b"Live long and prosper", Err(Reason::JwtPayloadMalformed)),
        (b"{\"sub\":\"\xe9\"}", Err(Reason::JwtPayloadMalformed)),
        (b"{\"sub\":\"\xed\xa0\x80\"}", Err(Reason::JwtPayloadMalformed)),
        (b"{\"exp\":1e999}", Err(Reason::JwtPayloadMalformed)),
        (b"{\"exp\":NaN}", Err(Reason::JwtPayloadMalformed)),
    ] {
        assert_eq!(es256(HEADER, payload), expected, "{:?}", String::from_utf8_lossy(payload));
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(40_000), "]".repeat(40_000));
    assert_eq!(es256(HEADER, deep.as_bytes()), Err(Reason::JwtPayloadMalformed));
    let duplicate = signed(key(Algorithm::Es256), Algorithm::Es256, HEADER, br#"{"sub":"a","__proto__":1,"sub":"b"}"#);
    let Ok(verified) = verify(&duplicate, &[key(Algorithm::Es256).jwk.clone()]) else { panic!("verifies") };
    assert_eq!(verified.claims.get("sub"), Some(&json!("b")));
}

/// RFC 7515 section 2: no padding, white space or second spelling in any segment.
#[test]
fn segments_have_one_encoding() {
    let (header, payload) = (encode(HEADER), encode(b"{\"a\":1}"));
    assert_eq!(segments(&header, &payload), Ok(()));
    for spelling in ["=", "==", " ", "\n", "%3D", "\u{e9}", "A"] {
        assert_eq!(segments(&format!("{header}{spelling}"), &payload), Err(Reason::JwtHeaderMalformed), "{spelling:?}");
        assert_eq!(
            segments(&header, &format!("{payload}{spelling}")),
            Err(Reason::JwtPayloadMalformed),
            "{spelling:?}"
        );
    }
    // `{"a":1}` has 7 octets, so 2 bits of its last character are no part of them.
    let last = payload.chars().last().unwrap();
    let stray = format!("{}{}", &payload[..payload.len() - 1], char::from(last as u8 + 1));
    assert_eq!(segments(&header, &stray), Err(Reason::JwtPayloadMalformed));
    assert_eq!(segments(&header, &encode(b"{\"a\":\"???\"}").replace('_', "/")), Err(Reason::JwtPayloadMalformed));
    let token = token(Algorithm::Es256, &json!({}));
    for spelling in ["=", "==", " ", "\n", "+", "%3D"] {
        let keys = [key(Algorithm::Es256).jwk.clone()];
        assert_eq!(verdict(&format!("{token}{spelling}"), &keys), Err(Reason::SignatureMalformed), "{spelling:?}");
    }
}

/// A token with every fault at once is mended one by one: each refusal is of the first fault in order.
#[test]
fn the_order_of_the_checks() {
    let (core, settings) = (core(tenant::config()), tenant::settings());
    let own = key(Algorithm::Es256);
    let text = |text: &str| Given::Array(vec![Given::String(text.to_owned())]);
    let Ok(requirement) = Requirement::compile(text("read"), text("admin"), true) else { panic!("a requirement") };
    let mut checks = Checks {
        of_caller: true,
        requirement: Arc::new(requirement),
        mode: Some(BindingMode::WhenPresent),
        certificate: Presented::Absent,
    };
    let empty = KeySet::parse(br#"{"keys":[]}"#).unwrap();
    let keys = KeySet::parse(jwks(std::slice::from_ref(&own.jwk)).as_bytes()).unwrap();
    let decide = |token: &str, keys: &KeySet, checks: &Checks| accept(&core, &settings, token, checks, keys, NOW).err();
    let expired = claims(&json!({"exp": NOW - 60.0, "cnf": "x"}));
    let sign =
        |header: &str, claims: &Value| signed(own, Algorithm::Es256, header.as_bytes(), claims.to_string().as_bytes());
    let invalid = format!("{}.!.{}", encode(HEADER), encode(&[1; 64]));
    for (token, keys, reason) in [
        (" \t".to_owned(), &empty, Reason::TokenBlank),
        (format!("{}..", "a".repeat(64 * 1024)), &empty, Reason::TokenTooLarge),
        ("a".to_owned(), &empty, Reason::JwtPartsWrong),
        ("!.!.!".to_owned(), &empty, Reason::JwtHeaderMalformed),
        (format!("{}.!.!", encode(b"[]")), &empty, Reason::JwtHeaderNotObject),
        (format!("{}.!.!", encode(br#"{"crit":[]}"#)), &empty, Reason::JwtCritical),
        (format!("{}.!.!", encode(b"{}")), &empty, Reason::SignatureMalformed),
        (format!("{}.!.", encode(b"{}")), &empty, Reason::AlgorithmUnsupported),
        (invalid.clone(), &empty, Reason::KeyNotFound),
        (invalid, &keys, Reason::SignatureInvalid),
        (signed_segments(Algorithm::Es256, &encode(HEADER), "!"), &keys, Reason::JwtPayloadMalformed),
        (sign(r#"{"alg":"ES256"}"#, &json!([])), &keys, Reason::JwtPayloadNotObject),
        (sign(r#"{"alg":"ES256"}"#, &expired), &keys, Reason::Expired),
        (token(Algorithm::Es256, &claims(&json!({"cnf": "x"}))), &keys, Reason::ScopesMissing),
        (token(Algorithm::Es256, &claims(&json!({"cnf": "x", "scope": "read"}))), &keys, Reason::GroupsMissing),
    ] {
        assert_eq!(decide(&token, keys, &checks), Some(reason), "{}", reason.code());
    }
    let granted = json!({"cnf": "x", "scope": "read", "groups": ["admin"]});
    let token = token(Algorithm::Es256, &claims(&granted));
    assert_eq!(decide(&token, &keys, &checks), Some(Reason::CertificateMissing));
    checks.mode = Some(BindingMode::DangerouslyIgnore);
    assert_eq!(decide(&token, &keys, &checks), None);
}

#[test]
fn tokens_up_to_64_kib() {
    let (core, settings, checks) = (core(tenant::config()), tenant::settings(), Checks::default());
    let keys = KeySet::parse(jwks(&[key(Algorithm::Es256).jwk.clone()]).as_bytes()).unwrap();
    let decide = |token: &str| accept(&core, &settings, token, &checks, &keys, NOW).err();
    let large = token(Algorithm::Es256, &claims(&json!({"pad": "x".repeat(48_500)})));
    assert!((64_000..=64 * 1024).contains(&large.len()), "{}", large.len());
    assert_eq!(decide(&large), None);
    let of = |size: usize| format!("{}..", "!".repeat(size - 2));
    assert_eq!(decide(&of(64 * 1024)), Some(Reason::JwtHeaderMalformed));
    assert_eq!(decide(&of(64 * 1024 + 1)), Some(Reason::TokenTooLarge));
}

#[test]
fn decoding_without_any_check() {
    for (token, expected) in [
        (format!("x.{}.y", encode(br#"{"sub":"Zo\u00eb"}"#)), Ok(r#"{"sub":"Zo\u00eb"}"#.to_owned())),
        (format!("x.{}", encode(b"{}")), Ok("{}".to_owned())),
        ("x".to_owned(), Err(Reason::DecodeNoPayload)),
        (String::new(), Err(Reason::DecodeNoPayload)),
        ("x..y".to_owned(), Err(Reason::DecodeNoPayload)),
        (format!("x.{}.y", encode(b"[]")), Err(Reason::DecodeNotObject)),
        (format!("x.{}.y", encode(b" {}")), Err(Reason::DecodeNotObject)),
        (format!("x.{}.y", encode(b"{")), Err(Reason::DecodeMalformed)),
        ("x.!.y".to_owned(), Err(Reason::DecodeMalformed)),
        (format!("x.{}.y", encode(b"{\"a\":\"\xff\"}")), Err(Reason::DecodeMalformed)),
    ] {
        assert_eq!(decode::payload(&token), expected, "{token}");
    }
}
