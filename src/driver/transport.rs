//! One request, one complete response.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::ext::ReasonPhrase;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, Url};
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::sign::SingleCertAndKey;

use crate::request::{MAX_BODY, Reply, Request, Response, TransportError};

use super::failure::Failure;
use super::proxy::Routes;
use super::trust::Anchors;
use super::verifier::Verifier;
use super::{Identity, Settings, TransportSetupError, destination, failure, redirect, reuse};

/// Sends requests over HTTP/1.1 and HTTP/2 on kept-alive connections: no cookies, no decompression. Cheap to clone;
/// clones share their connections.
#[derive(Clone)]
pub struct Transport {
    clients: Arc<Clients>,
}

struct Clients {
    /// For plain http, which never leaves the machine.
    plain: Client,
    secure: Client,
    /// Shows the client's certificate.
    mutual: Option<Client>,
    warnings: Vec<String>,
}

/// Servers commonly close idle connections after 5 s; closing first keeps stale ones rare.
const IDLE: Duration = Duration::from_secs(4);
/// A silent HTTP/2 connection is probed after this long while a request waits on it, and given up after the second.
const HTTP2_PROBE: Duration = Duration::from_secs(5);
const HTTP2_PATIENCE: Duration = Duration::from_secs(5);
const TCP_KEEPALIVE: Duration = Duration::from_secs(15);
const USER_AGENT: &str = concat!("monocloud-backend-node/", env!("CARGO_PKG_VERSION"));

impl Transport {
    /// Reads the trust store and prepares the clients; opens no connection.
    ///
    /// # Errors
    /// [`TransportSetupError`] when the TLS or HTTP library refuses the settings.
    pub fn new(settings: &Settings) -> Result<Self, TransportSetupError> {
        let mut anchors = Anchors::load(&settings.environment);
        let mut routes = Routes::new(&settings.environment);
        let mut warnings = std::mem::take(&mut anchors.warnings);
        warnings.append(&mut routes.warnings);
        warnings.extend(settings.identity.iter().flat_map(|identity| identity.warnings.iter().cloned()));
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Arc::new(Verifier::new(anchors, settings.reject_unauthorized, &provider));
        let client = |identity: Option<&Identity>, routes: Option<&Routes>| {
            build(tls(&provider, &verifier, identity).map_err(|error| setup(&error))?, routes)
                .map_err(|error| setup(&error))
        };
        let secure = client(None, Some(&routes))?;
        let plain = if routes.exposes_plain_http() { client(None, None)? } else { secure.clone() };
        let mutual = match &settings.identity {
            Some(identity) => Some(client(Some(identity), Some(&routes))?),
            None => None,
        };
        Ok(Self { clients: Arc::new(Clients { plain, secure, mutual, warnings }) })
    }

    /// Texts for the operator: trust files and proxies that were passed over, and client certificates out of date.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.clients.warnings
    }

    /// Sends the request and reads the whole response, following up to three same-scheme redirects of a GET for
    /// discovery or keys. Must run on a tokio runtime with I/O and time.
    ///
    /// `timeout` covers everything from the name lookup to the last byte of the body; `None` is no limit.
    ///
    /// # Errors
    /// [`TransportError`]. A panic of the HTTP library is one too.
    pub async fn send(&self, request: &Request, timeout: Option<Duration>) -> Reply {
        contain(async {
            match timeout {
                None => self.follow(request).await,
                Some(limit) => {
                    tokio::time::timeout(limit, self.follow(request)).await.unwrap_or(Err(TransportError::TimedOut))
                }
            }
        })
        .await
    }

    pub(super) fn is_in_use(&self) -> bool {
        Arc::strong_count(&self.clients) > 1
    }

    async fn follow(&self, request: &Request) -> Reply {
        let mut url = destination::admit(&request.url)?;
        let mut followed = 0;
        loop {
            let response = self.exchange(request, &url, followed > 0).await?;
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            match redirect::next(request.purpose, followed, response.status().as_u16(), &url, location) {
                None => return read(response).await,
                Some(target) => {
                    destination::check(&target)?;
                    url = target;
                    followed += 1;
                }
            }
        }
    }

    /// One hop. The certificate and the credentials are for the first hop only.
    async fn exchange(&self, request: &Request, url: &Url, redirected: bool) -> Result<reqwest::Response, Failure> {
        let client = match &self.clients.mutual {
            _ if url.scheme() == "http" => &self.clients.plain,
            Some(mutual) if request.mutual_tls && !redirected => mutual,
            _ => &self.clients.secure,
        };
        let message = message(request, url, redirected)?;
        let spare = message.try_clone();
        let (outcome, opened) = reuse::observe(client.execute(message)).await;
        match (outcome, spare) {
            // RFC 9112 section 9.3.1: a connection that the server closed while idle is no failure of the request.
            // Every request of the core may be repeated: reading documents, and asking about a token.
            (Err(error), Some(again)) if !opened && failure::is_stale(&error) => client.execute(again).await,
            (outcome, _) => outcome,
        }
        .map_err(Failure::network)
    }
}

