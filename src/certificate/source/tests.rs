//! Options that are wrong, and what requests present by options that are right.

use super::*;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value as Json, json};

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(value) => Value::Number(value.as_f64().unwrap()),
        Json::String(value) => Value::String(value.clone()),
        Json::Array(items) => Value::Array(items.iter().map(value).collect()),
        Json::Object(members) => {
            Value::Object(members.iter().map(|(name, item)| (name.clone(), value(item))).collect())
        }
    }
}

pub fn compile(form: Form, options: &Json) -> Result<Source, String> {
    Source::compile(&value(options), form)
        .map_err(|error| format!("{}{}", if error.is_type_error { "TypeError " } else { "" }, error.message))
}

fn error(form: Form, options: Json) -> String {
    compile(form, &options).err().unwrap_or_else(|| panic!("{options}"))
}

/// Valid from 1975 to 4096.
fn der(name: &str) -> Vec<u8> {
    let key = KeyPair::generate().unwrap();
    CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap().der().to_vec()
}

fn rfc9440(der: &[u8]) -> String {
    format!(":{}:", base64_simd::STANDARD.encode_to_string(der))
}

pub fn lines(values: &[&[&str]]) -> Vec<Vec<String>> {
    values.iter().map(|lines| lines.iter().map(|line| (*line).to_owned()).collect()).collect()
}

const NOW: f64 = 1_800_000_000.0;

/// The detail or reason, or `ok`.
fn outcome(presented: &Presented) -> &'static str {
    match (presented.detail, presented.reason) {
        (Some(detail), _) => detail,
        (None, Some(reason)) => reason.code(),
        (None, None) => "ok",
    }
}

#[test]
fn options_of_client_certificate_auth() {
    let p = "client-certificate-auth: ";
    let sources = preset::names().collect::<Vec<_>>().join(", ");
    for (options, message) in [
        (json!(null), "TypeError client-certificate-auth: options must be an object".to_owned()),
        (json!([]), "TypeError client-certificate-auth: options must be an object".to_owned()),
        (json!("envoy"), "TypeError client-certificate-auth: options must be an object".to_owned()),
        (json!({"certificateHeader": ""}), format!("{p}certificateHeader must be a non-empty string")),
        (json!({"chainHeader": 1}), format!("{p}chainHeader must be a non-empty string")),
        (json!({"verifyHeader": null}), format!("{p}verifyHeader must be a non-empty string")),
        (json!({"verifyValue": ""}), format!("{p}verifyValue must be a non-empty string")),
        (json!({"fallbackToSocket": "yes"}), format!("{p}fallbackToSocket must be a boolean")),
        (json!({"includeChain": 1}), format!("{p}includeChain must be a boolean")),
        (
            json!({"verifyHeader": "a"}),
            format!("{p}verifyHeader and verifyValue must both be provided together, or both omitted"),
        ),
        (
            json!({"certificateSource": "toString"}),
            format!("{p}unknown certificateSource 'toString'. Valid values: {sources}"),
        ),
        (
            json!({"certificateSource": "__proto__"}),
            format!("{p}unknown certificateSource '__proto__'. Valid values: {sources}"),
        ),
        (json!({"certificateSource": "tls"}), format!("{p}unknown certificateSource 'tls'. Valid values: {sources}")),
        (
            json!({"certificateHeader": "a", "headerEncoding": "pem"}),
            format!("{p}unknown headerEncoding 'pem'. Valid values: url-pem, url-pem-aws, xfcc, base64-der, rfc9440"),
        ),
        (
            json!({"certificateHeader": "a"}),
            format!("{p}certificateHeader requires headerEncoding (or a certificateSource preset that supplies one)"),
        ),
        (
            json!({"chainHeader": "a"}),
            format!(
                "{p}chainHeader requires certificateSource or certificateHeader (chain header must accompany a leaf header configuration)"
            ),
        ),
        (
            json!({"verifyHeader": "a", "verifyValue": "b"}),
            format!(
                "{p}verifyHeader requires certificateSource or certificateHeader (verification applies to header-based extraction only)"
            ),
        ),
        (json!({"onRejected": {}}), format!("{p}onRejected must be a function")),
        (json!({"onAuthenticated": "f"}), format!("{p}onAuthenticated must be a function")),
        (json!({"xfccElement": "second"}), format!("{p}xfccElement must be 'first' or 'last'")),
        (json!({"clockTolerance": -1}), format!("{p}clockTolerance must be a number of seconds, 0 or more")),
        (json!({"trustedProxies": 1}), format!("{p}trustedProxies must be a list of addresses and CIDR blocks")),
        (
            json!({"trustedProxies": ["10.0.0.0/99"]}),
            format!(
                "{p}trustedProxies: '10.0.0.0/99' must be an address, a CIDR block, 'loopback', 'linklocal' or 'uniquelocal'"
            ),
        ),
    ] {
        assert_eq!(error(Form::Auth, options), message);
    }
    assert!(
        sources
            .starts_with("aws-alb, aws-alb-verify, azure-app-service, cloudflare, cloudflare-rfc9440, envoy, traefik")
    );
}

