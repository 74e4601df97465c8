//! The HTTP answer to each kind of trouble.

use monocloud_backend_node::answer::{Answer, to_failure, to_missing_token};
use monocloud_backend_node::error::{Kind, Reason, TokenCode};

fn parts(answer: Answer) -> (u16, Option<&'static str>, &'static str) {
    (answer.status, answer.challenge, answer.message)
}

#[test]
fn each_kind_has_its_answer() {
    let invalid = (401, Some("Bearer error=\"invalid_token\""), "unauthorized");
    let forbidden = (403, Some("Bearer error=\"insufficient_scope\""), "forbidden");
    let unavailable = (503, None, "service unavailable");
    let internal = (500, None, "internal server error");
    assert_eq!(parts(to_missing_token()), (401, Some("Bearer"), "unauthorized"));
    for (kind, upstream, expected) in [
        (Some(Kind::Token(TokenCode::InvalidToken)), None, invalid),
        (Some(Kind::Token(TokenCode::InactiveToken)), None, invalid),
        (Some(Kind::Token(TokenCode::InsufficientScope)), None, forbidden),
        (Some(Kind::Token(TokenCode::InsufficientGroups)), None, forbidden),
        (Some(Kind::Http), None, unavailable),
        (Some(Kind::Http), Some(500.0), unavailable),
        (Some(Kind::Http), Some(599.0), unavailable),
        (Some(Kind::Http), Some(429.0), unavailable),
        (Some(Kind::Http), Some(f64::NAN), unavailable),
        (Some(Kind::Http), Some(499.0), internal),
        (Some(Kind::Http), Some(428.0), internal),
        (Some(Kind::Http), Some(404.0), internal),
        (Some(Kind::Http), Some(403.0), internal),
        (Some(Kind::Http), Some(304.0), internal),
        (Some(Kind::Http), Some(200.0), internal),
        (Some(Kind::Op), Some(401.0), internal),
        (Some(Kind::Validation), None, internal),
        (None, None, invalid),
    ] {
        assert_eq!(parts(to_failure(kind, upstream)), expected, "{kind:?} {upstream:?}");
    }
}

#[test]
fn reasons_about_tokens_are_the_only_ones_blamed_on_the_caller() {
    for reason in Reason::ALL {
        let status = to_failure(Some(reason.kind()), None).status;
        let blamed = matches!(status, 401 | 403);
        assert_eq!(blamed, matches!(reason.kind(), Kind::Token(_)), "{}", reason.code());
    }
}
