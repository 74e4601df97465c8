//! Which certificates pass, and which options are wrong.

use super::*;

const NOW: f64 = 1_000_000.0;

fn list(texts: &[&str]) -> Value {
    Value::Array(texts.iter().map(|text| Value::String((*text).to_owned())).collect())
}

fn compiled(options: &[(&str, Value)]) -> Requirement {
    let options: Vec<_> = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Requirement::compile(&options, Verification::Socket).unwrap()
}

fn identity() -> Identity {
    Identity {
        verified: true,
        not_before: Some(NOW - 10.0),
        not_after: Some(NOW + 10.0),
        subjects: vec!["svc-a".into(), "second".into()],
        issuers: vec!["Root".into()],
        fingerprints: vec!["ab".repeat(32)],
        names: vec!["DNS:svc.example".into(), "URI:spiffe://x/y".into()],
    }
}

/// A certificate with every fault at once is mended one by one.
#[test]
fn the_order_of_the_checks() {
    let requirement = compiled(&[
        ("allowSubjectCNs", list(&["svc-a"])),
        ("allowIssuerCNs", list(&["Root"])),
        ("allowFingerprints", list(&["AB:".repeat(32).trim_end_matches(':')])),
        ("allowSANs", list(&["svc.example"])),
    ]);
    let good = identity();
    let mut bad = Identity { not_before: Some(NOW + 1.0), ..Identity::default() };
    let refused = |bad: &Identity| requirement.check(bad, NOW).err();
    assert_eq!(refused(&bad), Some(Refusal::NotVerified));
    bad.verified = true;
    assert_eq!(refused(&bad), Some(Refusal::NotYetValid));
    bad.not_before = None;
    bad.not_after = Some(NOW - 1.0);
    assert_eq!(refused(&bad), Some(Refusal::Expired));
    bad.not_after = None;
    assert_eq!(refused(&bad), Some(Refusal::Subject));
    bad.subjects = good.subjects;
    assert_eq!(refused(&bad), Some(Refusal::Issuer));
    bad.issuers = good.issuers;
    assert_eq!(refused(&bad), Some(Refusal::Fingerprint));
    bad.fingerprints = good.fingerprints;
    assert_eq!(refused(&bad), Some(Refusal::Name));
    bad.names = good.names;
    assert_eq!(refused(&bad), None);
}

#[test]
fn an_empty_list_admits_nobody_and_an_absent_one_everybody() {
    assert_eq!(compiled(&[]).check(&identity(), NOW), Ok(()));
    assert_eq!(compiled(&[("allowSubjectCNs", Value::Undefined)]).check(&identity(), NOW), Ok(()));
    for (name, refusal) in [
        ("allowSubjectCNs", Refusal::Subject),
        ("allowIssuerCNs", Refusal::Issuer),
        ("allowFingerprints", Refusal::Fingerprint),
        ("allowSANs", Refusal::Name),
    ] {
        assert_eq!(compiled(&[(name, list(&[]))]).check(&identity(), NOW), Err(refusal));
    }
}

#[test]
fn names_are_exact_or_bare_and_case_counts() {
    for (entry, admitted) in [
        ("DNS:svc.example", true),
        ("svc.example", true),
        ("spiffe://x/y", true),
        ("SVC.example", false),
        ("URI:svc.example", false),
        ("//x/y", false),
    ] {
        assert_eq!(compiled(&[("allowSANs", list(&[entry]))]).check(&identity(), NOW).is_ok(), admitted, "{entry}");
    }
}

#[test]
fn the_clock_has_its_tolerance_and_no_time_is_no_valid_one() {
    let until = |end: f64| Identity { not_after: Some(end), ..identity() };
    let tolerant = compiled(&[("clockTolerance", Value::Number(5.0))]);
    assert_eq!(tolerant.check(&until(NOW - 5.0), NOW), Ok(()));
    assert_eq!(tolerant.check(&until(NOW - 6.0), NOW), Err(Refusal::Expired));
    assert_eq!(compiled(&[]).check(&until(NOW), NOW), Ok(()));
    assert_eq!(compiled(&[]).check(&until(f64::NAN), NOW), Err(Refusal::Expired));
    let unchecked = compiled(&[("checkValidity", Value::Bool(false)), ("requireVerified", Value::Bool(false))]);
    assert_eq!(unchecked.check(&Identity { verified: false, ..until(0.0) }, NOW), Ok(()));
}

#[test]
fn wrong_options_are_refused_by_name() {
    for (row, (name, value)) in [
        ("requireVerified", Value::String("false".into())),
        ("checkValidity", Value::Null),
        ("allowSha1", Value::Number(1.0)),
        ("clockTolerance", Value::Number(-1.0)),
        ("clockTolerance", Value::Number(f64::NAN)),
        ("message", Value::String(String::new())),
        ("stateKey", Value::Number(1.0)),
        ("stateKey", Value::String("__proto__".into())),
        ("verify", Value::Bool(true)),
        ("resolve", Value::Object(Vec::new())),
        ("allowSubjectCNs", Value::String("svc-a".into())),
        ("allowSubjectCNs", Value::Null),
        ("allowFingerprints", list(&["no fingerprint"])),
    ]
    .into_iter()
    .enumerate()
    {
        let error = Requirement::compile(&[(name.to_owned(), value)], Verification::Socket).err();
        let start = format!("clientCertAuth(): {name} ");
        assert!(error.is_some_and(|text| text.starts_with(&start)), "{row}: {name}");
    }
}

#[test]
fn a_header_without_a_word_of_verification_is_no_configuration() {
    for (verification, required, accepted) in [
        (Verification::Nobody, true, Err(UNVERIFIED.to_owned())),
        (Verification::Nobody, false, Ok(false)),
        (Verification::Proxy, true, Ok(true)),
        (Verification::Socket, true, Ok(false)),
        (Verification::Text, true, Ok(false)),
    ] {
        let options = [("requireVerified".to_owned(), Value::Bool(required))];
        let verdict = Requirement::compile(&options, verification).map(|requirement| requirement.verifies_headers);
        assert_eq!(verdict, accepted, "{verification:?} {required}");
    }
}

#[test]
fn a_list_under_a_wrong_name_is_found() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(Requirement::unknown(&names(&["source", "allowSANs", "header", "verify"])), None);
    assert_eq!(Requirement::unknown(&names(&["source", "allowSubjectCN"])), Some("allowSubjectCN"));
}
