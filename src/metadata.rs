//! OpenID Connect Discovery 1.0 section 3: what the core reads of the issuer metadata.

use crate::error::{Failure, Reason};
use crate::json::Object;
use serde_json::Value;

const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

/// Section 4: where the metadata of an issuer is.
pub fn discovery_url(issuer: &str) -> String {
    format!("{issuer}{DISCOVERY_PATH}")
}

pub fn jwks_uri(metadata: &Object) -> Result<String, Failure> {
    match metadata.get("jwks_uri") {
        Some(Value::String(uri)) if !uri.is_empty() => Ok(uri.clone()),
        _ => Err(Failure::new(
            Reason::EndpointMissing,
            "jwks_uri endpoint is required but not available in the issuer metadata",
        )),
    }
}
