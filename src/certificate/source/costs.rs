//! What hostile headers cost. `cargo test --release --no-default-features costs -- --ignored`

use super::tests::{compile, lines};
use super::{Form, Source};
use crate::certificate::header::{MAX_HEADER, alternative_names};
use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::json;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_millis(5);

fn sources() -> Vec<Source> {
    let header = |encoding: &str| json!({"certificateHeader": "c", "chainHeader": "d", "headerEncoding": encoding});
    let mut sources: Vec<_> = ["url-pem", "url-pem-aws", "xfcc", "base64-der", "rfc9440"]
        .map(|encoding| compile(Form::Auth, &header(encoding)).ok().unwrap())
        .into();
    for options in
        [json!({"source": "traefik"}), json!({"source": "envoy", "xfccElement": "last", "allowTextIdentity": true})]
    {
        sources.push(compile(Form::Resolver, &options).ok().unwrap());
    }
    for member in ["subjectDN", "issuerDN", "fingerprint", "serialNumber", "san"] {
        let options = json!({"header": {"format": "structured", member: "c", "verify": "d"}});
        sources.push(compile(Form::Mtls, &options).ok().unwrap());
    }
    sources
}

fn slowest(values: impl Iterator<Item = String>) -> (Duration, String) {
    let sources = sources();
    let mut slowest = (Duration::ZERO, String::new());
    for value in values {
        for (at, source) in sources.iter().enumerate() {
            let given = lines(&[&[&value], &[&value]]);
            // The quickest of some: others use the machine as well.
            let taken = (0..5).map(|_| {
                let start = Instant::now();
                let _ = source.read(&given, None, 0.0);
                start.elapsed()
            });
            let taken = taken.min().unwrap_or_default();
            if taken > slowest.0 {
                slowest = (taken, format!("source {at}: {:.60}", value));
            }
        }
    }
    slowest
}

#[test]
#[ignore = "a measurement, for release builds"]
fn any_pattern_of_bytes() {
    let begin = "-----BEGIN CERTIFICATE-----";
    let end = "-----END CERTIFICATE-----";
    let units = [
        ",",
        "\"",
        "\\",
        "%",
        "A",
        ";",
        "=",
        " ",
        ":",
        "/",
        "+",
        "#",
        "-",
        "a=",
        "a=;",
        "a=,",
        "a=\"\",",
        "a=\"\";",
        "URI=,",
        "URI=a;",
        "\\\"",
        "\\\\",
        "%41",
        "%2D",
        "CN=a,",
        "CN=a+",
        "/CN=a",
        "/a",
        "CN=\\41",
        "A,",
        ":A:,",
        ":AQID:,",
        "AQID,",
        "\u{c3}\u{b6}",
        "\u{ff}",
        "\"a\",",
        "DNS:\"\\u002c\",",
        "(null),",
        "{",
        "00:",
        "MII",
        begin,
        end,
        "-----BEGIN",
    ];
    let mut values: Vec<String> = units.iter().map(|unit| unit.repeat(MAX_HEADER / unit.len())).collect();
    for unit in units {
        for (before, after) in
            [(begin, end), ("Cert=\"", "\""), ("CN=", ""), ("CN=#", ""), (":", ":"), ("a=\"", ""), ("/CN=", "")]
        {
            let room = MAX_HEADER - before.len() - after.len();
            values.push(format!("{before}{}{after}", unit.repeat(room / unit.len())));
        }
    }
    values.push(format!("{begin}AQID{end}").repeat(10));
    values.push(format!("{begin}AQID{end}").repeat(1000));
    let (taken, value) = slowest(values.into_iter());
    assert!(taken < LIMIT, "{taken:?} {value}");
}

/// Ten certificates that all bear the same name, each issued by the one that is tried last.
#[test]
#[ignore = "a measurement, for release builds"]
fn a_chain_in_the_worst_order() {
    let mut report = String::new();
    for (algorithm, name) in [
        (&rcgen::PKCS_ECDSA_P256_SHA256, "P-256"),
        (&rcgen::PKCS_ECDSA_P384_SHA384, "P-384"),
        (&rcgen::PKCS_ECDSA_P521_SHA512, "P-521"),
        (&rcgen::PKCS_ED25519, "Ed25519"),
    ] {
        let keys: Vec<_> = (0..11).map(|_| KeyPair::generate_for(algorithm).unwrap()).collect();
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::OrganizationName, "a".repeat(1000));
        let certificates = keys.windows(2).map(|keys| {
            let issuer = rcgen::Issuer::from_params(&params, &keys[1]);
            base64_simd::STANDARD.encode_to_string(params.signed_by(&keys[0], &issuer).unwrap().der())
        });
        let mut certificates: Vec<_> = certificates.collect();
        certificates[1..].reverse();
        let value = certificates.join(",");
        assert!(value.len() <= MAX_HEADER, "{}", value.len());
        let source = compile(Form::Auth, &json!({"certificateSource": "traefik", "includeChain": true}));
        let given = lines(&[&[&value]]);
        let start = Instant::now();
        let linked = source.ok().unwrap().read(&given, None, 0.0).chain.unwrap().certificates().count();
        report.push_str(&format!("{name}: {linked} linked, {:?}\n", start.elapsed()));
    }
    println!("{report}");
}

#[test]
#[ignore = "a measurement, for release builds"]
fn alternative_names_in_number() {
    let start = Instant::now();
    let _ = alternative_names(&"\"a\",".repeat(MAX_HEADER / 4));
    assert!(start.elapsed() < LIMIT);
}
