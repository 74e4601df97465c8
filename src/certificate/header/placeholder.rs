//! What proxies write when there is no certificate.

/// Optional white space of a field value (RFC 9110 section 5.6.3).
pub fn trim(value: &str) -> &str {
    value.trim_matches([' ', '\t'])
}

/// Nothing, Apache's `(null)`, log-style dashes, Caddy's unfilled `{…}`, and each of them as an RFC 9440 template or
/// HAProxy's URL PEM template wraps it. `value` is trimmed.
pub fn is_placeholder(value: &str) -> bool {
    let bare = unwrapped(value);
    matches!(bare, "" | "-" | "--" | "(null)" | "null" | "undefined" | "None" | "none" | "nil")
        || (bare.starts_with('{') && bare.ends_with('}'))
        || (bare.starts_with('$') && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"$_{}".contains(&byte)))
        || bare == "-----BEGIN%20CERTIFICATE-----%0A%0A-----END%20CERTIFICATE-----%0A"
}

fn unwrapped(value: &str) -> &str {
    let inner = value.strip_prefix(':').map(|rest| rest.strip_suffix(':').unwrap_or(rest)).unwrap_or(value);
    let inner = inner.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(inner);
    trim(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_certificate_in_the_words_of_each_proxy() {
        for value in [
            "",
            "-",
            "(null)",
            "::",
            ":",
            ": :",
            "{http.request.tls.client.certificate_der_base64}",
            ":{http.request.tls.client.certificate_der_base64}:",
            "$ssl_client_escaped_cert",
            "-----BEGIN%20CERTIFICATE-----%0A%0A-----END%20CERTIFICATE-----%0A",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["MIIB", ":MIIB:", "CN=-", "(nul)", "{", "$ x", "none,MIIB"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}
