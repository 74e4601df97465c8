//! The native transport against real sockets on loopback.
#![cfg(feature = "http")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that meets the unexpected has failed")]

mod authority;
mod bodies;
mod connections;
mod failures;
mod proxies;
mod redirects;
mod server;
mod tls;

use std::time::Duration;

use monocloud_backend_node::driver::{Settings, Transport};
use monocloud_backend_node::request::{Purpose, Reply, Request, Response, TransportError};

/// Far longer than any exchange on loopback takes: only a test that hangs meets it.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(20));

fn transport() -> Transport {
    Transport::new(&Settings::default()).unwrap()
}

fn get(url: impl Into<String>) -> Request {
    Request { purpose: Purpose::Discovery, url: url.into(), headers: Vec::new(), body: None, mutual_tls: false }
}

fn post(url: impl Into<String>, body: &str) -> Request {
    let headers = vec![
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("authorization", "Basic c2VjcmV0".to_owned()),
    ];
    let body = Some(body.to_owned());
    Request { purpose: Purpose::Introspection, url: url.into(), headers, body, mutual_tls: false }
}

async fn fetch(request: &Request) -> Reply {
    transport().send(request, PATIENCE).await
}

/// The complete response.
fn complete(reply: Reply) -> Response {
    match reply {
        Ok(response) => response,
        Err(TransportError::TimedOut) => panic!("timed out"),
        Err(TransportError::Network { message, code, cause }) => panic!("{message} {code:?} {cause:?}"),
        Err(TransportError::BodyLost { message, code, cause, .. }) => panic!("body lost: {message} {code:?} {cause:?}"),
        Err(TransportError::TooLarge(_)) => panic!("too large"),
    }
}

/// Message, code and cause of a network failure.
fn network(reply: Reply) -> (String, String, String) {
    match reply {
        Err(TransportError::Network { message, code, cause }) => {
            (message, code.unwrap_or_default(), cause.unwrap_or_default())
        }
        Ok(response) => panic!("answered {}", response.status),
        Err(_) => panic!("another failure"),
    }
}

/// The response whose body was lost, with message, code and cause of the failure.
fn lost(reply: Reply) -> (Response, String, String, String) {
    match reply {
        Err(TransportError::BodyLost { response, message, code, cause }) => {
            (*response, message, code.unwrap_or_default(), cause.unwrap_or_default())
        }
        Ok(response) => panic!("answered {}", response.status),
        Err(_) => panic!("another failure"),
    }
}
