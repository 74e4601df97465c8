//! What each proxy calls its headers.

use crate::certificate::header::Encoding;
use serde_json::{Map, Value};

/// A proxy's header and how it carries the certificate. Where the name is the operator's choice, it is the one of the
/// documented configuration.
#[derive(Debug)]
pub struct Preset {
    pub name: &'static str,
    /// Lower case, like all header names here.
    pub header: &'static str,
    pub encoding: Encoding,
    pub chain_header: Option<&'static str>,
    /// The leaf's header carries the chain as well.
    pub chain_in_leaf: bool,
    /// The header that says whether the proxy has verified the certificate, and what it says then. Proxies that pass on
    /// what they could not verify have one.
    pub verify: Option<(&'static str, &'static str)>,
}

const SUCCESS: Option<(&str, &str)> = Some(("x-ssl-client-verify", "SUCCESS"));
/// HAProxy's `ssl_c_verify`.
const ZERO: Option<(&str, &str)> = Some(("x-ssl-client-verify", "0"));

const fn preset(name: &'static str, header: &'static str, encoding: Encoding) -> Preset {
    Preset { name, header, encoding, chain_header: None, chain_in_leaf: false, verify: None }
}

pub const PRESETS: [Preset; 17] = [
    preset("aws-alb", "x-amzn-mtls-clientcert", Encoding::UrlPemAws),
    preset("aws-alb-verify", "x-amzn-mtls-clientcert-leaf", Encoding::UrlPemAws),
    preset("azure-app-service", "x-arr-clientcert", Encoding::Base64Der),
    preset("cloudflare", "cf-client-cert-der-base64", Encoding::Base64Der),
    Preset {
        chain_header: Some("client-cert-chain"),
        ..preset("cloudflare-rfc9440", "client-cert", Encoding::Rfc9440)
    },
    preset("envoy", "x-forwarded-client-cert", Encoding::Xfcc),
    Preset { chain_in_leaf: true, ..preset("traefik", "x-forwarded-tls-client-cert", Encoding::Base64Der) },
    preset("istio", "x-forwarded-client-cert", Encoding::Xfcc),
    Preset { verify: SUCCESS, ..preset("nginx", "x-ssl-client-cert", Encoding::UrlPem) },
    Preset { verify: ZERO, ..preset("haproxy", "x-ssl-client-cert", Encoding::Base64Der) },
    Preset { verify: ZERO, ..preset("haproxy-rfc9440", "client-cert", Encoding::Rfc9440) },
    preset("caddy", "x-client-cert", Encoding::Base64Der),
    preset("caddy-rfc9440", "client-cert", Encoding::Rfc9440),
    Preset { verify: SUCCESS, ..preset("apache", "x-ssl-client-cert", Encoding::UrlPem) },
    Preset { verify: SUCCESS, ..preset("apache-rfc9440", "client-cert", Encoding::Rfc9440) },
    Preset {
        chain_header: Some("x-client-cert-chain"),
        ..preset("google-cloud", "x-client-cert-leaf", Encoding::Rfc9440)
    },
    // RFC 9440 itself, from whichever proxy.
    Preset { chain_header: Some("client-cert-chain"), ..preset("rfc9440", "client-cert", Encoding::Rfc9440) },
];

/// Sources that are the event of a function, no header.
pub const EVENTS: [&str; 2] = ["aws-api-gateway", "aws-lambda"];

pub fn named(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

pub fn names() -> impl Iterator<Item = &'static str> {
    PRESETS.iter().map(|preset| preset.name)
}

/// JSON of all presets by name, in the words of their options.
pub fn presets_json() -> String {
    let presets = PRESETS.iter().map(|preset| {
        let mut members = Map::new();
        members.insert("header".to_owned(), preset.header.into());
        members.insert("encoding".to_owned(), preset.encoding.name().into());
        if let Some(chain) = preset.chain_header {
            members.insert("chainHeader".to_owned(), chain.into());
        }
        if preset.chain_in_leaf {
            members.insert("chainInLeafHeader".to_owned(), true.into());
        }
        if let Some((header, value)) = preset.verify {
            members.insert("verifyHeader".to_owned(), header.into());
            members.insert("verifyValue".to_owned(), value.into());
        }
        (preset.name.to_owned(), Value::Object(members))
    });
    Value::Object(presets.collect()).to_string()
}
