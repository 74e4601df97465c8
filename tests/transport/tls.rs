use std::path::PathBuf;

use monocloud_backend_node::driver::{Environment, Identity, Settings, Transport};
use rcgen::date_time_ymd;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::authority::{Authority, Leaf, acceptor, file, self_signed, trusting};
use super::server::{Answer, Server};
use super::{PATIENCE, complete, get, network, post};

async fn serve(leaf: &Leaf) -> Server {
    Server::start_tls(acceptor(leaf, None, &[]), |_| Answer::ok("{}")).await
}

fn connect(settings: &Settings) -> Transport {
    Transport::new(settings).unwrap()
}

/// The code of the failure to reach the server under its name.
async fn refusal(settings: &Settings, server: &Server, host: &str) -> String {
    let (message, code, cause) =
        network(connect(settings).send(&get(server.secure_url(host, "/?token=hidden")), PATIENCE).await);
    assert_eq!(message, "fetch failed");
    assert!(!cause.is_empty() && !cause.contains("hidden"), "{cause}");
    code
}

#[tokio::test]
async fn an_extra_authority_is_trusted() {
    let authority = Authority::new();
    let server = serve(&authority.issue(&["localhost", "127.0.0.1"], |_| {})).await;
    for host in ["localhost", "127.0.0.1"] {
        complete(connect(&authority.settings()).send(&get(server.secure_url(host, "/")), PATIENCE).await);
    }
    assert_eq!(refusal(&Settings::default(), &server, "localhost").await, "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
}

#[tokio::test]
async fn ssl_cert_file_and_dir_are_trusted() {
    let authority = Authority::new();
    let server = serve(&authority.issue(&["localhost"], |_| {})).await;
    let path = file(&authority.pem);
    let directory = path.with_extension("d");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::copy(&path, directory.join("authority.pem")).unwrap();
    for environment in [
        Environment { ssl_cert_file: Some(path), ..Environment::default() },
        Environment { ssl_cert_dirs: vec![directory], ..Environment::default() },
    ] {
        let transport = connect(&Settings { environment, ..Settings::default() });
        assert_eq!(transport.warnings(), [""; 0]);
        complete(transport.send(&get(server.secure_url("localhost", "/")), PATIENCE).await);
    }
}

#[tokio::test]
async fn a_named_self_signed_certificate_is_trusted() {
    let leaf = self_signed(&["localhost"], |_| {});
    let server = serve(&leaf).await;
    let settings = trusting(&leaf.certificate);
    complete(connect(&settings).send(&get(server.secure_url("localhost", "/")), PATIENCE).await);
    assert_eq!(refusal(&settings, &server, "127.0.0.1").await, "ERR_TLS_CERT_ALTNAME_INVALID");
    let other = trusting(&self_signed(&["localhost"], |_| {}).certificate);
    assert_ne!(refusal(&other, &server, "localhost").await, "");
}

#[tokio::test]
async fn dates_and_names_are_checked() {
    let authority = Authority::new();
    let settings = authority.settings();
    let expired = authority.issue(&["localhost"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    assert_eq!(refusal(&settings, &serve(&expired).await, "localhost").await, "CERT_HAS_EXPIRED");
    let early = authority.issue(&["localhost"], |params| params.not_before = date_time_ymd(2090, 1, 1));
    assert_eq!(refusal(&settings, &serve(&early).await, "localhost").await, "CERT_NOT_YET_VALID");
    let other = authority.issue(&["example.com"], |_| {});
    assert_eq!(refusal(&settings, &serve(&other).await, "localhost").await, "ERR_TLS_CERT_ALTNAME_INVALID");
    let expired = self_signed(&["localhost"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    assert_eq!(refusal(&trusting(&expired.certificate), &serve(&expired).await, "localhost").await, "CERT_HAS_EXPIRED");
}

#[tokio::test]
async fn reject_unauthorized_false_accepts_any_certificate() {
    let leaf = self_signed(&["example.com"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    let server = serve(&leaf).await;
    let settings = Settings { reject_unauthorized: false, ..Settings::default() };
    complete(connect(&settings).send(&get(server.secure_url("localhost", "/")), PATIENCE).await);
}

#[tokio::test]
async fn http_on_an_https_url() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("https://127.0.0.1:{}/", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.read_u8().await.unwrap();
        socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        let _ = tokio::io::copy(&mut socket, &mut tokio::io::sink()).await;
    });
    let (_, code, _) = network(connect(&Settings::default()).send(&get(url), PATIENCE).await);
    assert_eq!(code, "ERR_SSL_WRONG_VERSION_NUMBER");
}

#[tokio::test]
async fn unreadable_trust_files_are_passed_over_with_a_warning() {
    for (path, reason) in
        [(PathBuf::from("/nowhere/ca.pem"), "No such file"), (file("no certificate"), "no certificate found")]
    {
        let environment = Environment { extra_ca_certs: Some(path.clone()), ..Environment::default() };
        let warnings = connect(&Settings { environment, ..Settings::default() }).warnings().to_vec();
        assert_eq!(warnings.len(), 1);
        let expected = format!("Ignoring extra certs from `{}`, load failed: ", path.display());
        assert!(warnings[0].starts_with(&expected) && warnings[0].contains(reason), "{}", warnings[0]);
    }
    let environment = Environment { ssl_cert_file: Some("/nowhere/ca.pem".into()), ..Environment::default() };
    let warnings = connect(&Settings { environment, ..Settings::default() }).warnings().to_vec();
    assert!(warnings[0].contains("SSL_CERT_FILE"), "{warnings:?}");
}

#[tokio::test]
async fn the_identity_is_shown_to_mutual_tls_endpoints_only() {
    let authority = Authority::new();
    let client = authority.issue(&["client.example.com"], |_| {});
    let leaf = authority.issue(&["localhost"], |_| {});
    let server = Server::start_tls(acceptor(&leaf, Some(&authority), &[]), |_| Answer::ok("{}")).await;
    let identity = Identity::load(&client.certificate, &client.key).unwrap();
    let transport = connect(&Settings { identity: Some(identity), ..authority.settings() });
    let mut request = post(server.secure_url("localhost", "/"), "token=x");
    for mutual_tls in [true, false, true] {
        request.mutual_tls = mutual_tls;
        complete(transport.send(&request, PATIENCE).await);
    }
    let seen: Vec<_> = server.received().iter().map(|request| (request.connection, request.certified)).collect();
    assert_eq!(seen, [(0, true), (1, false), (0, true)]);
}

#[test]
fn an_identity_from_files() {
    let leaf = Authority::new().issue(&["client"], |_| {});
    let (certificate, key) = (file(&leaf.certificate), file(&leaf.key));
    let from_files = Identity::load(certificate.to_str().unwrap(), key.to_str().unwrap()).unwrap();
    assert!(from_files == Identity::load(&leaf.certificate, &leaf.key).unwrap());
}

#[test]
fn an_identity_that_does_not_work_says_why() {
    let authority = Authority::new();
    let leaf = authority.issue(&["client"], |_| {});
    let other = authority.issue(&["client"], |_| {});
    let encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let garbled = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let broken_chain = format!("{}{broken}", leaf.certificate);
    for (certificate, key, expected) in [
        (
            leaf.certificate.as_str(),
            other.key.as_str(),
            r#""clientKey" does not belong to the first certificate of "clientCertificate""#,
        ),
        (&leaf.certificate, encrypted, r#""clientKey" is encrypted: supply the decrypted key"#),
        (&leaf.certificate, garbled, r#""clientKey" must be an RSA, P-256, P-384, P-521 or Ed25519 key"#),
        (
            &leaf.certificate,
            &leaf.certificate,
            r#""clientKey" must hold a PEM private key (-----BEGIN PRIVATE KEY-----)"#,
        ),
        (
            &leaf.key,
            &leaf.key,
            r#""clientCertificate" must hold at least one PEM certificate (-----BEGIN CERTIFICATE-----)"#,
        ),
        (broken, &leaf.key, r#""clientCertificate" holds a certificate that can't be read"#),
        (&broken_chain, &leaf.key, r#""clientCertificate" holds a certificate that can't be read"#),
        ("/nowhere/c.pem", &leaf.key, r#""clientCertificate" must be PEM text or the path of a readable PEM file: "#),
        (&leaf.certificate, "/nowhere/k.pem", r#""clientKey" must be PEM text or the path of a readable PEM file: "#),
    ] {
        let message = Identity::load(certificate, key).err().unwrap();
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn an_identity_out_of_date_is_told() {
    let authority = Authority::new();
    let early = authority.issue(&["client"], |params| params.not_before = date_time_ymd(2090, 1, 1));
    let late = authority.issue(&["client"], |params| params.not_after = date_time_ymd(2020, 1, 1));
    let good = authority.issue(&["client"], |_| {});
    let chain = format!("{}{}", good.certificate, late.certificate);
    for (certificate, key, expected) in [
        (&good.certificate, &good.key, None),
        (&early.certificate, &early.key, Some(r#"Certificate 1 of "clientCertificate" is not valid before "#)),
        (&late.certificate, &late.key, Some(r#"Certificate 1 of "clientCertificate" expired on "#)),
        (&chain, &good.key, Some(r#"Certificate 2 of "clientCertificate" expired on "#)),
    ] {
        let identity = Identity::load(certificate, key).unwrap();
        let warnings = connect(&Settings { identity: Some(identity), ..authority.settings() }).warnings().to_vec();
        assert_eq!(warnings.len(), usize::from(expected.is_some()), "{warnings:?}");
        let told = warnings.iter().zip(expected).all(|(warning, expected)| warning.starts_with(expected));
        assert!(told, "{warnings:?}");
    }
}
