use monocloud_backend_node::request::{MAX_BODY, Response, TransportError};

use super::server::{Answer, Received, Server, Then, header};
use super::{complete, fetch, get, lost, post};

async fn answer(bytes: impl Into<Vec<u8>>, then: fn() -> Then) -> monocloud_backend_node::request::Reply {
    let bytes = bytes.into();
    let server = Server::start(move |_: &Received| Answer::new(bytes.clone(), then())).await;
    fetch(&get(server.url("/x?token=hidden"))).await
}

fn sized(length: usize) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n").into_bytes();
    bytes.resize(bytes.len() + length, b'x');
    bytes
}

fn chunked(length: usize) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for start in (0..length).step_by(0x4000) {
        let size = (length - start).min(0x4000);
        bytes.extend_from_slice(format!("{size:x}\r\n{}\r\n", "x".repeat(size)).as_bytes());
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

fn too_large(reply: monocloud_backend_node::request::Reply) -> Response {
    match reply {
        Err(TransportError::TooLarge(response)) => response,
        _ => panic!("not refused for its size"),
    }
}

#[tokio::test]
async fn a_get_and_its_response() {
    let server = Server::start(|_| {
        let head = "HTTP/1.1 202 Quite Fine\r\nContent-Type: text/plain\r\nSet-Cookie: a=b\r\nX-Name: caf\u{e9}\r\n";
        let mut bytes: Vec<u8> = head.chars().map(|character| character as u8).collect();
        bytes.extend_from_slice(b"content-length: 2\r\n\r\n\xff\x00");
        Answer::new(bytes, Then::Continue)
    })
    .await;
    let response = complete(fetch(&get(server.url("/a?b=c#d"))).await);
    assert_eq!((response.status, response.status_text.as_str()), (202, "Quite Fine"));
    assert_eq!(response.body, b"\xff\x00");
    let headers: Vec<_> = response.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(headers, [("content-type", "text/plain"), ("x-name", "caf\u{e9}"), ("content-length", "2")]);

    let head = server.received()[0].head.clone();
    assert!(head.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{head}");
    let agent = format!("monocloud-backend-node/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(header(&head, "user-agent"), Some(agent.as_str()));
    assert_eq!(header(&head, "accept-encoding"), None);
    assert_eq!(header(&head, "cookie"), None);
}

#[tokio::test]
async fn a_post_carries_headers_and_body() {
    let server = Server::start(|_| Answer::ok("{}")).await;
    let response = complete(fetch(&post(server.url("/introspect"), "token=a%20b")).await);
    assert_eq!((response.status, response.status_text.as_str()), (200, "OK"));
    let request = &server.received()[0];
    assert!(request.head.starts_with("POST /introspect HTTP/1.1\r\n"));
    assert_eq!(request.body, "token=a%20b");
    assert_eq!(header(&request.head, "content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(header(&request.head, "authorization"), Some("Basic c2VjcmV0"));
}

#[tokio::test]
async fn an_error_status_is_a_response() {
    let bytes = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy";
    let response = complete(answer(bytes, || Then::Continue).await);
    assert_eq!((response.status, response.body.as_slice()), (503, b"busy".as_slice()));
}

#[tokio::test]
async fn exactly_the_cap_is_read() {
    assert_eq!(complete(answer(sized(MAX_BODY), || Then::Continue).await).body.len(), MAX_BODY);
    assert_eq!(complete(answer(chunked(MAX_BODY), || Then::Continue).await).body.len(), MAX_BODY);
}

#[tokio::test]
async fn one_byte_more_is_refused() {
    for bytes in [sized(MAX_BODY + 1), chunked(MAX_BODY + 1)] {
        let response = too_large(answer(bytes, || Then::Continue).await);
        assert_eq!((response.status, response.body.len()), (200, 0));
        assert!(!response.headers.is_empty());
    }
}

#[tokio::test]
async fn an_announced_size_above_the_cap_is_refused_unread() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", MAX_BODY + 1);
    assert_eq!(too_large(answer(head, || Then::Stall).await).status, 200);
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 1_u64 << 60);
    assert_eq!(too_large(answer(head, || Then::Stall).await).status, 200);
}

#[tokio::test]
async fn an_endless_body_is_refused() {
    let mut bytes = chunked(MAX_BODY + 0x4000);
    bytes.truncate(bytes.len() - 5);
    assert_eq!(too_large(answer(bytes, || Then::Stall).await).status, 200);
}

#[tokio::test]
async fn a_body_cut_off_in_transit_is_a_lost_body() {
    for bytes in [
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive!",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfive!\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfi",
    ] {
        let (response, message, code, cause) = lost(answer(bytes, || Then::Close).await);
        assert_eq!((response.status, response.body.len()), (200, 0));
        assert_eq!((message.as_str(), code.as_str()), ("fetch failed", "UND_ERR_SOCKET"), "{bytes:?} {cause}");
        assert!(!cause.contains("hidden") && !cause.contains("five!"), "{cause}");
    }
}

#[tokio::test]
async fn a_body_cut_off_by_a_reset_is_a_lost_body() {
    let (_, message, code, _) =
        lost(answer("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive!", || Then::Reset).await);
    assert_eq!(message, "fetch failed");
    assert!(["ECONNRESET", "UND_ERR_SOCKET"].contains(&code.as_str()), "{code}");
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_the_connection() {
    assert_eq!(complete(answer("HTTP/1.1 200 OK\r\n\r\nall of it", || Then::Close).await).body, b"all of it");
}
