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
    metadata.get("jwks_uri").and_then(endpoint).ok_or_else(|| {
        Failure::new(Reason::EndpointMissing, "jwks_uri endpoint is required but not available in the issuer metadata")
    })
}

/// An endpoint that a request may go to. Metadata that names `file:`, `data:` or the like names no endpoint.
pub fn endpoint(member: &Value) -> Option<String> {
    let url = member.as_str()?;
    let (scheme, rest) = url.split_once("://")?;
    let fetchable = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (fetchable && !rest.is_empty()).then(|| url.to_owned())
}
