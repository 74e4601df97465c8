//! Assertions that authenticate a client: RFC 7523 section 3, OpenID Connect Core 1.0 section 9.

use super::ClientAuthError;
use super::signer::Signer;
use crate::jose::algorithm::Algorithm;
use crate::jose::base64url;
use aws_lc_rs::rand;
use serde::Serialize;
use serde_json::{Map, Value};

/// How long an assertion is valid, in seconds.
const LIFETIME: i64 = 60;
/// How far `iat` and `nbf` lie ahead of this client's clock, in seconds.
const AHEAD: i64 = 5;

/// A key that signs assertions, with the header it signs under.
pub struct AssertionKey {
    header: String,
    signer: Signer,
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a Value>,
}

#[derive(Serialize)]
struct Claims<'a> {
    jti: String,
    aud: &'a str,
    exp: i64,
    iat: i64,
    nbf: i64,
    iss: &'a str,
    sub: &'a str,
}

impl AssertionKey {
    /// HS256 with the UTF-8 octets of the secret.
    ///
    /// # Errors
    /// `UnusableKey` when the secret is empty.
    pub fn from_text(secret: &str) -> Result<Self, ClientAuthError> {
        Self::new("HS256", None, Signer::hmac("HS256", secret.as_bytes())?)
    }

    /// HS256, HS384 or HS512, as the `alg` of the symmetric JWK says (RFC 7518 section 6.4).
    ///
    /// # Errors
    /// `UnsupportedAlgorithm` for every other `alg`, `UnusableKey` when `k` is missing, empty or not base64url.
    pub fn from_secret_jwk(jwk: &Map<String, Value>) -> Result<Self, ClientAuthError> {
        let algorithm = algorithm(jwk)?;
        Self::new(algorithm, jwk.get("kid"), Signer::from_secret_jwk(algorithm, jwk)?)
    }

    /// RS, PS and ES 256, 384 and 512, EdDSA and Ed25519, as the `alg` of the private JWK says (RFC 7518 section 6).
    ///
    /// # Errors
    /// `UnsupportedAlgorithm` for every other `alg`, `UnusableKey` when the key is of another type or incomplete.
    pub fn from_private_jwk(jwk: &Map<String, Value>) -> Result<Self, ClientAuthError> {
        let algorithm = Algorithm::parse(algorithm(jwk)?).ok_or(ClientAuthError::UnsupportedAlgorithm)?;
        Self::new(algorithm.name(), jwk.get("kid"), Signer::from_private_jwk(algorithm, jwk)?)
    }

    /// A fresh assertion by `client_id` for `issuer`, in the JWS compact serialization (RFC 7515 section 3.1).
    /// `now` is in seconds since the epoch; its fraction is dropped.
    ///
    /// # Errors
    /// `UnusableKey` when the key does not sign.
    pub fn assertion(&self, client_id: &str, issuer: &str, now: f64) -> Result<String, ClientAuthError> {
        let issued_at = (now.floor() as i64).saturating_add(AHEAD);
        let claims = Claims {
            jti: unique_identifier()?,
            aud: issuer,
            exp: issued_at.saturating_add(LIFETIME),
            iat: issued_at,
            nbf: issued_at,
            iss: client_id,
            sub: client_id,
        };
        let signing_input = format!("{}.{}", self.header, segment(&claims)?);
        let signature = self.signer.sign(signing_input.as_bytes())?;
        Ok(format!("{signing_input}.{}", base64url::encode(&signature)))
    }

    /// The header is `alg` and, when the key has one, `kid`: no `typ`.
    fn new(algorithm: &str, key_id: Option<&Value>, signer: Signer) -> Result<Self, ClientAuthError> {
        Ok(Self { header: segment(&Header { alg: algorithm, kid: key_id })?, signer })
    }
}

/// RFC 7517 section 4.4; this client signs with nothing but the algorithm that the key names.
fn algorithm(jwk: &Map<String, Value>) -> Result<&str, ClientAuthError> {
    jwk.get("alg").and_then(Value::as_str).ok_or(ClientAuthError::UnsupportedAlgorithm)
}

/// RFC 7519 section 4.1.7: 256 random bits, 43 characters.
fn unique_identifier() -> Result<String, ClientAuthError> {
    let mut octets = [0; 32];
    rand::fill(&mut octets).map_err(|_| not_made())?;
    Ok(base64url::encode(&octets))
}

fn segment(value: &impl Serialize) -> Result<String, ClientAuthError> {
    serde_json::to_vec(value).map(|json| base64url::encode(&json)).map_err(|_| not_made())
}

fn not_made() -> ClientAuthError {
    ClientAuthError::UnusableKey("the client assertion could not be made".to_owned())
}
