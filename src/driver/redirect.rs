//! Which redirects are followed (RFC 9110 section 15.4): decided here, by hand.

use reqwest::Url;

use crate::request::Purpose;

/// At most this many redirects are followed in a row.
pub(super) const MAX_REDIRECTS: usize = 3;

/// The next hop, or `None` when the response itself is the answer.
///
/// Followed: 301, 302, 303, 307 and 308 of a GET for discovery or keys, at most [`MAX_REDIRECTS`] times, to a
/// `Location` of the same scheme. An introspection request carries the token and is never sent elsewhere. A fragment
/// is inherited by nobody: requests have none.
pub(super) fn next(purpose: Purpose, followed: usize, status: u16, from: &Url, location: Option<&str>) -> Option<Url> {
    let followable = match purpose {
        Purpose::Discovery | Purpose::Jwks => matches!(status, 301 | 302 | 303 | 307 | 308),
        Purpose::Introspection => false,
    };
    if !followable || followed >= MAX_REDIRECTS {
        return None;
    }
    let location = location.filter(|text| !text.trim().is_empty())?;
    from.join(location).ok().filter(|target| target.scheme() == from.scheme() && target.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions() {
        use Purpose::{Discovery, Introspection, Jwks};
        for (purpose, followed, status, from, location, expected) in [
            (Discovery, 0, 301, "https://a/x", Some("https://b/y"), Some("https://b/y")),
            (Discovery, 0, 302, "https://a/x/z", Some("y?q=1"), Some("https://a/x/y?q=1")),
            (Discovery, 0, 303, "https://a/x", Some("/y"), Some("https://a/y")),
            (Jwks, 0, 307, "https://a/x", Some("//b/y"), Some("https://b/y")),
            (Jwks, 2, 308, "http://localhost/x", Some("http://127.0.0.1/y"), Some("http://127.0.0.1/y")),
            (Jwks, 3, 308, "https://a/x", Some("/y"), None),
            (Jwks, 0, 300, "https://a/x", Some("/y"), None),
            (Jwks, 0, 304, "https://a/x", Some("/y"), None),
            (Jwks, 0, 305, "https://a/x", Some("/y"), None),
            (Jwks, 0, 200, "https://a/x", Some("/y"), None),
            (Jwks, 0, 201, "https://a/x", Some("/y"), None),
            (Discovery, 0, 302, "https://a/x", None, None),
            (Discovery, 0, 302, "https://a/x", Some(""), None),
            (Discovery, 0, 302, "https://a/x", Some("https://"), None),
            (Discovery, 0, 302, "https://a/x", Some("http://a/x"), None),
            (Discovery, 0, 302, "http://localhost/x", Some("https://a/x"), None),
            (Discovery, 0, 302, "https://a/x", Some("data:,x"), None),
            (Introspection, 0, 302, "https://a/x", Some("/y"), None),
            (Introspection, 0, 307, "https://a/x", Some("/y"), None),
        ] {
            let from = Url::parse(from).unwrap();
            let target = next(purpose, followed, status, &from, location);
            assert_eq!(target.as_ref().map(Url::as_str), expected, "{status} {from} {location:?}");
        }
    }
}
