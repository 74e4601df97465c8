//! Every algorithm's assertions, checked with the public key, and the keys that cannot sign.

use super::keys::{RSA, TestKey, ed25519, elliptic, with};
use super::{ISSUER, refusal, request, text};
use crate::client_auth::ClientAuthError;
use crate::config::{ClientAuthMethod, ClientSecret};
use crate::jose::base64url;
use aws_lc_rs::hmac;
use aws_lc_rs::signature as aws;
use aws_lc_rs::signature::VerificationAlgorithm;
use serde_json::{Value, json};
use std::collections::HashSet;

#[test]
fn claims_come_in_order_and_from_the_given_time() {
    let key = elliptic("P-256", &aws::ECDSA_P256_SHA256_FIXED_SIGNING);
    let private = with(&key.jwk, json!({"alg": "ES256"}));
    let mut identifiers = HashSet::new();
    for (method, secret) in [
        (ClientAuthMethod::ClientSecretJwt, &text("secret")),
        (ClientAuthMethod::PrivateKeyJwt, &private),
        (ClientAuthMethod::PrivateKeyJwt, &private),
    ] {
        let (_, claims, ..) = assertion(method, secret);
        let jti = serde_json::from_str::<Value>(&claims).unwrap()["jti"].as_str().unwrap().to_owned();
        assert_eq!(jti.len(), 43);
        assert_eq!(base64url::decode(jti.as_bytes()).unwrap().len(), 32);
        assert_eq!(
            claims,
            format!(
                "{{\"jti\":\"{jti}\",\"aud\":\"{ISSUER}\",\"exp\":1700000065,\"iat\":1700000005,\"nbf\":1700000005,\
                 \"iss\":\"my client\",\"sub\":\"my client\"}}"
            )
        );
        assert!(identifiers.insert(jti));
    }
}

