//! What the core asks a transport to do, and what a transport may answer. No sockets here.

/// Why a request is made; it decides the error texts, the redirect policy and whether the client's certificate is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// OpenID Connect Discovery 1.0 section 4.
    Discovery,
    /// RFC 7517 section 5.
    Jwks,
    /// RFC 7662 section 2.1.
    Introspection,
}

/// One HTTP request: GET without a body, POST with one.
#[derive(Clone)]
pub struct Request {
    pub purpose: Purpose,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<String>,
    /// RFC 8705 section 2: the endpoint authenticates the client by its TLS certificate.
    pub mutual_tls: bool,
}

/// A complete HTTP response. Header names are lower-case; `set-cookie` is left out.
#[derive(Clone, Default)]
pub struct Response {
    pub status: u16,
    pub status_text: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// Why there is no complete response.
pub enum TransportError {
    /// `responseTimeout` elapsed before the last byte of the body.
    TimedOut,
    /// The connection could not be made, was refused by policy, or ended before the response was complete.
    Network {
        /// What the application sees as the error's message.
        message: String,
        /// A system or TLS code such as `ECONNREFUSED`, when one is known.
        code: Option<String>,
        /// The chain of causes, for the operator.
        cause: Option<String>,
    },
    /// The body ended before it was complete; the response is handed on without it.
    BodyLost { response: Box<Response>, message: String, code: Option<String>, cause: Option<String> },
    /// The body is larger than [`MAX_BODY`]; the response is handed on without it.
    TooLarge(Response),
}

pub type Reply = Result<Response, TransportError>;

/// No response body larger than this is read: 1 MiB.
pub const MAX_BODY: usize = 1024 * 1024;
