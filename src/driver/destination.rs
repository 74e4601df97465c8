//! Where a request may go: https anywhere, plain http only to this machine.

use std::net::{Ipv4Addr, Ipv6Addr};

use reqwest::Url;

use super::failure::Failure;

/// The parsed URL, if requests may be sent to it.
///
/// # Errors
/// A refusal of plain http to a host that is not loopback, of other schemes, of URLs with user
/// information, and of text that is no absolute URL.
pub(super) fn admit(text: &str) -> Result<Url, Failure> {
    let url = Url::parse(text)
        .map_err(|error| Failure::refused("refused to send a request to an invalid URL", Some(error.to_string())))?;
    check(&url)?;
    Ok(url)
}

pub(super) fn check(url: &Url) -> Result<(), Failure> {
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Failure::refused("refused to send a request to a URL with user information", None));
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => {
            Err(Failure::refused("refused to send a request over plain http to a host that is not loopback", None))
        }
        _ => Err(Failure::refused("refused to send a request over a scheme other than https", None)),
    }
}

/// `localhost`, 127.0.0.0/8 or `[::1]`. The URL parser has already brought `127.1` and the like to dotted form.
pub(super) fn is_loopback(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    if host == "localhost" {
        return true;
    }
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bare {
        Some(address) => address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
        None => host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admitted_and_refused() {
        let plain = Some("refused to send a request over plain http to a host that is not loopback");
        let scheme = Some("refused to send a request over a scheme other than https");
        let user = Some("refused to send a request to a URL with user information");
        let invalid = Some("refused to send a request to an invalid URL");
        for (url, expected) in [
            ("https://example.com/x", None),
            ("http://localhost:5000/", None),
            ("http://LOCALHOST/", None),
            ("http://127.0.0.1:1/", None),
            ("http://127.8.9.1/", None),
            ("http://127.1/", None),
            ("http://[::1]:8080/", None),
            ("http://example.com/", plain),
            ("http://localhost.example.com/", plain),
            ("http://127.0.0.1.example.com/", plain),
            ("http://0.0.0.0/", plain),
            ("http://128.0.0.1/", plain),
            ("http://[::2]/", plain),
            ("http://[::ffff:127.0.0.1]/", plain),
            ("ftp://localhost/", scheme),
            ("file:///etc/passwd", scheme),
            ("data:text/plain,x", scheme),
            ("https://user@example.com/", user),
            ("https://:secret@example.com/", user),
            ("http://localhost@example.com/", user),
            ("/relative", invalid),
            ("", invalid),
            ("https://", invalid),
        ] {
            let message = admit(url).err().map(|failure| failure.message);
            assert_eq!(message.as_deref(), expected, "{url}");
        }
    }
}