#[test]
fn options_of_client_certificate_resolver() {
    for (options, message) in [
        (json!({}), "source or certificateHeader is required."),
        (json!({"source": "nginxx"}), "unknown source 'nginxx'. Valid values: tls, aws-alb,"),
        (json!({"source": 1}), "unknown source '1'."),
        (json!({"source": "envoy", "trustProxies": []}), "unknown option 'trustProxies'. Valid options: source,"),
        (
            json!({"source": "tls", "verifyHeader": "a"}),
            "verifyHeader does not apply to source 'tls', which reads no header",
        ),
        (
            json!({"source": "aws-lambda", "fallbackToSocket": true}),
            "fallbackToSocket does not apply to source 'aws-lambda'",
        ),
        (json!({"source": "nginx", "xfccElement": "first"}), "xfccElement applies to headerEncoding 'xfcc' only"),
        (
            json!({"certificateHeader": "a"}),
            "certificateHeader requires headerEncoding (or a source preset that supplies one)",
        ),
        (json!({"source": "envoy", "requireAuthorized": 1}), "requireAuthorized must be a boolean"),
    ] {
        let message = format!("clientCertificateResolver(): {message}");
        assert!(error(Form::Resolver, options).starts_with(&message), "{message}");
    }
    assert_eq!(compile(Form::Resolver, &json!({"source": "tls"})).map(|source| source.kind()), Ok("tls"));
    assert_eq!(
        compile(Form::Resolver, &json!({"source": "aws-api-gateway"})).map(|source| source.kind()),
        Ok("lambda")
    );
    let nginx = compile(Form::Resolver, &json!({"source": "nginx"})).ok().unwrap();
    assert_eq!(nginx.names(), ["x-ssl-client-cert", "x-ssl-client-verify"]);
    assert!(nginx.trusts_everybody());
}

#[test]
fn options_of_client_cert_auth() {
    let form = "clientCertAuth(): header.format must be \"xfcc\" or \"structured\".";
    let member = "clientCertAuth(): structured header config must name at least one of subjectDN/issuerDN/fingerprint/serialNumber/san.";
    for (header, message) in [
        (json!({}), form),
        (json!({"format": "pem"}), form),
        (json!({"format": "structured"}), member),
        (json!({"format": "structured", "verify": "x"}), member),
    ] {
        assert_eq!(error(Form::Mtls, json!({"header": header})), message);
    }
    let source = json!({"header": {"format": "xfcc", "trustedProxies": ["10.0.0.1"]}, "trustedProxies": ["10.0.0.2"]});
    let source = compile(Form::Mtls, &source).ok().unwrap();
    assert_eq!(source.names(), ["x-forwarded-client-cert"]);
    assert_eq!(outcome(&source.read(&lines(&[&[]]), Some("10.0.0.1"), NOW)), "untrusted_peer");
    assert_eq!(outcome(&source.read(&lines(&[&[]]), Some("10.0.0.2"), NOW)), "header_absent");
    assert_eq!(compile(Form::Mtls, &json!({"message": "no"})).map(|source| source.kind()), Ok("tls"));
}

#[test]
fn headers_that_are_absent_repeated_or_somebody_elses() {
    let options = json!({
        "certificateHeader": "Client-Cert", "headerEncoding": "rfc9440", "verifyHeader": "X-Verify", "verifyValue": "OK",
        "trustedProxies": ["10.0.0.0/8"], "fallbackToSocket": true,
    });
    let source = compile(Form::Auth, &options).ok().unwrap();
    assert_eq!(source.names(), ["client-cert", "x-verify"]);
    let cert = rfc9440(&der("a"));
    let peer = Some("::ffff:10.1.1.1");
    for (given, peer, expected, fallback) in [
        (&[&[cert.as_str()][..], &["OK"]], peer, "ok", false),
        (&[&[&cert], &["ok"]], peer, "verification_header_mismatch", false),
        (&[&[&cert], &["OK "]], peer, "verification_header_mismatch", false),
        (&[&[&cert], &["OK", "OK"]], peer, "verification_header_mismatch", false),
        (&[&[&cert], &[]], peer, "verification_header_mismatch", false),
        (&[&[], &[]], peer, "verification_header_mismatch", false),
        (&[&[&cert, &cert], &["OK"]], peer, "header_repeated", false),
        (&[&[], &["OK"]], peer, "header_absent", true),
        (&[&["(null)"], &["OK"]], peer, "header_absent", true),
        (&[&["::"], &["OK"]], peer, "header_absent", true),
        (&[&[":AAAA:"], &["OK"]], peer, "not_a_certificate", true),
        (&[&["AAAA"], &["OK"]], peer, "header_malformed", true),
        (&[&[&cert], &["OK"]], Some("11.0.0.1"), "untrusted_peer", true),
        (&[&[&cert], &["OK"]], None, "untrusted_peer", true),
    ] {
        let presented = source.read(&lines(given), peer, NOW);
        assert_eq!((outcome(&presented), presented.fallback), (expected, fallback), "{given:?} {peer:?}");
        assert_eq!(presented.chain.is_some(), expected == "ok");
    }
}

