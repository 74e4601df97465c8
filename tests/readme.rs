//! The README's tables are those of the code. With `UPDATE_README=1` this test writes them instead of comparing.

#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use monocloud_backend_node::answer::{self, Answer};
use monocloud_backend_node::config::{Fallback, OPTIONS, OptionRow, Rule};
use monocloud_backend_node::error::{Kind, Reason, TokenCode};
use std::{env, fs};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn tables_are_those_of_the_code() {
    let text = fs::read_to_string(PATH).unwrap().replace("\r\n", "\n");
    let mut expected = text.clone();
    for (name, table) in [("options", options()), ("answers", answers()), ("reasons", reasons())] {
        expected = with_section(&expected, name, &table);
    }
    if env::var_os("UPDATE_README").is_some() {
        fs::write(PATH, expected).unwrap();
    } else if expected != text {
        let line = expected.lines().zip(text.lines()).find(|(expected, found)| expected != found);
        panic!("README.md is out of date (UPDATE_README=1 cargo test --no-default-features --test readme): {line:#?}");
    }
}

/// The text with what is between `<!-- name -->` and `<!-- /name -->` replaced.
fn with_section(text: &str, name: &str, table: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->\n"));
    let (before, rest) = text.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}\n{table}\n{end}{after}")
}

fn options() -> String {
    let rows = OPTIONS.iter().map(|row| {
        [
            code(row.key),
            row.env.map_or_else(|| "-".to_owned(), code),
            default(row),
            rule(row.rule),
            row.meaning.to_owned(),
        ]
    });
    table(["Option", "Environment variable", "Default", "Value", "Meaning"], rows)
}

fn default(row: &OptionRow) -> String {
    match row.default {
        Fallback::Required | Fallback::Absent => row.default.to_string(),
        Fallback::Number(_) | Fallback::Bool(_) | Fallback::Name(_) | Fallback::InUse(_) => {
            code(&row.default.to_string())
        }
    }
}

fn rule(rule: Rule) -> String {
    match rule {
        Rule::OneOf(names) => names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn answers() -> String {
    let token = |code| answer::to_failure(Some(Kind::Token(code)), None);
    let http = |status| answer::to_failure(Some(Kind::Http), status);
    let rows = [
        ("no token", answer::to_missing_token()),
        ("`MonoCloudTokenError` with code `invalid_token`", token(TokenCode::InvalidToken)),
        ("`MonoCloudTokenError` with code `inactive_token`", token(TokenCode::InactiveToken)),
        ("`MonoCloudTokenError` with code `insufficient_scope`", token(TokenCode::InsufficientScope)),
        ("`MonoCloudTokenError` with code `insufficient_groups`", token(TokenCode::InsufficientGroups)),
        ("`MonoCloudHttpError` without a status: no complete response", http(None)),
        ("`MonoCloudHttpError` with status 429 or 500 and above", http(Some(429.0))),
        ("`MonoCloudHttpError` with another status", http(Some(404.0))),
        ("`MonoCloudOPError`", answer::to_failure(Some(Kind::Op), None)),
        ("`MonoCloudValidationError`", answer::to_failure(Some(Kind::Validation), None)),
        ("anything else that `tokenResolver` or `certificateResolver` throws", answer::to_failure(None, None)),
    ];
    assert_eq!(http(Some(429.0)), http(Some(500.0)));
    let rows = rows.map(|(outcome, Answer { status, challenge, message })| {
        let body = format!("{{\"message\":\"{message}\"}}");
        [outcome.to_owned(), status.to_string(), challenge.map_or_else(|| "-".to_owned(), code), code(&body)]
    });
    table(["Outcome", "Status", "`WWW-Authenticate`", "Body"], rows)
}

fn reasons() -> String {
    let rows = Reason::ALL.iter().map(|reason| {
        let class = match reason.kind() {
            Kind::Token(TokenCode::InvalidToken) => "`MonoCloudTokenError`".to_owned(),
            Kind::Token(other) => format!("`MonoCloudTokenError`, code `{}`", other.as_str()),
            Kind::Http => "`MonoCloudHttpError`".to_owned(),
            Kind::Op => "`MonoCloudOPError`".to_owned(),
            Kind::Validation => "`MonoCloudValidationError`".to_owned(),
        };
        let message = match reason.message() {
            "" => "says what is wrong".to_owned(),
            text => code(text),
        };
        [code(reason.code()), class, message]
    });
    table(["Reason", "Class", "Message"], rows)
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn table<const N: usize>(headings: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let head = line(&headings.map(str::to_owned));
    let rule = format!("|{}\n", " --- |".repeat(N));
    rows.into_iter().fold(head + &rule, |text, row| text + &line(&row))
}
