use std::sync::{Arc, Mutex};

use monocloud_backend_node::driver::{Environment, Settings, Transport};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};

use super::authority::Authority;
use super::server::{Answer, Server, Then, header, read};
use super::{PATIENCE, complete, get, network};

/// A proxy that opens tunnels to loopback whatever host is asked for; returns its port and the heads it received.
async fn tunnel(refuse: bool) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&heads);
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let seen = Arc::clone(&seen);
            tokio::spawn(async move {
                let (head, _) = read(&mut client).await.unwrap();
                let target = head.split(' ').nth(1).unwrap().rsplit(':').next().unwrap().parse::<u16>().unwrap();
                seen.lock().unwrap().push(head);
                if refuse {
                    return client.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n").await.unwrap();
                }
                let mut server = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
                client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    (port, heads)
}

fn through(settings: Settings, environment: Environment) -> Transport {
    let extra_ca_certs = settings.environment.extra_ca_certs.clone();
    Transport::new(&Settings { environment: Environment { extra_ca_certs, ..environment }, ..settings }).unwrap()
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let authority = Authority::new();
    let server = Server::start_tls(authority.acceptor(&["idp.test"], &[]), |_| Answer::ok("{}")).await;
    let (port, heads) = tunnel(false).await;
    let https_proxy = Some(format!("http://user:pass@127.0.0.1:{port}"));
    let transport = through(authority.settings(), Environment { https_proxy, ..Environment::default() });
    for _ in 0..2 {
        complete(transport.send(&get(server.secure_url("idp.test", "/keys")), PATIENCE).await);
    }
    let heads = heads.lock().unwrap();
    assert_eq!(heads.len(), 1);
    assert!(heads[0].starts_with(&format!("CONNECT idp.test:{} HTTP/1.1\r\n", server.port)), "{}", heads[0]);
    assert_eq!(header(&heads[0], "proxy-authorization"), Some("Basic dXNlcjpwYXNz"));
    assert!(server.received().iter().all(|request| header(&request.head, "proxy-authorization").is_none()));
}

#[tokio::test]
async fn a_refused_tunnel_is_a_network_failure() {
    let (port, _) = tunnel(true).await;
    let https_proxy = Some(format!("user:secret@127.0.0.1:{port}"));
    let transport = through(Settings::default(), Environment { https_proxy, ..Environment::default() });
    let (message, code, cause) = network(transport.send(&get("https://idp.test:443/"), PATIENCE).await);
    assert_eq!((message.as_str(), code.as_str()), ("fetch failed", "ERR_PROXY_TUNNEL"), "{cause}");
    assert!(!cause.contains("secret"), "{cause}");
}

#[tokio::test]
async fn plain_http_goes_through_a_proxy_on_this_machine() {
    let proxy = Server::start(|_| Answer::ok("forwarded")).await;
    let http_proxy = Some(format!("http://127.0.0.1:{}", proxy.port));
    let transport = through(Settings::default(), Environment { http_proxy, ..Environment::default() });
    let response = complete(transport.send(&get("http://localhost:1/keys"), PATIENCE).await);
    assert_eq!(response.body, b"forwarded");
    assert_eq!(proxy.paths(), ["http://localhost:1/keys"]);
}

#[tokio::test]
async fn plain_http_passes_over_a_proxy_elsewhere() {
    let server = Server::start(|_| Answer::ok("direct")).await;
    let http_proxy = Some("http://proxy.invalid:3128".to_owned());
    let transport = through(Settings::default(), Environment { http_proxy, ..Environment::default() });
    assert_eq!(complete(transport.send(&get(server.url("/")), PATIENCE).await).body, b"direct");
}

#[tokio::test]
async fn no_proxy_goes_direct() {
    let server = Server::start(|_| Answer::ok("direct")).await;
    let proxy = Server::start(|_| Answer::new("", Then::Close)).await;
    for no_proxy in ["127.0.0.1", "example.com, 127.0.0.0/8", "*"] {
        let http_proxy = Some(format!("http://127.0.0.1:{}", proxy.port));
        let environment = Environment { http_proxy, no_proxy: Some(no_proxy.into()), ..Environment::default() };
        let transport = through(Settings::default(), environment);
        assert_eq!(complete(transport.send(&get(server.url("/")), PATIENCE).await).body, b"direct", "{no_proxy}");
    }
    assert!(proxy.received().is_empty());
}
