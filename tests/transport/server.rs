//! A server that says exactly the bytes it is told to.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// Request line and headers.
    pub head: String,
    pub body: String,
    /// Number of the connection, from 0.
    pub connection: usize,
    /// Number of the request on its connection, from 0.
    pub turn: usize,
    /// Whether the client showed a certificate.
    pub certified: bool,
}

impl Received {
    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }
}

pub enum Then {
    Continue,
    Close,
    Reset,
    Stall,
}

pub struct Answer {
    pub bytes: Vec<u8>,
    pub then: Then,
}

impl Answer {
    pub fn new(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        Self { bytes: bytes.into(), then }
    }

    pub fn ok(body: &str) -> Self {
        Self::new(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()), Then::Continue)
    }
}

#[derive(Clone)]
pub struct Server {
    pub port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

type Respond = Arc<dyn Fn(&Received) -> Answer + Send + Sync>;

impl Server {
    pub async fn start(respond: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        Self::listen(None, Arc::new(respond)).await
    }

    pub async fn start_tls(
        acceptor: TlsAcceptor,
        respond: impl Fn(&Received) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::listen(Some(acceptor), Arc::new(respond)).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn secure_url(&self, host: &str, path: &str) -> String {
        format!("https://{host}:{}{path}", self.port)
    }

    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    pub fn paths(&self) -> Vec<String> {
        self.received().iter().map(|request| request.path().to_owned()).collect()
    }

    async fn listen(acceptor: Option<TlsAcceptor>, respond: Respond) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), received: Arc::default() };
        let received = Arc::clone(&server.received);
        tokio::spawn(async move {
            for connection in 0.. {
                let Ok((socket, _)) = listener.accept().await else {
                    return;
                };
                let (acceptor, respond, received) = (acceptor.clone(), Arc::clone(&respond), Arc::clone(&received));
                tokio::spawn(async move {
                    match acceptor {
                        None => converse(socket, connection, &respond, &received).await,
                        Some(acceptor) => {
                            let Ok(stream) = acceptor.accept(socket).await else {
                                return;
                            };
                            converse(stream, connection, &respond, &received).await;
                        }
                    }
                });
            }
        });
        server
    }
}

trait Wire: AsyncRead + AsyncWrite + Unpin {
    fn socket(&self) -> &TcpStream;
    fn certified(&self) -> bool;
}

impl Wire for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }

    fn certified(&self) -> bool {
        false
    }
}

impl Wire for TlsStream<TcpStream> {
    fn socket(&self) -> &TcpStream {
        self.get_ref().0
    }

    fn certified(&self) -> bool {
        self.get_ref().1.peer_certificates().is_some()
    }
}

async fn converse(mut wire: impl Wire, connection: usize, respond: &Respond, received: &Mutex<Vec<Received>>) {
    for turn in 0.. {
        let Some((head, body)) = read(&mut wire).await else {
            return;
        };
        let request = Received { head, body, connection, turn, certified: wire.certified() };
        received.lock().unwrap().push(request.clone());
        let answer = respond(&request);
        if wire.write_all(&answer.bytes).await.is_err() || wire.flush().await.is_err() {
            return;
        }
        match answer.then {
            Then::Continue => {}
            Then::Close => {
                let _ = wire.shutdown().await;
                return;
            }
            Then::Reset => return wire.socket().set_zero_linger().unwrap(),
            Then::Stall => {
                // Until the client goes away.
                let _ = wire.read(&mut [0]).await;
                return;
            }
        }
    }
}

/// One request: the head, and the body that its content-length announces.
pub async fn read(wire: &mut (impl AsyncRead + Unpin)) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(wire.read_u8().await.ok()?);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = header(&head, "content-length").map_or(0, |value| value.parse().unwrap());
    let mut body = vec![0; length];
    wire.read_exact(&mut body).await.ok()?;
    Some((head, String::from_utf8(body).unwrap()))
}

pub fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })
}
