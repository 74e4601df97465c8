//! The certificate binding: modes, the forms of `cnf`, the forms of a certificate, and their order.

use monocloud_backend_node::certificate::{Presented, thumbprint};
use monocloud_backend_node::claims::Claims;
use monocloud_backend_node::config::{BindingMode, Value as Given};
use monocloud_backend_node::confirmation::{check, mode_for_call, named_mode};
use monocloud_backend_node::error::Reason;
use monocloud_backend_node::jose::base64url;
use serde_json::{Value, json};

const DER: &[u8] = b"any octets: they are not read as X.509 \xff\xfe";
const WHEN: Option<BindingMode> = Some(BindingMode::WhenPresent);
const REQUIRED: Option<BindingMode> = Some(BindingMode::Required);

fn base64() -> String {
    base64_simd::STANDARD.encode_to_string(DER)
}

fn pem(label: &str, body: &str) -> String {
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
}

fn bind(claims: &Value, mode: Option<BindingMode>, certificate: Option<&str>) -> Result<(), Reason> {
    let claims = Claims::from_application(claims.to_string().as_bytes()).unwrap();
    let certificate = certificate.map_or(Presented::Absent, |text| Presented::Text(text.to_owned()));
    check(claims.vouched(), mode, &certificate)
}

/// With the right certificate.
fn bound(cnf: Value, mode: Option<BindingMode>) -> Result<(), Reason> {
    bind(&json!({ "cnf": cnf }), mode, Some(&base64()))
}

#[test]
fn each_form_of_cnf_in_each_mode() {
    let own = thumbprint(DER);
    for (cnf, when_present, required) in [
        (json!({"x5t#S256": own}), Ok(()), Ok(())),
        (json!({"jkt": "x", "x5t#S256": own}), Ok(()), Ok(())),
        (json!(json!({"x5t#S256": own}).to_string()), Ok(()), Ok(())),
        (Value::Null, Ok(()), Err(Reason::ConfirmationMissing)),
        (json!({}), Ok(()), Err(Reason::ThumbprintMissing)),
        (json!({"jkt": "x"}), Ok(()), Err(Reason::ThumbprintMissing)),
        (json!({"X5T#S256": own}), Ok(()), Err(Reason::ThumbprintMissing)),
        (json!("{\"jkt\":\"x\"}"), Ok(()), Err(Reason::ThumbprintMissing)),
        (json!({"x5t#S256": null}), Err(Reason::ThumbprintMissing), Err(Reason::ThumbprintMissing)),
        (json!({"x5t#S256": ""}), Err(Reason::ThumbprintMissing), Err(Reason::ThumbprintMissing)),
        (json!({"x5t#S256": 7}), Err(Reason::ThumbprintMissing), Err(Reason::ThumbprintMissing)),
        (json!({"x5t#S256": [own]}), Err(Reason::ThumbprintMissing), Err(Reason::ThumbprintMissing)),
        (json!("not json"), Err(Reason::ConfirmationMalformed), Err(Reason::ConfirmationMalformed)),
        (json!(""), Err(Reason::ConfirmationMalformed), Err(Reason::ConfirmationMalformed)),
        (json!("null"), Err(Reason::ConfirmationNotObject), Err(Reason::ConfirmationNotObject)),
        (json!("[]"), Err(Reason::ConfirmationNotObject), Err(Reason::ConfirmationNotObject)),
        (json!("\"{}\""), Err(Reason::ConfirmationNotObject), Err(Reason::ConfirmationNotObject)),
        (json!([]), Err(Reason::ConfirmationNotObject), Err(Reason::ConfirmationNotObject)),
        (json!(7), Err(Reason::ConfirmationNotObject), Err(Reason::ConfirmationNotObject)),
        (json!(false), Err(Reason::ConfirmationNotObject), Err(Reason::ConfirmationNotObject)),
    ] {
        assert_eq!(bound(cnf.clone(), WHEN), when_present, "when_present {cnf}");
        assert_eq!(bound(cnf.clone(), REQUIRED), required, "required {cnf}");
        assert_eq!(bound(cnf.clone(), None), Ok(()));
        assert_eq!(bound(cnf, Some(BindingMode::DangerouslyIgnore)), Ok(()));
    }
    assert_eq!(bind(&json!({}), WHEN, None), Ok(()));
    assert_eq!(bind(&json!({}), REQUIRED, Some(&base64())), Err(Reason::ConfirmationMissing));
}

