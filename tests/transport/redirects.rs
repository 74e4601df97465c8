use monocloud_backend_node::request::Purpose;

use super::server::{Answer, Received, Server, Then};
use super::{complete, fetch, get, network, post};

fn redirect(status: u16, location: &str) -> Answer {
    let bytes = format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    Answer::new(bytes, Then::Continue)
}

/// `/3` leads to `/2`, to `/1`, to `/0`, which answers.
fn countdown(request: &Received) -> Answer {
    match request.path().trim_start_matches('/').parse::<usize>().unwrap() {
        0 => Answer::ok("done"),
        left => redirect(302, &format!("/{}", left - 1)),
    }
}

#[tokio::test]
async fn three_redirects_are_followed() {
    let server = Server::start(countdown).await;
    for purpose in [Purpose::Discovery, Purpose::Jwks] {
        let mut request = get(server.url("/3"));
        request.purpose = purpose;
        assert_eq!(complete(fetch(&request).await).body, b"done");
    }
    assert_eq!(server.paths(), ["/3", "/2", "/1", "/0", "/3", "/2", "/1", "/0"]);
}

#[tokio::test]
async fn the_fourth_is_the_answer() {
    let server = Server::start(countdown).await;
    assert_eq!(complete(fetch(&get(server.url("/4"))).await).status, 302);
    assert_eq!(server.paths(), ["/4", "/3", "/2", "/1"]);
}

#[tokio::test]
async fn every_status_with_a_location() {
    for (status, followed) in
        [(301, true), (302, true), (303, true), (307, true), (308, true), (300, false), (305, false)]
    {
        let server = Server::start(move |request| match request.path() {
            "/" => redirect(status, "/next"),
            _ => Answer::ok("done"),
        })
        .await;
        let response = complete(fetch(&get(server.url("/"))).await);
        assert_eq!(response.status, if followed { 200 } else { status }, "{status}");
    }
}

#[tokio::test]
async fn to_another_server() {
    let target = Server::start(|_| Answer::ok("done")).await;
    let location = format!("http://localhost:{}/keys", target.port);
    let server = Server::start(move |_| redirect(307, &location)).await;
    let mut request = get(server.url("/"));
    request.headers = vec![("authorization", "Bearer x".into()), ("accept", "application/json".into())];
    assert_eq!(complete(fetch(&request).await).body, b"done");
    let head = target.received()[0].head.to_lowercase();
    assert!(head.contains("accept: application/json") && !head.contains("authorization"), "{head}");
}

#[tokio::test]
async fn never_for_introspection() {
    for status in [301, 302, 303, 307, 308] {
        let server = Server::start(move |_| redirect(status, "/elsewhere")).await;
        assert_eq!(complete(fetch(&post(server.url("/"), "token=x")).await).status, status);
        assert_eq!(server.paths(), ["/"]);
    }
}

#[tokio::test]
async fn a_location_that_leads_nowhere_is_the_answer() {
    for location in ["", "https://127.0.0.1:9/", "data:,x", "ftp://localhost/", "http://"] {
        let server = Server::start(move |_| redirect(302, location)).await;
        assert_eq!(complete(fetch(&get(server.url("/"))).await).status, 302, "{location}");
        assert_eq!(server.received().len(), 1);
    }
}

#[tokio::test]
async fn plain_http_is_not_led_off_the_machine() {
    let server = Server::start(|_| redirect(302, "http://example.com/keys")).await;
    let (message, ..) = network(fetch(&get(server.url("/"))).await);
    assert_eq!(message, "refused to send a request over plain http to a host that is not loopback");
}

#[tokio::test]
async fn credentials_in_a_location_are_refused() {
    let server = Server::start(|_| redirect(302, "http://user:secret@localhost/keys")).await;
    let (message, _, cause) = network(fetch(&get(server.url("/"))).await);
    assert_eq!(message, "refused to send a request to a URL with user information");
    assert!(!cause.contains("secret"));
}
