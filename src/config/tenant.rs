//! The tenant's address: expected issuer, audience of client assertions and base of discovery in one.

const HTTPS: &str = "https://";
const HTTP: &str = "http://";

/// `https://` is put before anything that does not start with exactly that, except plain http on loopback; one trailing
/// slash is taken off.
pub fn normalise_tenant_domain(text: &str) -> String {
    let prefix = if text.starts_with(HTTPS) || is_loopback(text) { "" } else { HTTPS };
    let address = format!("{prefix}{text}");
    address.strip_suffix('/').map(str::to_owned).unwrap_or(address)
}

/// Plain http to anywhere but this machine: OpenID Connect Discovery 1.0 section 3 asks for https. Schemes compare
/// without case (RFC 3986 section 3.1).
pub fn is_plain_http(text: &str) -> bool {
    text.get(..HTTP.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(HTTP)) && !is_loopback(text)
}

/// `http://` to localhost, 127.0.0.1 or \[::1\]. The whole authority must be that host and a port, so that no user
/// information and no longer host name can pass for it.
fn is_loopback(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(HTTP) else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|host| {
        let Some((name, port)) = authority.split_at_checked(host.len()) else { return false };
        name.eq_ignore_ascii_case(host) && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
    })
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_is_https() {
        let rows = [
            ("https://a.example", "https://a.example"),
            ("https://a.example/", "https://a.example"),
            ("https://a.example//", "https://a.example/"),
            ("https://a.example/path/", "https://a.example/path"),
            ("a.example", "https://a.example"),
            ("localhost:5000", "https://localhost:5000"),
            ("HTTPS://a.example", "https://HTTPS://a.example"),
            ("http://a.example", "https://http://a.example"),
            ("", "https:/"),
        ];
        for (text, expected) in rows {
            assert_eq!(normalise_tenant_domain(text), expected, "{text}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        let loopback = [
            ("http://localhost", "http://localhost"),
            ("http://localhost:", "http://localhost:"),
            ("http://localhost:5000/", "http://localhost:5000"),
            ("http://LocalHost:1", "http://LocalHost:1"),
            ("http://127.0.0.1:80/tenant/", "http://127.0.0.1:80/tenant"),
            ("http://[::1]:5000", "http://[::1]:5000"),
            ("http://[::1]?x", "http://[::1]?x"),
        ];
        for (text, expected) in loopback {
            assert!(!is_plain_http(text), "{text}");
            assert_eq!(normalise_tenant_domain(text), expected);
        }
    }

    #[test]
    fn nothing_else_passes_for_this_machine() {
        let elsewhere = [
            "http://",
            "http://a.example",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "http://localhost:80@evil.example",
            "http://localhost:x@evil.example",
            "http://localhost\\@evil.example",
            "http://localhost\t.evil.example",
            "http://localhostevil",
            "http://user@localhost",
            "http://evil.example/localhost",
            "http://evil.example#localhost",
            "http:///localhost",
            "http://127.0.0.1.evil.example",
            "http://127.0.0.10",
            "http://127.1",
            "http://0.0.0.0",
            "http://[::1].evil.example",
            "http://[::10]",
            "http://[::1",
            "http://::1",
            "http://localhösť",
            "HTTP://localhost",
            "Http://a.example",
        ];
        for text in elsewhere {
            assert!(is_plain_http(text), "{text}");
            assert!(normalise_tenant_domain(text).starts_with("https://"), "{text}");
        }
        for text in ["https://a.example", "httpx://a.example", "http+unix://x", "localhost:5000", "", "http:é"] {
            assert!(!is_plain_http(text), "{text}");
        }
    }
}