#[test]
fn only_the_thumbprint_itself_matches() {
    let own = thumbprint(DER);
    assert_eq!(own.len(), 43);
    let octets = base64url::decode(own.as_bytes()).unwrap();
    let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let other = if own.starts_with('A') { own.replacen('A', "B", 1) } else { format!("A{}", &own[1..]) };
    for wrong in [format!("{own}="), hex, own[..42].to_owned(), format!("{own}A"), format!(" {own}"), other] {
        assert_eq!(bound(json!({"x5t#S256": wrong}), WHEN), Err(Reason::ThumbprintMismatch), "{wrong}");
    }
    assert_eq!(bound(json!({"x5t#S256": thumbprint(b"another")}), WHEN), Err(Reason::ThumbprintMismatch));
}

#[test]
fn the_thumbprint_is_sha_256_of_the_der() {
    assert_eq!(thumbprint(b""), "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

#[test]
fn forms_of_a_certificate() {
    let claims = json!({"cnf": {"x5t#S256": thumbprint(DER)}});
    let body = base64();
    let block = pem("CERTIFICATE", &body);
    let (head, tail) = body.split_at(20);
    for good in [
        block.clone(),
        body.clone(),
        format!("  {head}\r\n\t{tail}\n"),
        pem("CERTIFICATE", &format!("{head}\r\n {tail}")),
        format!("subject=CN\n{block}{}", pem("CERTIFICATE", "AAAA")),
        format!("{}{block}", pem("PRIVATE KEY", "AAAA")),
        body.trim_end_matches('=').to_owned(),
    ] {
        assert_eq!(bind(&claims, WHEN, Some(&good)), Ok(()), "{good}");
    }
    for (malformed, why) in [
        (block.replace(' ', "%20").replace('\n', "%0A"), "URL encoding"),
        (format!("{}_-", &body[..18]), "the URL alphabet"),
        (pem("PUBLIC KEY", &body), "another label"),
        (pem("X509 CERTIFICATE", &body), "another label"),
        (pem("CERTIFICATE", &format!("{head}!{tail}")), "a stray character"),
        (block.replace("-----END CERTIFICATE-----", ""), "no end"),
        ("A".to_owned(), "no whole octet"),
        (format!("{body}="), "too much padding"),
    ] {
        assert_eq!(bind(&claims, WHEN, Some(&malformed)), Err(Reason::CertificateMalformed), "{why}");
    }
    for absent in [None, Some(""), Some(" \t\r\n\u{a0}\u{feff}")] {
        assert_eq!(bind(&claims, WHEN, absent), Err(Reason::CertificateMissing), "{absent:?}");
    }
    let other = pem("CERTIFICATE", "AAAA");
    assert_eq!(bind(&claims, WHEN, Some(&format!("{other}{block}"))), Err(Reason::ThumbprintMismatch));
}

#[test]
fn the_certificate_is_looked_at_before_the_claim() {
    for cnf in [json!({}), Value::Null, json!("x"), json!(7), json!({"x5t#S256": ""}), json!({"x5t#S256": "x"})] {
        let claims = json!({ "cnf": cnf });
        assert_eq!(bind(&claims, REQUIRED, None), Err(Reason::CertificateMissing), "{cnf}");
        assert_eq!(bind(&claims, REQUIRED, Some("!")), Err(Reason::CertificateMalformed), "{cnf}");
    }
}

#[test]
fn a_call_names_its_own_mode_or_leaves_the_client_its() {
    let text = |text: &str| Given::String(text.to_owned());
    for own in [None, WHEN, REQUIRED, Some(BindingMode::DangerouslyIgnore)] {
        for (option, expected) in [
            (Given::Undefined, own),
            (Given::Null, own),
            (Given::Bool(false), own),
            (Given::Bool(true), REQUIRED),
            (text("required"), REQUIRED),
            (text("when_present"), WHEN),
            (text("dangerously_ignore"), Some(BindingMode::DangerouslyIgnore)),
        ] {
            assert!(matches!(mode_for_call(&option, own), Ok(mode) if mode == expected));
        }
        for option in [text(""), text("true"), text("Required"), Given::Number(1.0), Given::Array(Vec::new())] {
            assert!(mode_for_call(&option, own).is_err_and(|failure| failure.reason == Reason::RequirementInvalid));
            assert_eq!(named_mode(&option), None);
        }
    }
}
