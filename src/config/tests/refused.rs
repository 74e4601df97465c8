//! Every message, for every option that can have it, and which comes first.

use super::super::{Fallback, Rule};
use super::*;

fn rows(wanted: impl Fn(Rule) -> bool) -> impl Iterator<Item = &'static OptionRow> {
    OPTIONS.iter().filter(move |row| wanted(row.rule))
}

#[test]
fn required_options_are_missed() {
    for absent in [Value::Undefined, Value::Null] {
        let both = options([("tenantDomain", absent.clone()), ("audience", absent.clone())]);
        assert_eq!(refused(&both), "\"tenantDomain\" is required");
        let one = options([("tenantDomain", text("https://x")), ("audience", absent)]);
        assert_eq!(refused(&one), "\"audience\" is required");
    }
    assert_eq!(refused(&Options::default()), "\"tenantDomain\" is required");
}

#[test]
fn texts_are_texts_and_not_empty() {
    let others = [Value::Number(5.0), Value::Bool(true), Value::Function, Value::Array(vec![]), object([])];
    for row in rows(|rule| matches!(rule, Rule::Uri | Rule::Text | Rule::Pem | Rule::ClientSecret)) {
        assert_eq!(refused(&at(row, text(""))), format!("\"{}\" is not allowed to be empty", row.key));
        for other in &others {
            assert_eq!(refused(&at(row, other.clone())), format!("\"{}\" must be a string", row.key));
        }
    }
}

#[test]
fn uris_have_a_scheme() {
    for row in rows(|rule| rule == Rule::Uri) {
        for other in ["host.example.com", " https://x", "https://x ", "api", "/x", "https://", "https://x y", " "] {
            assert_eq!(refused(&at(row, text(other))), format!("\"{}\" must be a valid uri", row.key), "{other}");
        }
    }
}

#[test]
fn tenants_elsewhere_use_https() {
    let elsewhere = [
        "http://tenant.example",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "http://127.0.0.1.nip.example",
        "HTTP://tenant.example",
        "HTTP://localhost",
    ];
    for tenant in elsewhere {
        let both = options([("tenantDomain", text(tenant)), ("audience", text(""))]);
        assert_eq!(refused(&both), "\"tenantDomain\" must use https", "{tenant}");
    }
}

#[test]
fn names_are_among_the_known() {
    let methods = "\"clientAuthMethod\" must be one of [client_secret_basic, client_secret_post, client_secret_jwt, \
                   private_key_jwt, tls_client_auth, self_signed_tls_client_auth, spiffe_jwt, spiffe_x509]";
    let modes = "\"validateCertificateBinding\" must be one of [when_present, required, dangerously_ignore]";
    for (key, message) in [("clientAuthMethod", methods), ("validateCertificateBinding", modes)] {
        for other in [text(""), text("other"), text("REQUIRED"), Value::Number(5.0), Value::Bool(true), object([])] {
            assert_eq!(refused(&at(row(key), other)), message);
        }
    }
}

#[test]
fn numbers_are_in_range() {
    let problems = [
        (text(""), "must be a number"),
        (text("5abc"), "must be a number"),
        (text("0x10"), "must be a number"),
        (text("Infinity"), "must be a number"),
        (Value::Number(f64::NAN), "must be a number"),
        (Value::Bool(true), "must be a number"),
        (Value::Function, "must be a number"),
        (Value::Array(vec![Value::Number(1.0)]), "must be a number"),
        (object([]), "must be a number"),
        (Value::Number(f64::INFINITY), "cannot be infinity"),
        (Value::Number(f64::NEG_INFINITY), "cannot be infinity"),
        (Value::Number(1e20), "must be a safe number"),
        (Value::Number(-1e20), "must be a safe number"),
        (text("1e20"), "must be a safe number"),
    ];
    let mut seen = 0;
    for row in OPTIONS {
        let Rule::AtLeast(minimum) = row.rule else { continue };
        seen += 1;
        for (value, problem) in &problems {
            assert_eq!(refused(&at(row, value.clone())), format!("\"{}\" {problem}", row.key));
        }
        let least = format!("\"{}\" must be greater than or equal to {minimum}", row.key);
        for below in [minimum - 0.5, -1.0] {
            assert_eq!(refused(&at(row, Value::Number(below))), least);
            assert_eq!(refused(&at(row, text(&below.to_string()))), least);
        }
    }
    assert_eq!(seen, 10);
    let timeout = at(row("responseTimeout"), Value::Number(999.0));
    assert_eq!(refused(&timeout), "\"responseTimeout\" must be greater than or equal to 1000");
}

