//! Which endpoint a client calls: RFC 8414 section 2, RFC 8705 section 5, and aliases per trust store.

use crate::config::ClientAuthMethod;
use serde_json::{Map, Value};

/// The methods that authenticate by the client's TLS certificate.
pub const fn is_mutual_tls(method: ClientAuthMethod) -> bool {
    matches!(
        method,
        ClientAuthMethod::TlsClientAuth | ClientAuthMethod::SelfSignedTlsClientAuth | ClientAuthMethod::SpiffeX509
    )
}

/// The URL of an endpoint from the issuer's metadata. A trust store matters to mutual TLS alone; an empty one counts as
/// none.
///
/// # Errors
/// The message for the application when the metadata names no such endpoint. A mutual-TLS method never falls back to
/// the plain endpoint, nor one trust store to another.
pub fn resolve_endpoint(
    metadata: &Map<String, Value>,
    name: &str,
    mutual_tls: bool,
    trust_store_id: Option<&str>,
) -> Result<String, String> {
    if !mutual_tls {
        return endpoint(Some(metadata), name)
            .ok_or_else(|| format!("{name} endpoint is required but not available in the issuer metadata"));
    }
    match trust_store_id.filter(|id| !id.is_empty()) {
        None => endpoint(object(metadata, "mtls_endpoint_aliases"), name)
            .ok_or_else(|| format!("mTLS {name} is required but not available in the issuer metadata")),
        Some(id) => {
            let aliases = object(metadata, "mtls_additional_endpoint_aliases");
            endpoint(aliases.and_then(|aliases| object(aliases, id)), name).ok_or_else(|| {
                format!("mTLS {name} is required but not available for trust store '{id}' in the issuer metadata")
            })
        }
    }
}

/// Metadata that names `file:`, `data:` or the like names no endpoint.
fn endpoint(members: Option<&Map<String, Value>>, name: &str) -> Option<String> {
    let url = members?.get(name)?.as_str()?;
    let (scheme, rest) = url.split_once("://")?;
    let fetchable = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (fetchable && !rest.is_empty()).then(|| url.to_owned())
}

fn object<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Map<String, Value>> {
    members.get(name)?.as_object()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PLAIN: [ClientAuthMethod; 5] = [
        ClientAuthMethod::ClientSecretBasic,
        ClientAuthMethod::ClientSecretPost,
        ClientAuthMethod::ClientSecretJwt,
        ClientAuthMethod::PrivateKeyJwt,
        ClientAuthMethod::SpiffeJwt,
    ];
    const MUTUAL_TLS: [ClientAuthMethod; 3] =
        [ClientAuthMethod::TlsClientAuth, ClientAuthMethod::SelfSignedTlsClientAuth, ClientAuthMethod::SpiffeX509];

    fn choose(metadata: &Value, method: ClientAuthMethod, trust_store_id: Option<&str>) -> Result<String, String> {
        let metadata = metadata.as_object().unwrap();
        resolve_endpoint(metadata, "introspection_endpoint", is_mutual_tls(method), trust_store_id)
    }

    #[test]
    fn the_method_and_the_trust_store_choose_the_endpoint() {
        let metadata = json!({
            "introspection_endpoint": "https://plain",
            "mtls_endpoint_aliases": {"introspection_endpoint": "https://mtls"},
            "mtls_additional_endpoint_aliases": {"ts": {"introspection_endpoint": "https://ts"}},
        });
        for method in PLAIN {
            for trust_store_id in [None, Some("ts"), Some("other")] {
                assert_eq!(choose(&metadata, method, trust_store_id).as_deref(), Ok("https://plain"));
            }
        }
        for method in MUTUAL_TLS {
            assert_eq!(choose(&metadata, method, None).as_deref(), Ok("https://mtls"));
            assert_eq!(choose(&metadata, method, Some("")).as_deref(), Ok("https://mtls"));
            assert_eq!(choose(&metadata, method, Some("ts")).as_deref(), Ok("https://ts"));
            for id in ["other", "__proto__", "constructor"] {
                assert_eq!(
                    choose(&metadata, method, Some(id)).unwrap_err(),
                    format!(
                        "mTLS introspection_endpoint is required but not available for trust store '{id}' in the \
                         issuer metadata"
                    )
                );
            }
        }
    }

    #[test]
    fn a_missing_endpoint_is_named_and_nothing_falls_back() {
        for absent in [json!(null), json!(""), json!(7), json!(["https://x"]), json!({})] {
            let metadata = json!({
                "introspection_endpoint": absent,
                "mtls_endpoint_aliases": {"introspection_endpoint": "https://mtls"},
            });
            assert_eq!(
                choose(&metadata, ClientAuthMethod::ClientSecretPost, None).unwrap_err(),
                "introspection_endpoint endpoint is required but not available in the issuer metadata"
            );
            for metadata in [
                json!({"introspection_endpoint": "https://plain"}),
                json!({"introspection_endpoint": "https://plain", "mtls_endpoint_aliases": absent}),
                json!({"mtls_endpoint_aliases": {"introspection_endpoint": absent}}),
            ] {
                assert_eq!(
                    choose(&metadata, ClientAuthMethod::TlsClientAuth, None).unwrap_err(),
                    "mTLS introspection_endpoint is required but not available in the issuer metadata"
                );
            }
            let aliases = json!({"introspection_endpoint": "https://mtls"});
            for metadata in [
                json!({"mtls_endpoint_aliases": aliases}),
                json!({"mtls_endpoint_aliases": aliases, "mtls_additional_endpoint_aliases": absent}),
                json!({"mtls_endpoint_aliases": aliases, "mtls_additional_endpoint_aliases": {"ts": absent}}),
            ] {
                assert_eq!(
                    choose(&metadata, ClientAuthMethod::SpiffeX509, Some("ts")).unwrap_err(),
                    "mTLS introspection_endpoint is required but not available for trust store 'ts' in the issuer \
                     metadata"
                );
            }
        }
    }
}
