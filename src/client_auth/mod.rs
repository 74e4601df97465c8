//! How this client proves who it is at the introspection endpoint (RFC 7662 section 2.1, OpenID Connect Core 1.0
//! section 9, RFC 8705 section 2).

mod assertion;
mod endpoint;
mod form;
mod private_key;
mod signer;
#[cfg(test)]
mod tests;

pub use assertion::AssertionKey;
pub use endpoint::{is_mutual_tls, resolve_endpoint};
pub use form::form_body;

use crate::config::{ClientAuthMethod, ClientSecret};
use base64_simd::STANDARD;
use std::borrow::{Borrow, Cow};
use zeroize::Zeroizing;

/// RFC 7523 section 2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// draft-ietf-oauth-spiffe-client-auth: the secret is a JWT-SVID.
const JWT_SPIFFE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

/// What goes onto the request besides the token. It holds credentials, so it is never printed.
pub struct ClientAuthentication {
    /// The value of the `authorization` header.
    pub authorization: Option<String>,
    /// Body parameters in the order in which they are sent.
    pub parameters: Vec<(&'static str, String)>,
    /// The endpoint authenticates the client by its TLS certificate (RFC 8705 section 2).
    pub mutual_tls: bool,
}

/// Why the client cannot authenticate. Never holds key material.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAuthError {
    /// The method needs a secret of another kind, or there is none.
    InvalidMethod,
    /// The `alg` of the JWK is missing or not one that this client signs with.
    UnsupportedAlgorithm,
    /// No assertion can be signed with this key; the text says what to change.
    UnusableKey(String),
}

impl ClientAuthError {
    pub fn message(&self) -> Cow<'static, str> {
        match self {
            Self::InvalidMethod => Cow::Borrowed("Invalid Client Authentication Method"),
            Self::UnsupportedAlgorithm => Cow::Borrowed("unsupported JWS algorithm"),
            Self::UnusableKey(message) => Cow::Owned(message.clone()),
        }
    }
}

/// A method with its credential made ready once: keys are parsed here, not on every request.
pub struct Authenticator {
    method: ClientAuthMethod,
    credential: Result<Credential, ClientAuthError>,
}

enum Credential {
    /// Nothing in the request itself: the method takes the client's word or its TLS certificate.
    None,
    Text(Zeroizing<String>),
    Key(AssertionKey),
}

impl Authenticator {
    /// Never fails: a credential that does not fit the method is reported when it is used.
    pub fn new(method: ClientAuthMethod, secret: Option<impl Borrow<ClientSecret>>) -> Self {
        Self { method, credential: credential(method, secret.as_ref().map(Borrow::borrow)) }
    }

    pub const fn method(&self) -> ClientAuthMethod {
        self.method
    }

    /// The client's credentials for one request. `issuer` is the audience of an assertion, `now` the time in seconds
    /// since the epoch, whose fraction is dropped.
    ///
    /// # Errors
    /// The secret does not fit the method, or cannot sign.
    pub fn authenticate(
        &self,
        client_id: &str,
        issuer: &str,
        now: f64,
    ) -> Result<ClientAuthentication, ClientAuthError> {
        let credential = self.credential.as_ref().map_err(Clone::clone)?;
        if self.method == ClientAuthMethod::ClientSecretBasic {
            return Ok(basic(client_id, credential));
        }
        let mut parameters = vec![("client_id", client_id.to_owned())];
        match credential {
            Credential::None => {}
            Credential::Text(secret) if self.method == ClientAuthMethod::SpiffeJwt => {
                parameters.extend(client_assertion(JWT_SPIFFE, secret.to_string()));
            }
            Credential::Text(secret) => parameters.push(("client_secret", secret.to_string())),
            Credential::Key(key) => {
                parameters.extend(client_assertion(JWT_BEARER, key.assertion(client_id, issuer, now)?));
            }
        }
        Ok(ClientAuthentication { authorization: None, parameters, mutual_tls: is_mutual_tls(self.method) })
    }
}

/// [`Authenticator::new`] and [`Authenticator::authenticate`] in one step, for a secret that is used once.
///
/// # Errors
/// As [`Authenticator::authenticate`].
pub fn authenticate(
    method: ClientAuthMethod,
    client_id: &str,
    secret: Option<&ClientSecret>,
    issuer: &str,
    now: f64,
) -> Result<ClientAuthentication, ClientAuthError> {
    Authenticator::new(method, secret).authenticate(client_id, issuer, now)
}

fn credential(method: ClientAuthMethod, secret: Option<&ClientSecret>) -> Result<Credential, ClientAuthError> {
    match (method, secret) {
        (ClientAuthMethod::ClientSecretBasic | ClientAuthMethod::ClientSecretPost, Some(ClientSecret::Text(text))) => {
            Ok(Credential::Text(text.clone()))
        }
        (ClientAuthMethod::ClientSecretBasic | ClientAuthMethod::ClientSecretPost, _) => Ok(Credential::None),
        (ClientAuthMethod::ClientSecretJwt, Some(ClientSecret::Text(text))) => {
            AssertionKey::from_text(text).map(Credential::Key)
        }
        (ClientAuthMethod::ClientSecretJwt, Some(ClientSecret::Jwk(jwk)))
            if jwk.get("kty").is_some_and(|kty| kty == "oct") =>
        {
            AssertionKey::from_secret_jwk(jwk).map(Credential::Key)
        }
        (ClientAuthMethod::PrivateKeyJwt, Some(ClientSecret::Jwk(jwk))) => {
            AssertionKey::from_private_jwk(jwk).map(Credential::Key)
        }
        (ClientAuthMethod::SpiffeJwt, Some(ClientSecret::Text(text))) => Ok(Credential::Text(text.clone())),
        (
            ClientAuthMethod::TlsClientAuth | ClientAuthMethod::SelfSignedTlsClientAuth | ClientAuthMethod::SpiffeX509,
            _,
        ) => Ok(Credential::None),
        (ClientAuthMethod::ClientSecretJwt | ClientAuthMethod::PrivateKeyJwt | ClientAuthMethod::SpiffeJwt, _) => {
            Err(ClientAuthError::InvalidMethod)
        }
    }
}

/// RFC 7617 section 2. The parts are not form-encoded first, although RFC 6749 section 2.3.1 asks for it: clients in
/// the field depend on the plain form.
fn basic(client_id: &str, credential: &Credential) -> ClientAuthentication {
    let secret = match credential {
        Credential::Text(secret) => secret.as_str(),
        Credential::None | Credential::Key(_) => "",
    };
    let pair = Zeroizing::new([client_id, ":", secret].concat());
    let authorization = format!("Basic {}", STANDARD.encode_to_string(pair.as_bytes()));
    ClientAuthentication { authorization: Some(authorization), parameters: Vec::new(), mutual_tls: false }
}

/// RFC 7521 section 4.2.
fn client_assertion(kind: &str, assertion: String) -> [(&'static str, String); 2] {
    [("client_assertion_type", kind.to_owned()), ("client_assertion", assertion)]
}
