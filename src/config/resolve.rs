//! The options of `MonoCloudBackendNodeClient`, checked one by one in the order of the table; the first that is wrong is
//! reported.

use super::source::{Source, text_of};
use super::table::{self, OptionRow};
use super::tenant::is_plain_http;
use super::{
    BindingMode, ClientAuthMethod, ClientSecret, Config, ConfigError, Environment, Options, Secret, SignatureOffload,
    Value, jwt_cache, normalise_tenant_domain, parse_client_secret, secret,
};

/// Validates. Precedence per option: constructor, environment, default; `null` counts as absent where there is an
/// environment variable, an empty text does not.
pub fn resolve(options: &Options, env: &dyn Environment) -> Result<Config, ConfigError> {
    let source = Source { options, env };
    let tenant_domain = tenant_domain(&source)?;
    let audience = source.uri(&table::AUDIENCE)?;
    let client_id = source.text(&table::CLIENT_ID)?;
    let method = source.name(&table::CLIENT_AUTH_METHOD, ClientAuthMethod::parse);
    let client_secret = client_secret(&source, method.as_ref().ok().copied().flatten())?;
    let config = Config {
        tenant_domain,
        audience,
        client_id,
        client_secret,
        client_auth_method: method?.unwrap_or_default(),
        trust_store_id: source.text(&table::TRUST_STORE_ID)?,
        has_metadata_resolver: source.function(&table::METADATA_RESOLVER)?,
        has_jwks_resolver: source.function(&table::JWKS_RESOLVER)?,
        has_fetcher: source.function(&table::FETCHER)?,
        groups_claim: source.text(&table::GROUPS_CLAIM)?,
        match_all: source.boolean(&table::MATCH_ALL)?,
        clock_skew: source.number(&table::CLOCK_SKEW)?.unwrap_or_default(),
        clock_tolerance: source.number(&table::CLOCK_TOLERANCE)?.unwrap_or_default(),
        jwks_cache_duration: source.number(&table::JWKS_CACHE_DURATION)?,
        metadata_cache_duration: source.number(&table::METADATA_CACHE_DURATION)?,
        jwks_stale_duration: source.number(&table::JWKS_STALE_DURATION)?.unwrap_or_default(),
        jwks_cooldown_duration: source.number(&table::JWKS_COOLDOWN_DURATION)?.unwrap_or_default(),
        introspect_jwt_tokens: source.boolean(&table::INTROSPECT_JWT_TOKENS)?.unwrap_or_default(),
        validate_certificate_binding: source
            .name(&table::VALIDATE_CERTIFICATE_BINDING, BindingMode::parse)?
            .unwrap_or_default(),
        signature_offload: source.name(&table::SIGNATURE_OFFLOAD, SignatureOffload::parse)?.unwrap_or_default(),
        response_timeout: source.number(&table::RESPONSE_TIMEOUT)?.unwrap_or_default(),
        introspection_cache_duration: source.number(&table::INTROSPECTION_CACHE_DURATION)?.unwrap_or_default(),
        has_cache: source.cache(&table::CACHE)?,
        jwt_cache: jwt_cache::jwt_cache(&source)?,
        client_certificate: source.text(&table::CLIENT_CERTIFICATE)?,
        client_key: source.text(&table::CLIENT_KEY)?.as_deref().map(Secret::new),
    };
    if config.client_certificate.is_some() != config.client_key.is_some() {
        let (certificate, key) = (table::CLIENT_CERTIFICATE.key, table::CLIENT_KEY.key);
        return Err(ConfigError::of(certificate, format_args!("and \"{key}\" must be given together")));
    }
    Ok(config)
}

fn tenant_domain(source: &Source<'_>) -> Result<String, ConfigError> {
    let row = &table::TENANT_DOMAIN;
    let text = source.uri(row)?;
    if is_plain_http(&text) {
        return Err(ConfigError::of(row.key, "must use https"));
    }
    Ok(normalise_tenant_domain(&text))
}

/// `private_key_jwt` signs with a JWK (any object; what it lacks shows when it is used), `client_secret_jwt` with a text
/// or an `oct` JWK, every other method sends a text.
fn client_secret(source: &Source<'_>, method: Option<ClientAuthMethod>) -> Result<Option<ClientSecret>, ConfigError> {
    let row: &OptionRow = &table::CLIENT_SECRET;
    let value = source.value(row);
    let jwk = match &*value {
        Value::Undefined => return Ok(None),
        Value::Object(members) => Some(secret::jwk(members)),
        Value::String(text) => match parse_client_secret(text) {
            ClientSecret::Jwk(jwk) => Some(jwk),
            ClientSecret::Text(_) => None,
        },
        _ => None,
    };
    let is_oct = |jwk: &secret::Jwk| jwk.get("kty").and_then(|kty| kty.as_str()) == Some("oct");
    match (method, jwk) {
        (Some(ClientAuthMethod::PrivateKeyJwt), Some(jwk)) => Ok(Some(ClientSecret::Jwk(jwk))),
        (Some(ClientAuthMethod::PrivateKeyJwt), None) => Err(ConfigError {
            message: "clientSecret must be a valid JWK when clientAuthMethod is 'private_key_jwt'".to_owned(),
        }),
        (Some(ClientAuthMethod::ClientSecretJwt), Some(jwk)) if is_oct(&jwk) => Ok(Some(ClientSecret::Jwk(jwk))),
        (_, Some(_)) => Err(ConfigError::of(row.key, "must be a string")),
        (_, None) => text_of(row, &value).map(|text| Some(ClientSecret::text(text))),
    }
}