#[test]
fn a_preset_that_verifies_still_says_when_there_is_no_certificate() {
    let source = compile(Form::Auth, &json!({"certificateSource": "nginx"})).ok().unwrap();
    let pem = format!("-----BEGIN CERTIFICATE-----{}-----END CERTIFICATE-----", rfc9440(&der("a")).replace(':', ""));
    for (given, expected) in [
        (&[&[pem.as_str()][..], &["SUCCESS"]], "ok"),
        (&[&[&pem], &["FAILED:self-signed certificate"]], "verification_header_mismatch"),
        (&[&[&pem], &[]], "verification_header_mismatch"),
        (&[&[], &["NONE"]], "header_absent"),
        (&[&[""], &["NONE"]], "header_absent"),
    ] {
        assert_eq!(outcome(&source.read(&lines(given), None, NOW)), expected, "{given:?}");
    }
}

#[test]
fn dates_are_looked_at_each_time_and_values_once() {
    let options = |more: Json| {
        let mut options = json!({"certificateHeader": "c", "headerEncoding": "rfc9440"});
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        compile(Form::Auth, &options).ok().unwrap()
    };
    let cert = rfc9440(&der("a"));
    let given = lines(&[&[&cert]]);
    let source = options(json!({}));
    let first = source.read(&given, None, NOW);
    let again = source.read(&given, None, 1e12);
    assert_eq!((outcome(&first), outcome(&again)), ("ok", "certificate_expired"));
    let place = |presented: &Presented| presented.chain.as_ref().unwrap().leaf.der().as_ptr();
    assert_eq!(place(&first), place(&again));
    assert_eq!(outcome(&source.read(&given, None, 0.0)), "certificate_not_yet_valid");
    assert_eq!(outcome(&options(json!({"checkValidity": false})).read(&given, None, 0.0)), "ok");
    assert_eq!(outcome(&options(json!({"clockTolerance": 1e9})).read(&given, None, 0.0)), "ok");
    // Other bytes are other values, whatever they begin with.
    let other = lines(&[&[&rfc9440(&der("b"))]]);
    assert_ne!(place(&first), place(&source.read(&other, None, NOW)));
}

#[test]
fn a_chain_in_a_header_of_its_own() {
    let options = json!({"certificateSource": "cloudflare-rfc9440", "includeChain": true});
    let source = compile(Form::Auth, &options).ok().unwrap();
    let authority = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::OrganizationName, "authority");
    let issuer = rfc9440(params.self_signed(&authority).unwrap().der());
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::default().signed_by(&key, &rcgen::Issuer::from_params(&params, &authority)).unwrap();
    let (leaf, other) = (rfc9440(leaf.der()), rfc9440(&der("b")));
    let ten = [other.as_str(); 10].join(", ");
    for (chain, expected, count) in [
        (&[other.as_str()][..], "ok", 1),
        (&[&issuer], "ok", 2),
        (&["junk", "(null)", &other, &issuer], "ok", 2),
        (&[&ten], "too_many_certificates", 0),
        (&[other.as_str(); 10], "too_many_certificates", 0),
    ] {
        let presented = source.read(&lines(&[&[&leaf], chain]), None, NOW);
        let linked = presented.chain.as_ref().map_or(0, |chain| chain.certificates().count());
        assert_eq!((outcome(&presented), linked), (expected, count), "{chain:?}");
    }
    // Nobody asks for it: it is counted and left alone.
    let source = compile(Form::Auth, &json!({"certificateSource": "cloudflare-rfc9440"})).ok().unwrap();
    let presented = source.read(&lines(&[&[&leaf], &[&issuer]]), None, NOW);
    assert_eq!(presented.chain.map(|chain| chain.certificates().count()), Some(1));
    assert_eq!(outcome(&source.read(&lines(&[&[&leaf], &[&ten]]), None, NOW)), "too_many_certificates");
}