fn setup(error: &dyn std::error::Error) -> TransportSetupError {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    TransportSetupError { message: format!("The HTTP client could not be set up: {error}{cause}") }
}

/// The provider is named, never taken from the process-wide default, which belongs to the application.
fn tls(
    provider: &Arc<CryptoProvider>,
    verifier: &Arc<Verifier>,
    identity: Option<&Identity>,
) -> Result<ClientConfig, rustls::Error> {
    let builder = ClientConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::<Verifier>::clone(verifier));
    let mut config = match identity {
        Some(identity) => {
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(&identity.certified))))
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn build(tls: ClientConfig, routes: Option<&Routes>) -> reqwest::Result<Client> {
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .user_agent(USER_AGENT)
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        .tcp_keepalive(TCP_KEEPALIVE)
        .http2_keep_alive_interval(HTTP2_PROBE)
        .http2_keep_alive_timeout(HTTP2_PATIENCE)
        .connector_layer(reuse::Observed);
    match routes {
        Some(routes) => routes.apply(builder)?.build(),
        None => builder.no_proxy().build(),
    }
}

fn message(request: &Request, url: &Url, redirected: bool) -> Result<reqwest::Request, Failure> {
    let method = if request.body.is_some() { Method::POST } else { Method::GET };
    let mut message = reqwest::Request::new(method, url.clone());
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Failure::broken("invalid header name"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| Failure::broken("invalid header value"))?;
        value.set_sensitive(name == AUTHORIZATION);
        if !(redirected && name == AUTHORIZATION) {
            message.headers_mut().append(name, value);
        }
    }
    *message.body_mut() = request.body.clone().map(Into::into);
    Ok(message)
}

async fn read(mut response: reqwest::Response) -> Reply {
    let mut complete = Response {
        status: response.status().as_u16(),
        status_text: status_text(&response),
        headers: headers(response.headers()),
        body: Vec::new(),
    };
    let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
    if announced.is_some_and(|length| length > MAX_BODY) {
        return Err(TransportError::TooLarge(complete));
    }
    complete.body.reserve_exact(announced.unwrap_or_default());
    loop {
        let chunk = match response.chunk().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(complete),
            Err(error) => return Err(Failure::network(error).within(Response { body: Vec::new(), ..complete })),
        };
        if complete.body.len() + chunk.len() > MAX_BODY {
            return Err(TransportError::TooLarge(Response { body: Vec::new(), ..complete }));
        }
        complete.body.extend_from_slice(&chunk);
    }
}

/// What the server said (RFC 9112 section 4), else the registered phrase: HTTP/2 has none.
fn status_text(response: &reqwest::Response) -> String {
    match response.extensions().get::<ReasonPhrase>() {
        Some(phrase) => latin1(phrase.as_bytes()),
        None => response.status().canonical_reason().unwrap_or_default().to_owned(),
    }
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    map.iter()
        .filter(|(name, _)| **name != SET_COOKIE)
        .map(|(name, value)| (name.as_str().to_owned(), latin1(value.as_bytes())))
        .collect()
}

/// Header bytes are characters of the same number, as in the Fetch standard.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Turns a panic inside the HTTP stack into an error.
async fn contain(exchange: impl Future<Output = Reply>) -> Reply {
    let mut exchange = Box::pin(exchange);
    std::future::poll_fn(move |context| {
        catch_unwind(AssertUnwindSafe(|| exchange.as_mut().poll(context)))
            .unwrap_or_else(|_| Poll::Ready(Err(Failure::broken("the HTTP client failed unexpectedly").into())))
    })
    .await
}
