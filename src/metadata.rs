//! OpenID Connect Discovery 1.0 section 3: what the core reads of the issuer metadata.

use crate::client_auth::resolve_endpoint;
use crate::error::{Failure, Reason};
use crate::json::Object;

const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

/// Section 4: where the metadata of an issuer is.
pub fn discovery_url(issuer: &str) -> String {
    format!("{issuer}{DISCOVERY_PATH}")
}

pub fn jwks_uri(metadata: &Object) -> Result<String, Failure> {
    resolve_endpoint(metadata, "jwks_uri", false, None)
        .map_err(|message| Failure::new(Reason::EndpointMissing, message))
}
