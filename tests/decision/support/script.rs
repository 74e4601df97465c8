//! Plays the part of the driver: a script says which effects come and how they are answered.

use monocloud_backend_node::config::BindingMode;
use monocloud_backend_node::core::Core;
use monocloud_backend_node::effect::{Answer, Effect, Outcome, Thrown, Trouble};
use monocloud_backend_node::error::Failure;
use monocloud_backend_node::flow::{Flow, Operation, Settings, Step};
use monocloud_backend_node::request::{Reply, Response, TransportError};
use std::sync::Arc;

/// An expected effect, as [`describe`] words it, and its answer.
pub type Line<'a> = (&'a str, Answer);

/// Plays the lines and returns how the operation ended, as [`describe`] words it.
pub fn play(core: &Arc<Core>, settings: Settings, operation: Operation, now: f64, lines: Vec<Line<'_>>) -> String {
    describe(&end(core, settings, operation, now, lines))
}

/// The failure with which the operation ends after the lines.
pub fn failure(core: &Arc<Core>, settings: Settings, operation: Operation, now: f64, lines: Vec<Line<'_>>) -> Failure {
    match end(core, settings, operation, now, lines) {
        Step::Failed(Trouble::Failure(failure)) => failure,
        step => panic!("ended with {}", describe(&step)),
    }
}

fn end(core: &Arc<Core>, settings: Settings, operation: Operation, now: f64, lines: Vec<Line<'_>>) -> Step {
    let (mut flow, mut step) = Flow::start(Arc::clone(core), settings, operation, now);
    for (expected, answer) in lines {
        assert_eq!(describe(&step), expected);
        step = flow.answer(answer, now);
    }
    step
}

pub fn describe(step: &Step) -> String {
    match step {
        Step::Need(effect) => need(effect),
        Step::Done(Outcome::Document { document, .. }) => format!("document {}", document.text),
        Step::Done(Outcome::Claims(claims, text)) => {
            assert_eq!(claims.text(), *text, "claims and text come from the same bytes");
            format!("claims {text}")
        }
        Step::Done(Outcome::Kept) => "kept".to_owned(),
        Step::Failed(Trouble::Failure(failure)) => format!("failed {}", failure.reason.code()),
        Step::Failed(Trouble::Rethrow(thrown)) => {
            format!("rethrown {}", thrown.message.as_deref().unwrap_or_default())
        }
    }
}

fn need(effect: &Effect) -> String {
    let mode = |mode: &Option<BindingMode>| mode.map_or("no mode", BindingMode::as_str);
    let whose = |of_caller: &bool| if *of_caller { "of the caller" } else { "of nobody" };
    match effect {
        Effect::GetMetadata => "getMetadata".to_owned(),
        Effect::GetJwks { force: false } => "getJwks".to_owned(),
        Effect::GetJwks { force: true } => "getJwks by force".to_owned(),
        Effect::ValidateJwt { mode: own } => format!("validateJwt {}", mode(own)),
        Effect::Introspect => "introspect".to_owned(),
        Effect::CheckClaims { of_caller, .. } => format!("checkClaims {}", whose(of_caller)),
        Effect::CheckBinding { of_caller, mode: own, .. } => {
            format!("checkBinding {} {}", whose(of_caller), mode(own))
        }
        Effect::ResolveMetadata => "resolveMetadata".to_owned(),
        Effect::ResolveJwks => "resolveJwks".to_owned(),
        Effect::Fetch(request) => {
            let method = if request.body.is_some() { "POST" } else { "GET" };
            format!("{method} {}", request.url)
        }
        Effect::Refresh(kind) => format!("refresh {kind:?}"),
        Effect::Wait { limit: None, .. } => "wait".to_owned(),
        Effect::Wait { limit: Some(limit), .. } => format!("wait {limit}"),
        Effect::CacheRead => "cache.get".to_owned(),
        Effect::CacheWrite { entry, expires_at } => format!("cache.set {entry} {expires_at}"),
    }
}

pub fn reply(status: u16, body: &str) -> Answer {
    Answer::Response(Ok(response(status, body)))
}

pub fn response(status: u16, body: &str) -> Response {
    Response { status, body: body.into(), ..Response::default() }
}

pub fn lost(status: u16) -> Answer {
    let response = Box::new(response(status, ""));
    transport(TransportError::BodyLost { response, message: "cut off".to_owned(), code: None, cause: None })
}

pub fn network(message: &str) -> Answer {
    transport(TransportError::Network {
        message: message.to_owned(),
        code: Some("ECONNREFUSED".to_owned()),
        cause: None,
    })
}

pub fn transport(error: TransportError) -> Answer {
    Answer::Response(Reply::Err(error))
}

pub fn text(text: &str) -> Answer {
    Answer::Text(Some(text.to_owned()))
}

/// An exception that is none of ours.
pub fn plain(message: &str) -> Answer {
    Answer::Threw(Thrown { ours: false, token_code: None, message: Some(message.to_owned()) })
}

/// One of our own errors; with a code, a token error.
pub fn ours(message: &str, token_code: Option<&str>) -> Answer {
    let token_code = token_code.map(str::to_owned);
    Answer::Threw(Thrown { ours: true, token_code, message: Some(message.to_owned()) })
}
