//! Requests as the authorization server sees them, one method at a time.

mod assertions;
mod keys;

use super::*;
use keys::{RSA, with};
use serde_json::json;
use std::collections::HashSet;

const ISSUER: &str = "https://tenant.example";
const NOW: f64 = 1_700_000_000.9;

#[test]
fn basic_sends_a_header_and_nothing_in_the_body() {
    for (secret, credentials) in [
        (Some(text("s:e+c r/é")), "bXkgY2xpZW50OnM6ZStjIHIvw6k="),
        (Some(text("")), "bXkgY2xpZW50Og=="),
        (None, "bXkgY2xpZW50Og=="),
    ] {
        let request = request(ClientAuthMethod::ClientSecretBasic, secret.as_ref());
        assert_eq!(request.authorization, Some(format!("Basic {credentials}")));
        assert_eq!(form_body("t", &request), "token=t&token_type_hint=access_token");
        assert!(!request.mutual_tls);
    }
}

#[test]
fn post_sends_the_client_and_the_secret_in_the_body() {
    for (secret, rest) in [
        (Some(text("s&c r~t")), "&client_secret=s%26c+r%7Et"),
        (Some(text("")), "&client_secret="),
        (None, ""),
        (Some(with(&json!({"kty": "oct", "k": "AAAA"}), json!({}))), ""),
    ] {
        let request = request(ClientAuthMethod::ClientSecretPost, secret.as_ref());
        assert!(request.authorization.is_none() && !request.mutual_tls);
        let expected = format!("token=t&token_type_hint=access_token&client_id=my+client{rest}");
        assert_eq!(form_body("t", &request), expected);
    }
}

#[test]
fn certificate_methods_send_the_client_alone() {
    for method in
        [ClientAuthMethod::TlsClientAuth, ClientAuthMethod::SelfSignedTlsClientAuth, ClientAuthMethod::SpiffeX509]
    {
        for secret in [None, Some(text("unused"))] {
            let request = request(method, secret.as_ref());
            assert!(request.authorization.is_none() && request.mutual_tls);
            assert_eq!(form_body("t", &request), "token=t&token_type_hint=access_token&client_id=my+client");
        }
    }
}

#[test]
fn spiffe_jwt_sends_the_secret_as_its_assertion() {
    let request = request(ClientAuthMethod::SpiffeJwt, Some(&text("a.b.c+")));
    assert!(request.authorization.is_none() && !request.mutual_tls);
    assert_eq!(
        form_body("t", &request),
        "token=t&token_type_hint=access_token&client_id=my+client&client_assertion_type=\
         urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-spiffe&client_assertion=a.b.c%2B"
    );
}

#[test]
fn a_secret_of_the_wrong_kind_is_refused_at_use() {
    let rsa = with(&RSA.jwk, json!({"alg": "RS256"}));
    let untyped = with(&json!({"k": "AAAA", "alg": "HS256"}), json!({}));
    for (method, secret) in [
        (ClientAuthMethod::ClientSecretJwt, None),
        (ClientAuthMethod::ClientSecretJwt, Some(&rsa)),
        (ClientAuthMethod::ClientSecretJwt, Some(&untyped)),
        (ClientAuthMethod::PrivateKeyJwt, None),
        (ClientAuthMethod::PrivateKeyJwt, Some(&text("secret"))),
        (ClientAuthMethod::SpiffeJwt, None),
        (ClientAuthMethod::SpiffeJwt, Some(&rsa)),
    ] {
        let authenticator = Authenticator::new(method, secret);
        let error = authenticator.authenticate("id", ISSUER, NOW).err().unwrap();
        assert_eq!(error, ClientAuthError::InvalidMethod);
        assert_eq!(error.message(), "Invalid Client Authentication Method");
    }
}

#[test]
fn one_authenticator_serves_many_threads() {
    let secret = with(&RSA.jwk, json!({"alg": "RS256"}));
    let authenticator = Authenticator::new(ClientAuthMethod::PrivateKeyJwt, Some(secret));
    assert_eq!(authenticator.method(), ClientAuthMethod::PrivateKeyJwt);
    let assertions: HashSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| authenticator.authenticate("id", ISSUER, NOW).ok().unwrap().parameters[2].1.clone())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(assertions.len(), 4);
}

fn text(secret: &str) -> ClientSecret {
    ClientSecret::Text(Zeroizing::new(secret.to_owned()))
}

fn request(method: ClientAuthMethod, secret: Option<&ClientSecret>) -> ClientAuthentication {
    authenticate(method, "my client", secret, ISSUER, NOW).ok().unwrap()
}

fn refusal(method: ClientAuthMethod, secret: Option<&ClientSecret>) -> ClientAuthError {
    authenticate(method, "my client", secret, ISSUER, NOW).err().unwrap()
}
