//! Which texts are URIs (RFC 3986 section 3), as the published SDK decides it. Stricter than the RFC: the part after the
//! scheme is never empty, and `http:` and `https:` need an authority with a host. More lenient: a percent sign need not
//! start an escape.

use std::net::Ipv6Addr;

/// An absolute URI of any scheme.
pub fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (hierarchy, query) = rest.split_once('?').unwrap_or((rest, ""));
    is_scheme(scheme) && is_hierarchy(scheme, hierarchy) && is_query(query) && is_query(fragment)
}

/// RFC 3986 section 3.1.
fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

/// RFC 3986 section 3: `hier-part`.
fn is_hierarchy(scheme: &str, text: &str) -> bool {
    let is_web = matches!(scheme, "http" | "https");
    let Some(rest) = text.strip_prefix("//") else {
        return !is_web && !text.is_empty() && is_path(text);
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let has_authority = if authority.is_empty() { !is_web && !path.is_empty() } else { is_authority(authority) };
    has_authority && is_path(path)
}

/// RFC 3986 section 3.2, with a host that is not empty.
fn is_authority(text: &str) -> bool {
    let (user, host) = text.split_once('@').unwrap_or(("", text));
    if !user.chars().all(|c| is_name(c) || c == ':') {
        return false;
    }
    if let Some((literal, port)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return is_literal(literal) && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    !name.is_empty() && name.chars().all(is_name) && is_port(port)
}

/// RFC 3986 section 3.2.2: `IP-literal` without its brackets. Zone identifiers (RFC 6874) are refused.
fn is_literal(text: &str) -> bool {
    let future = text.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    match future {
        Some((version, address)) => {
            !version.is_empty()
                && version.chars().all(|c| c.is_ascii_hexdigit())
                && !address.is_empty()
                && address.chars().all(|c| c != '%' && (is_name(c) || c == ':'))
        }
        None => text.parse::<Ipv6Addr>().is_ok(),
    }
}

/// RFC 3986 section 3.2.3.
fn is_port(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_digit())
}

/// RFC 3986 section 3.3.
fn is_path(text: &str) -> bool {
    text.chars().all(|c| is_name(c) || matches!(c, ':' | '@' | '/'))
}

/// RFC 3986 sections 3.4 and 3.5.
fn is_query(text: &str) -> bool {
    text.chars().all(|c| is_name(c) || matches!(c, ':' | '@' | '/' | '?'))
}

/// RFC 3986 sections 2.1 to 2.3: percent, `sub-delims` and `unreserved`.
const fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '%' | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' | '-' | '.' | '_' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_of_any_scheme() {
        let uris = [
            "https://example.com",
            "https://example.com/",
            "https://example.com:8443/path?query=1#fragment",
            "https://user:password@example.com",
            "https://x:",
            "https://x/%41/%zz/%",
            "https://[::1]:5000",
            "https://[2001:db8::7]/",
            "https://[::ffff:192.0.2.1]",
            "https://[v1.x:y]",
            "https://999.999.1.1",
            "https://a_b..c",
            "HTTPS://x",
            "localhost:5000",
            "urn:api",
            "urn:example:api?x",
            "api://123-456",
            "file:///etc",
            "a:/",
            "a:///",
            "mailto:x@y",
            "a+b-c.d:x",
        ];
        for uri in uris {
            assert!(is_uri(uri), "{uri}");
        }
    }

    #[test]
    fn what_is_no_uri() {
        let others = [
            "",
            "api",
            "host.example.com",
            "/path",
            "//example.com",
            "://x",
            "1a:b",
            "ht_tp://x",
            "urn:",
            "urn:?x",
            "a://",
            "a://u@",
            "a://:80/x",
            "https:",
            "https:x",
            "https:/x",
            "https://",
            "https:///x",
            "https://?x",
            "https://x:port",
            "https://a:1:2",
            "https://x@y@z",
            "https://[::g]",
            "https://[::1",
            "https://[::1]x",
            "https://[fe80::1%25eth0]",
            "https://[v1.]",
            "https://[v1.%41]",
            "https://[]",
            " https://x",
            "https://x ",
            "https://x y",
            "https://x\n",
            "https://ü.example",
            "https://x\\y",
            "https://{x}",
            "https://<x>",
            "https://x#a#b",
            "https://x/[",
        ];
        for other in others {
            assert!(!is_uri(other), "{other}");
        }
    }
}
