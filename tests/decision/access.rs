//! Scopes and groups.

use monocloud_backend_node::access::{GroupRule, Requirement, check};
use monocloud_backend_node::claims::Claims;
use monocloud_backend_node::config::Value as Given;
use monocloud_backend_node::error::{Kind, Reason, TokenCode};
use serde_json::{Value, json};

fn list(names: &[&str]) -> Given {
    Given::Array(names.iter().map(|name| Given::String((*name).to_owned())).collect())
}

fn decide(claims: &Value, scopes: Given, groups: Given, rule: &GroupRule) -> Result<(), Reason> {
    let claims = Claims::from_application(claims.to_string().as_bytes()).unwrap();
    let Ok(requirement) = Requirement::compile(scopes, groups, false) else { panic!("a requirement") };
    check(claims.vouched(), &requirement, rule)
}

fn scopes(scope: Value, wanted: &[&str]) -> Result<(), Reason> {
    decide(&json!({ "scope": scope }), list(wanted), Given::Undefined, &GroupRule::default())
}

fn groups(groups: Value, wanted: &[&str], match_all: bool) -> Result<(), Reason> {
    let rule = GroupRule { match_all, ..GroupRule::default() };
    decide(&json!({ "groups": groups }), Given::Undefined, list(wanted), &rule)
}

#[test]
fn all_scopes_are_needed_and_compared_by_case() {
    for (claim, wanted, granted) in [
        (json!("read write"), &["read"][..], true),
        (json!("read write"), &["write", "read"], true),
        (json!(" read\twrite\n\u{a0}é "), &["read", "write", "é"], true),
        (json!("read"), &[], true),
        (json!("read"), &["read", "write"], false),
        (json!("read"), &["Read"], false),
        (json!("reader"), &["read"], false),
        (json!("read"), &[""], false),
        (json!("read write"), &["read write"], false),
        (json!(""), &["read"], false),
        (Value::Null, &["read"], false),
    ] {
        let expected = if granted { Ok(()) } else { Err(Reason::ScopesMissing) };
        assert_eq!(scopes(claim.clone(), wanted), expected, "{claim} {wanted:?}");
    }
    let wanted = || list(&["read"]);
    let rule = GroupRule::default();
    assert_eq!(decide(&json!({}), wanted(), Given::Undefined, &rule), Err(Reason::ScopesMissing));
    assert_eq!(decide(&json!({"scp": ["read"]}), wanted(), Given::Undefined, &rule), Err(Reason::ScopesMissing));
}

#[test]
fn a_scope_claim_of_another_type_is_an_invalid_token() {
    for claim in [json!(["read"]), json!({"read": true}), json!(7), json!(true)] {
        assert_eq!(scopes(claim.clone(), &["read"]), Err(Reason::ScopeType), "{claim}");
        assert_eq!(scopes(claim, &[]), Ok(()));
    }
    assert_eq!(Reason::ScopeType.kind(), Kind::Token(TokenCode::InvalidToken));
}

#[test]
fn any_group_or_all_of_them() {
    let objects = json!([{"id": "1", "name": "admin"}, "ops"]);
    for (claim, wanted, any, all) in [
        (json!(["admin"]), &["admin"][..], true, true),
        (json!(["admin"]), &["admin", "ops"], true, false),
        (json!(["admin", "ops"]), &["ops", "admin"], true, true),
        (json!(["Admin"]), &["admin"], false, false),
        (json!(["ädmin"]), &["ädmin"], true, true),
        (json!(["other"]), &["admin", "ops"], false, false),
        (json!([]), &["admin"], false, false),
        (json!([]), &[], true, true),
        (json!(["admin"]), &[], true, true),
        (objects.clone(), &["1"], true, true),
        (objects.clone(), &["admin"], true, true),
        (objects.clone(), &["1", "ops"], true, true),
        (objects, &["2"], false, false),
        (json!([{"id": 1, "name": ["admin"], "display": "admin"}]), &["1", "admin"], false, false),
        (json!([1, true, ["admin"], {}]), &["1", "admin"], false, false),
        (json!("admin"), &["admin"], false, false),
        (json!({"0": "admin"}), &["admin"], false, false),
        (Value::Null, &["admin"], false, false),
    ] {
        let expected = |granted| if granted { Ok(()) } else { Err(Reason::GroupsMissing) };
        assert_eq!(groups(claim.clone(), wanted, false), expected(any), "any of {wanted:?} in {claim}");
        assert_eq!(groups(claim.clone(), wanted, true), expected(all), "all of {wanted:?} in {claim}");
    }
    let rule = GroupRule::default();
    assert_eq!(decide(&json!({}), Given::Undefined, list(&["a"]), &rule), Err(Reason::GroupsMissing));
}

#[test]
fn a_null_element_is_an_invalid_token() {
    assert_eq!(groups(json!([null, "admin"]), &["admin"], false), Err(Reason::GroupsType));
    assert_eq!(groups(json!([null]), &["admin"], true), Err(Reason::GroupsType));
    assert_eq!(groups(json!([null]), &[], true), Ok(()));
    assert_eq!(Reason::GroupsType.kind(), Kind::Token(TokenCode::InvalidToken));
}

#[test]
fn the_claim_of_groups_has_the_name_that_was_given() {
    let claims = json!({"groups": ["other"], "https://example.com/roles": ["admin"]});
    let rule = GroupRule { claim: "https://example.com/roles".to_owned(), match_all: true };
    assert_eq!(decide(&claims, Given::Undefined, list(&["admin"]), &rule), Ok(()));
    assert_eq!(decide(&claims, Given::Undefined, list(&["other"]), &rule), Err(Reason::GroupsMissing));
}

#[test]
fn scopes_come_before_groups() {
    let rule = GroupRule::default();
    let wanted = || (list(&["read"]), list(&["admin"]));
    let decide = |claims: Value| decide(&claims, wanted().0, wanted().1, &rule);
    assert_eq!(decide(json!({})), Err(Reason::ScopesMissing));
    assert_eq!(decide(json!({"scope": "read"})), Err(Reason::GroupsMissing));
    assert_eq!(decide(json!({"scope": "read", "groups": ["admin"]})), Ok(()));
}

#[test]
fn what_is_asked_for_is_a_list_or_nothing() {
    let compiled = |scopes: Given, groups: Given, strict| Requirement::compile(scopes, groups, strict).ok();
    let nothing = Some(Requirement::default());
    let strange = || [Given::Bool(true), Given::Number(1.0), Given::String("admin".into()), Given::Object(Vec::new())];
    for strict in [true, false] {
        for absent in [Given::Undefined, Given::Null, Given::Array(Vec::new())] {
            assert_eq!(compiled(absent.clone(), absent, strict), nothing);
        }
        for value in strange() {
            assert_eq!(compiled(value, Given::Undefined, strict), None);
        }
    }
    for value in strange() {
        assert_eq!(compiled(Given::Undefined, value.clone(), true), None);
        assert_eq!(compiled(Given::Undefined, value, false), nothing);
    }
    let odd = Given::Array(vec![Given::Number(7.0)]);
    let rule = GroupRule::default();
    let claims = json!({"scope": "7", "groups": ["7", 7]});
    assert_eq!(decide(&claims, odd.clone(), Given::Undefined, &rule), Err(Reason::ScopesMissing));
    assert_eq!(decide(&claims, Given::Undefined, odd, &rule), Err(Reason::GroupsMissing));
}
