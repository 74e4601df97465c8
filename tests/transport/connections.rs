use monocloud_backend_node::driver::{Environment, Settings, shared};
use tokio::net::TcpListener;

use super::authority::Authority;
use super::server::{Answer, Received, Server, Then};
use super::{PATIENCE, complete, get, lost, network, post, transport};

fn connections(server: &Server) -> Vec<usize> {
    server.received().iter().map(|request| request.connection).collect()
}

#[tokio::test]
async fn kept_alive_and_used_again() {
    let server = Server::start(|_| Answer::ok("{}")).await;
    let transport = transport();
    for _ in 0..3 {
        complete(transport.send(&get(server.url("/")), PATIENCE).await);
        complete(transport.clone().send(&post(server.url("/"), "token=x"), PATIENCE).await);
    }
    assert_eq!(connections(&server), [0; 6]);
}

/// The server drops each kept-alive connection at its second request, as one that timed out just then.
fn stale(request: &Received) -> Answer {
    if request.turn == 0 { Answer::ok("{}") } else { Answer::new("", Then::Close) }
}

#[tokio::test]
async fn a_stale_connection_is_replaced_once() {
    let server = Server::start(stale).await;
    let transport = transport();
    complete(transport.send(&get(server.url("/")), PATIENCE).await);
    complete(transport.send(&get(server.url("/")), PATIENCE).await);
    complete(transport.send(&post(server.url("/"), "token=x"), PATIENCE).await);
    assert_eq!(connections(&server), [0, 0, 1, 1, 2]);
    assert_eq!(server.received()[4].body, "token=x");
}

#[tokio::test]
async fn a_reset_connection_is_replaced_once() {
    let server = Server::start(|request: &Received| match request.turn {
        0 => Answer::ok("{}"),
        _ => Answer::new("", Then::Reset),
    })
    .await;
    let transport = transport();
    complete(transport.send(&get(server.url("/")), PATIENCE).await);
    complete(transport.send(&post(server.url("/"), "token=x"), PATIENCE).await);
    assert_eq!(connections(&server), [0, 0, 1]);
}

#[tokio::test]
async fn a_server_that_is_gone_fails_after_one_repetition() {
    let server = Server::start(|request: &Received| match (request.connection, request.turn) {
        (0, 0) => Answer::ok("{}"),
        _ => Answer::new("", Then::Close),
    })
    .await;
    let transport = transport();
    complete(transport.send(&get(server.url("/")), PATIENCE).await);
    assert_eq!(network(transport.send(&get(server.url("/")), PATIENCE).await).1, "UND_ERR_SOCKET");
    assert_eq!(connections(&server), [0, 0, 1]);
}

#[tokio::test]
async fn a_body_cut_off_on_a_kept_alive_connection_is_not_repeated() {
    let server = Server::start(|request: &Received| match request.turn {
        0 => Answer::ok("{}"),
        _ => Answer::new("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive!", Then::Close),
    })
    .await;
    let transport = transport();
    complete(transport.send(&get(server.url("/")), PATIENCE).await);
    assert_eq!(lost(transport.send(&get(server.url("/")), PATIENCE).await).2, "UND_ERR_SOCKET");
    assert_eq!(connections(&server), [0, 0]);
}

#[tokio::test]
async fn equal_settings_share_connections() {
    let server = Server::start(|_| Answer::ok("{}")).await;
    let settings = Settings {
        environment: Environment { no_proxy: Some("equal-settings.test".into()), ..Environment::default() },
        ..Settings::default()
    };
    for _ in 0..2 {
        let transport = shared(&settings.clone()).unwrap();
        complete(transport.send(&get(server.url("/")), PATIENCE).await);
    }
    let other = Settings { reject_unauthorized: false, ..settings };
    complete(shared(&other).unwrap().send(&get(server.url("/")), PATIENCE).await);
    assert_eq!(connections(&server), [0, 0, 1]);
}

#[tokio::test]
async fn http2_carries_many_requests_on_one_connection() {
    let authority = Authority::new();
    let acceptor = authority.acceptor(&["localhost"], &[b"h2"]);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(acceptor.accept(socket).await.unwrap()).await.unwrap();
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            let response = http::Response::builder().status(404).body(()).unwrap();
            respond.send_response(response, false).unwrap().send_data("gone".into(), true).unwrap();
        }
    });
    let transport = authority.trusting_transport();
    for _ in 0..3 {
        let response = complete(transport.send(&get(format!("https://localhost:{port}/")), PATIENCE).await);
        assert_eq!((response.status, response.status_text.as_str()), (404, "Not Found"));
        assert_eq!(response.body, b"gone");
    }
    server.abort();
}
