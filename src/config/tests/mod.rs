//! Options as an application gives them, and what becomes of them.

mod accepted;
mod precedence;
mod refused;
mod secrets;
mod unchecked;

use super::{Config, Environment, OPTIONS, OptionRow, Options, Value, resolve};
use std::collections::HashMap;

/// Variables by their name without `MONOCLOUD_BACKEND_`.
struct Variables(HashMap<String, String>);

impl Environment for Variables {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

fn variables(pairs: &[(&str, &str)]) -> Variables {
    Variables(pairs.iter().map(|(name, text)| (format!("MONOCLOUD_BACKEND_{name}"), (*text).to_owned())).collect())
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
}

fn options<const N: usize>(members: [(&str, Value); N]) -> Options {
    Options(members.map(|(name, value)| (name.to_owned(), value)).into())
}

/// The members over a tenant and an audience.
fn with<const N: usize>(members: [(&str, Value); N]) -> Options {
    let mut all = options(members);
    all.0.push(("tenantDomain".to_owned(), text("https://tenant.example")));
    all.0.push(("audience".to_owned(), text("urn:api")));
    all
}

/// The option that the row stands for, alone.
fn at(row: &OptionRow, value: Value) -> Options {
    match row.key.split_once('.') {
        Some((name, inner)) => with([(name, object([(inner, value)]))]),
        None => with([(row.name, value)]),
    }
}

fn row(key: &str) -> &'static OptionRow {
    OPTIONS.iter().find(|row| row.key == key).unwrap()
}

fn accepted(options: &Options) -> Config {
    resolve(options, &variables(&[])).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(options: &Options) -> String {
    resolve(options, &variables(&[])).expect_err("refused").message
}