#[test]
fn secrets_sign_with_hmac() {
    let (hs256, hs384, hs512) = (hmac::HMAC_SHA256, hmac::HMAC_SHA384, hmac::HMAC_SHA512);
    let jwk = json!({"kty": "oct", "k": base64url::encode(b"\0\xffkey")});
    for (secret, key, hash, header) in [
        (text("pässword"), "pässword".as_bytes(), hs256, r#"{"alg":"HS256"}"#),
        (with(&jwk, json!({"alg": "HS256"})), b"\0\xffkey", hs256, r#"{"alg":"HS256"}"#),
        (with(&jwk, json!({"kid": "k1", "alg": "HS384"})), b"\0\xffkey", hs384, r#"{"alg":"HS384","kid":"k1"}"#),
        (with(&jwk, json!({"alg": "HS512", "kid": "é\""})), b"\0\xffkey", hs512, r#"{"alg":"HS512","kid":"é\""}"#),
    ] {
        let (head, _, input, signature) = assertion(ClientAuthMethod::ClientSecretJwt, &secret);
        assert_eq!(head, header);
        hmac::verify(&hmac::Key::new(hash, key), input.as_bytes(), &signature).unwrap();
    }
}

#[test]
fn private_keys_sign_with_every_algorithm() {
    let p256 = elliptic("P-256", &aws::ECDSA_P256_SHA256_FIXED_SIGNING);
    let p384 = elliptic("P-384", &aws::ECDSA_P384_SHA384_FIXED_SIGNING);
    let p521 = elliptic("P-521", &aws::ECDSA_P521_SHA512_FIXED_SIGNING);
    let edwards = ed25519();
    let table: [(&str, &TestKey, &'static dyn VerificationAlgorithm, usize); 11] = [
        ("RS256", &RSA, &aws::RSA_PKCS1_2048_8192_SHA256, 256),
        ("RS384", &RSA, &aws::RSA_PKCS1_2048_8192_SHA384, 256),
        ("RS512", &RSA, &aws::RSA_PKCS1_2048_8192_SHA512, 256),
        ("PS256", &RSA, &aws::RSA_PSS_2048_8192_SHA256, 256),
        ("PS384", &RSA, &aws::RSA_PSS_2048_8192_SHA384, 256),
        ("PS512", &RSA, &aws::RSA_PSS_2048_8192_SHA512, 256),
        ("ES256", &p256, &aws::ECDSA_P256_SHA256_FIXED, 64),
        ("ES384", &p384, &aws::ECDSA_P384_SHA384_FIXED, 96),
        ("ES512", &p521, &aws::ECDSA_P521_SHA512_FIXED, 132),
        ("EdDSA", &edwards, &aws::ED25519, 64),
        ("Ed25519", &edwards, &aws::ED25519, 64),
    ];
    for (name, key, verification, size) in table {
        for (changes, header) in [
            (json!({"alg": name}), format!(r#"{{"alg":"{name}"}}"#)),
            (
                json!({"alg": name, "kid": "k1", "use": "sig", "key_ops": ["sign"]}),
                format!(r#"{{"alg":"{name}","kid":"k1"}}"#),
            ),
        ] {
            let (head, _, input, signature) = assertion(ClientAuthMethod::PrivateKeyJwt, &with(&key.jwk, changes));
            assert_eq!(head, header);
            assert_eq!(signature.len(), size, "{name}");
            let public = aws::UnparsedPublicKey::new(verification, &key.public);
            assert!(public.verify(input.as_bytes(), &signature).is_ok(), "{name}");
        }
    }
}

#[test]
fn leading_zeros_of_the_public_members_do_no_harm() {
    let padded = |name: &str| {
        let octets = base64url::decode(RSA.jwk[name].as_str().unwrap().as_bytes()).unwrap();
        base64url::encode(&[&[0], octets.as_slice()].concat())
    };
    let secret = with(&RSA.jwk, json!({"alg": "RS256", "n": padded("n"), "e": padded("e"), "d": padded("d")}));
    assertion(ClientAuthMethod::PrivateKeyJwt, &secret);
}

#[test]
fn a_key_must_name_a_known_algorithm() {
    let oct = json!({"kty": "oct", "k": "AAAA"});
    for (method, jwk) in [(ClientAuthMethod::ClientSecretJwt, &oct), (ClientAuthMethod::PrivateKeyJwt, &RSA.jwk)] {
        for name in [json!(null), json!("none"), json!("RSA-OAEP"), json!("rs256"), json!(""), json!(256)] {
            let error = refusal(method, Some(&with(jwk, json!({"alg": name}))));
            assert_eq!(error.message(), "unsupported JWS algorithm");
        }
    }
    for (method, jwk, name) in [
        (ClientAuthMethod::ClientSecretJwt, &oct, "RS256"),
        (ClientAuthMethod::PrivateKeyJwt, &oct, "HS256"),
        (ClientAuthMethod::PrivateKeyJwt, &RSA.jwk, "HS256"),
        (ClientAuthMethod::PrivateKeyJwt, &RSA.jwk, "ES256K"),
    ] {
        assert_eq!(refusal(method, Some(&with(jwk, json!({"alg": name})))), ClientAuthError::UnsupportedAlgorithm);
    }
    let empty = with(&json!({}), json!({}));
    assert_eq!(refusal(ClientAuthMethod::PrivateKeyJwt, Some(&empty)), ClientAuthError::UnsupportedAlgorithm);
}

#[test]
fn a_key_that_cannot_sign_says_why() {
    let p256 = elliptic("P-256", &aws::ECDSA_P256_SHA256_FIXED_SIGNING);
    let other = elliptic("P-256", &aws::ECDSA_P256_SHA256_FIXED_SIGNING);
    let edwards = ed25519();
    let small = "A".repeat(42) + "w";
    for (jwk, changes, expected) in [
        (&p256.jwk, json!({"alg": "RS256"}), "the JWK must have \"kty\" \"RSA\""),
        (&RSA.jwk, json!({"alg": "ES256"}), "the JWK must have \"kty\" \"EC\" and \"crv\" \"P-256\""),
        (&p256.jwk, json!({"alg": "ES512"}), "the JWK must have \"kty\" \"EC\" and \"crv\" \"P-521\""),
        (&p256.jwk, json!({"alg": "EdDSA"}), "the JWK must have \"kty\" \"OKP\" and \"crv\" \"Ed25519\""),
        (&RSA.jwk, json!({"alg": "PS256", "dp": null}), "its member \"dp\" is missing or not base64url"),
        (&RSA.jwk, json!({"alg": "PS256", "qi": "a+b="}), "its member \"qi\" is missing or not base64url"),
        (&RSA.jwk, json!({"alg": "RS256", "oth": []}), "keys of more than two primes (\"oth\") are not supported"),
        (
            &RSA.jwk,
            json!({"alg": "RS256", "dq": "AQAB"}),
            "n, e, d, p, q, dp, dq and qi must belong together, with a modulus of 2048 to 8192 bits",
        ),
        (
            &RSA.jwk,
            json!({"alg": "RS256", "n": "", "p": ""}),
            "n, e, d, p, q, dp, dq and qi must belong together, with a modulus of 2048 to 8192 bits",
        ),
        (&p256.jwk, json!({"alg": "ES256", "d": null}), "its member \"d\" is missing or not base64url"),
        (&p256.jwk, json!({"alg": "ES256", "d": 7}), "its member \"d\" is missing or not base64url"),
        (&p256.jwk, json!({"alg": "ES256", "d": "AQAB"}), "x, y and d must belong together, with 32 octets each"),
        (
            &p256.jwk,
            json!({"alg": "ES256", "d": other.jwk["d"]}),
            "x, y and d must belong together, with 32 octets each",
        ),
        (&edwards.jwk, json!({"alg": "EdDSA", "d": "AQAB"}), "x and d must belong together, with 32 octets each"),
        (&edwards.jwk, json!({"alg": "Ed25519", "x": small}), "x and d must belong together, with 32 octets each"),
    ] {
        let name = changes["alg"].as_str().unwrap().to_owned();
        let message = fault(ClientAuthMethod::PrivateKeyJwt, &with(jwk, changes));
        assert_eq!(message, format!("clientSecret cannot be used to sign with {name}: {expected}"));
    }
}

#[test]
fn an_empty_secret_signs_nothing() {
    let message = "clientSecret cannot be used to sign with HS256: the key must not be empty";
    assert_eq!(fault(ClientAuthMethod::ClientSecretJwt, &text("")), message);
    let oct = json!({"kty": "oct", "alg": "HS256", "k": ""});
    assert_eq!(fault(ClientAuthMethod::ClientSecretJwt, &with(&oct, json!({}))), message);
    assert_eq!(
        fault(ClientAuthMethod::ClientSecretJwt, &with(&oct, json!({"k": null}))),
        "clientSecret cannot be used to sign with HS256: its member \"k\" is missing or not base64url"
    );
}

fn fault(method: ClientAuthMethod, secret: &ClientSecret) -> String {
    match refusal(method, Some(secret)) {
        ClientAuthError::UnusableKey(message) => message,
        other => panic!("{other:?}"),
    }
}

/// Checks the parameters around an assertion and takes it apart: header and claims as text, signing input, signature.
fn assertion(method: ClientAuthMethod, secret: &ClientSecret) -> (String, String, String, Vec<u8>) {
    let request = request(method, Some(secret));
    assert!(request.authorization.is_none() && !request.mutual_tls);
    let names: Vec<_> = request.parameters.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["client_id", "client_assertion_type", "client_assertion"]);
    assert_eq!(request.parameters[0].1, "my client");
    assert_eq!(request.parameters[1].1, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let assertion = &request.parameters[2].1;
    let parts: Vec<_> = assertion.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("{assertion}") };
    let decoded = |part: &str| String::from_utf8(base64url::decode(part.as_bytes()).unwrap()).unwrap();
    let signature = base64url::decode(signature.as_bytes()).unwrap();
    (decoded(header), decoded(claims), format!("{header}.{claims}"), signature)
}
