use std::time::Duration;

use monocloud_backend_node::request::{Reply, TransportError};
use tokio::net::TcpListener;

use super::server::{Answer, Server, Then};
use super::{fetch, get, network, post, transport};

/// Long enough for a connection on loopback, short enough to wait for.
const LIMIT: Option<Duration> = Some(Duration::from_millis(300));

fn timed_out(reply: &Reply) -> bool {
    matches!(reply, Err(TransportError::TimedOut))
}

#[tokio::test]
async fn times_out_before_the_headers() {
    let server = Server::start(|_| Answer::new("", Then::Stall)).await;
    assert!(timed_out(&transport().send(&get(server.url("/")), LIMIT).await));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn times_out_within_the_body() {
    let server =
        Server::start(|_| Answer::new("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive!", Then::Stall)).await;
    assert!(timed_out(&transport().send(&post(server.url("/"), "token=x"), LIMIT).await));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn times_out_in_the_handshake() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    assert!(timed_out(&transport().send(&get(url), LIMIT).await));
}

#[tokio::test]
async fn redirects_share_one_limit() {
    let server = Server::start(|request| match request.path() {
        "/" => Answer::new("HTTP/1.1 302 Found\r\nlocation: /stall\r\ncontent-length: 0\r\n\r\n", Then::Continue),
        _ => Answer::new("", Then::Stall),
    })
    .await;
    assert!(timed_out(&transport().send(&get(server.url("/")), LIMIT).await));
    assert_eq!(server.paths(), ["/", "/stall"]);
}

#[tokio::test]
async fn a_closed_port_is_econnrefused() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let (message, code, cause) = network(fetch(&get(format!("http://127.0.0.1:{port}/?token=hidden"))).await);
    assert_eq!((message.as_str(), code.as_str()), ("fetch failed", "ECONNREFUSED"));
    assert!(cause.contains("refused") && !cause.contains("hidden"), "{cause}");
}

#[tokio::test]
async fn an_unknown_host_is_a_lookup_failure() {
    let (message, code, cause) = network(fetch(&get("https://host.invalid/?token=hidden")).await);
    assert_eq!(message, "fetch failed");
    assert!(["ENOTFOUND", "EAI_AGAIN"].contains(&code.as_str()), "{code}");
    assert!(!cause.contains("hidden"), "{cause}");
}

#[tokio::test]
async fn a_connection_closed_without_an_answer() {
    let server = Server::start(|_| Answer::new("", Then::Close)).await;
    let (message, code, cause) = network(fetch(&post(server.url("/"), "token=hidden")).await);
    assert_eq!((message.as_str(), code.as_str()), ("fetch failed", "UND_ERR_SOCKET"));
    assert!(!cause.is_empty() && !cause.contains("hidden") && !cause.contains("c2VjcmV0"), "{cause}");
    assert_eq!(server.received().len(), 1, "a request on a new connection is not repeated");
}

#[tokio::test]
async fn something_other_than_http() {
    let server = Server::start(|_| Answer::new("SSH-2.0-OpenSSH\r\n\r\n", Then::Close)).await;
    assert_eq!(network(fetch(&get(server.url("/"))).await).0, "fetch failed");
}

#[tokio::test]
async fn plain_http_only_to_loopback() {
    for url in ["http://example.com/", "http://10.0.0.1/", "http://[2001:db8::1]/"] {
        let (message, ..) = network(fetch(&get(url)).await);
        assert_eq!(message, "refused to send a request over plain http to a host that is not loopback", "{url}");
    }
    let server = Server::start(|_| Answer::ok("{}")).await;
    assert!(fetch(&get(format!("http://localhost:{}/", server.port))).await.is_ok());
}

#[tokio::test]
async fn an_unsendable_header_is_a_failure() {
    let server = Server::start(|_| Answer::ok("{}")).await;
    let mut request = get(server.url("/"));
    request.headers.push(("accept", "a\r\nx-injected: b".into()));
    assert_eq!(network(fetch(&request).await).2, "invalid header value");
    request.headers = vec![("in valid", "a".into())];
    assert_eq!(network(fetch(&request).await).2, "invalid header name");
    assert!(server.received().is_empty());
}

#[test]
fn without_a_runtime_it_fails_instead_of_panicking() {
    let reply = {
        let transport = transport();
        let request = get("http://127.0.0.1:9/");
        let mut exchange = Box::pin(async move { transport.send(&request, LIMIT).await });
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match exchange.as_mut().poll(&mut context) {
            std::task::Poll::Ready(reply) => reply,
            std::task::Poll::Pending => panic!("pending without a runtime"),
        }
    };
    assert_eq!(network(reply).0, "fetch failed");
}
