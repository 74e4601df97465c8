//! Proxies named by the environment.

use reqwest::{ClientBuilder, NoProxy, Proxy, Url};

use super::destination;
use super::environment::Environment;

/// The proxies in force, and a warning for each that can't be used.
pub(super) struct Routes {
    http: Option<Url>,
    https: Option<Url>,
    no_proxy: Option<String>,
    pub(super) warnings: Vec<String>,
}

impl Routes {
    pub(super) fn new(environment: &Environment) -> Self {
        // The HTTP library's `*` leaves out hosts that are addresses.
        if environment.no_proxy.as_deref().is_some_and(|list| list.split(',').any(|entry| entry.trim() == "*")) {
            return Self { http: None, https: None, no_proxy: None, warnings: Vec::new() };
        }
        let mut warnings = Vec::new();
        let mut parse = |text: &Option<String>, kind: &str| {
            let url = text.as_deref().and_then(parse);
            if text.is_some() && url.is_none() {
                warnings.push(format!("Ignoring the proxy for {kind}:// requests: its value is not a URL of a proxy"));
            }
            url
        };
        Self {
            https: parse(&environment.https_proxy, "https"),
            http: parse(&environment.http_proxy, "http"),
            no_proxy: environment.no_proxy.clone(),
            warnings,
        }
    }

    /// Whether the route of plain http requests would leave this machine. They go to loopback only, because nothing
    /// protects them on the way; so a proxy elsewhere is passed over for them.
    pub(super) fn exposes_plain_http(&self) -> bool {
        self.http.as_ref().is_some_and(|proxy| !destination::is_loopback(proxy))
    }

    /// Replaces whatever the builder would take from the system.
    pub(super) fn apply(&self, builder: ClientBuilder) -> reqwest::Result<ClientBuilder> {
        let exceptions = self.no_proxy.as_deref().and_then(NoProxy::from_string);
        let mut builder = builder.no_proxy();
        if let Some(url) = &self.https {
            builder = builder.proxy(Proxy::https(url.clone())?.no_proxy(exceptions.clone()));
        }
        if let Some(url) = &self.http {
            builder = builder.proxy(Proxy::http(url.clone())?.no_proxy(exceptions));
        }
        Ok(builder)
    }
}

/// A proxy without a scheme is spoken to over http, as curl does.
fn parse(text: &str) -> Option<Url> {
    let absolute = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&absolute).ok()?;
    let known = matches!(url.scheme(), "http" | "https" | "socks4" | "socks4a" | "socks5" | "socks5h");
    (known && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(http: &str) -> Routes {
        Routes::new(&Environment { http_proxy: Some(http.into()), ..Environment::default() })
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert!(!routes("http://127.0.0.1:3128").exposes_plain_http());
        assert!(!routes("localhost:3128").exposes_plain_http());
        assert!(routes("http://proxy.example.com:3128").exposes_plain_http());
        assert!(routes("proxy.example.com").exposes_plain_http());
    }

    #[test]
    fn an_unusable_proxy_is_warned_about_without_its_value() {
        for value in ["ftp://user:secret@proxy", "http://", "http://user:secret@:x"] {
            let warnings = routes(value).warnings;
            assert_eq!(warnings.len(), 1, "{value}");
            assert!(!warnings.concat().contains("secret"));
        }
    }
}
