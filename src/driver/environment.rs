//! The part of the process environment that decides which servers are trusted and how they are reached.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// A reading of the environment. An empty variable counts as unset. Never printed: proxy URLs hold credentials.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Environment {
    /// `NODE_EXTRA_CA_CERTS`: a PEM file whose certificates are trusted besides the platform's.
    pub extra_ca_certs: Option<PathBuf>,
    /// `SSL_CERT_FILE`: a PEM file whose certificates are trusted besides the public authorities.
    pub ssl_cert_file: Option<PathBuf>,
    /// `SSL_CERT_DIR`: directories of PEM files, likewise.
    pub ssl_cert_dirs: Vec<PathBuf>,
    /// `HTTPS_PROXY` or `https_proxy`, else `ALL_PROXY` or `all_proxy`: for https:// requests.
    pub https_proxy: Option<String>,
    /// `HTTP_PROXY` or `http_proxy`, else `ALL_PROXY` or `all_proxy`: for http:// requests.
    pub http_proxy: Option<String>,
    /// `NO_PROXY` or `no_proxy`: hosts reached directly; comma-separated domains (with their subdomains), addresses,
    /// CIDR blocks, or `*`.
    pub no_proxy: Option<String>,
}

impl Environment {
    /// Reads the process environment. Under CGI (`REQUEST_METHOD` set) no proxy is taken from it, because there
    /// `HTTP_PROXY` is a header of the caller.
    #[must_use]
    pub fn capture() -> Self {
        Self::read(|name| env::var_os(name))
    }

    fn read(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let value = |name: &str| lookup(name).filter(|text| !text.is_empty());
        let text = |names: [&str; 2]| names.into_iter().find_map(value).and_then(|text| text.into_string().ok());
        let cgi = value("REQUEST_METHOD").is_some();
        let proxy = |names| {
            if cgi { None } else { text(names).or_else(|| text(["ALL_PROXY", "all_proxy"])) }
        };
        Self {
            extra_ca_certs: value("NODE_EXTRA_CA_CERTS").map(PathBuf::from),
            ssl_cert_file: value("SSL_CERT_FILE").map(PathBuf::from),
            ssl_cert_dirs: value("SSL_CERT_DIR").map(|dirs| paths(&dirs)).unwrap_or_default(),
            https_proxy: proxy(["HTTPS_PROXY", "https_proxy"]),
            http_proxy: proxy(["HTTP_PROXY", "http_proxy"]),
            no_proxy: text(["NO_PROXY", "no_proxy"]),
        }
    }
}

fn paths(list: &OsString) -> Vec<PathBuf> {
    env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Environment {
        Environment::read(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn upper_case_wins_and_all_proxy_fills_in() {
        let environment = read(&[("HTTPS_PROXY", "http://a"), ("https_proxy", "http://b"), ("all_proxy", "http://c")]);
        assert_eq!(environment.https_proxy.as_deref(), Some("http://a"));
        assert_eq!(environment.http_proxy.as_deref(), Some("http://c"));
    }

    #[test]
    fn empty_variables_are_unset() {
        assert!(read(&[("HTTPS_PROXY", ""), ("NODE_EXTRA_CA_CERTS", ""), ("SSL_CERT_DIR", "")]) == read(&[]));
    }

    #[test]
    fn cgi_takes_no_proxy() {
        let environment = read(&[("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "http://a"), ("ALL_PROXY", "http://b")]);
        assert_eq!((environment.http_proxy, environment.https_proxy), (None, None));
    }
}