#[test]
fn booleans_are_booleans() {
    for row in rows(|rule| rule == Rule::Bool) {
        for other in [text("1"), text(""), text("yes"), Value::Number(1.0), Value::Function, object([])] {
            assert_eq!(refused(&at(row, other)), format!("\"{}\" must be a boolean", row.key));
        }
    }
    let groups = with([("groupOptions", text("admins"))]);
    assert_eq!(refused(&groups), "\"groupOptions.matchAll\" must be a boolean");
}

#[test]
fn functions_are_functions() {
    for row in rows(|rule| rule == Rule::Function) {
        for other in [Value::Null, text("fetch"), Value::Number(1.0), object([]), Value::Bool(false)] {
            assert_eq!(refused(&at(row, other)), format!("\"{}\" must be of type function", row.key));
        }
    }
}

#[test]
fn caches_have_three_functions() {
    for other in
        [Value::Null, text("Memory"), text(""), text("{}"), Value::Number(1.0), Value::Function, Value::Array(vec![])]
    {
        assert_eq!(refused(&with([("cache", other)])), "\"cache\" must be of type object");
    }
    let function = || Value::Function;
    let rows = [
        (object([]), "\"cache.set\" is required"),
        (object([("set", function())]), "\"cache.get\" is required"),
        (object([("set", function()), ("get", function())]), "\"cache.delete\" is required"),
        (object([("delete", Value::Null)]), "\"cache.set\" is required"),
        (object([("get", text("x")), ("set", Value::Null)]), "\"cache.set\" must be of type function"),
        (object([("set", function()), ("get", text("x"))]), "\"cache.get\" must be of type function"),
    ];
    for (cache, message) in rows {
        assert_eq!(refused(&with([("cache", cache)])), message);
    }
}

#[test]
fn the_memory_of_tokens_is_bounded_by_whole_numbers_or_off() {
    for other in [Value::Bool(true), text("false"), text(""), Value::Number(0.0), Value::Function, Value::Array(vec![])]
    {
        assert_eq!(refused(&with([("jwtCache", other)])), "\"jwtCache\" must be false or an object");
    }
    for name in ["maxEntries", "maxBytes"] {
        let jwt_cache = object([(name, Value::Number(1.5))]);
        assert_eq!(refused(&with([("jwtCache", jwt_cache)])), format!("\"jwtCache.{name}\" must be an integer"));
    }
}

#[test]
fn certificate_and_key_come_together() {
    let message = "\"clientCertificate\" and \"clientKey\" must be given together";
    for name in ["clientCertificate", "clientKey"] {
        assert_eq!(refused(&with([(name, text("client.pem"))])), message);
    }
}

#[test]
fn the_first_wrong_option_in_the_order_of_the_table_is_reported() {
    for start in 0..OPTIONS.len() {
        let mut all = Options::default();
        let (mut groups, mut jwt_cache) = (Vec::new(), Vec::new());
        for row in &OPTIONS[start..] {
            match row.key.split_once('.') {
                Some(("jwtCache", inner)) => jwt_cache.push((inner.to_owned(), wrong(row.rule))),
                Some((_, inner)) => groups.push((inner.to_owned(), wrong(row.rule))),
                None => all.0.push((row.name.to_owned(), wrong(row.rule))),
            }
        }
        all.0.push(("groupOptions".to_owned(), Value::Object(groups)));
        all.0.push(("jwtCache".to_owned(), Value::Object(jwt_cache)));
        for row in OPTIONS.iter().filter(|row| row.default == Fallback::Required) {
            all.0.push((row.name.to_owned(), text("https://x")));
        }
        let message = refused(&all);
        assert!(message.starts_with(&format!("\"{}\" ", OPTIONS[start].key)), "{message}");
    }
}

fn wrong(rule: Rule) -> Value {
    match rule {
        Rule::Bool => Value::Number(1.0),
        _ => Value::Bool(true),
    }
}
