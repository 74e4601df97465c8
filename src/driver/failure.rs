//! What became of a request that has no complete response, in the terms Node's applications know.

use std::error::Error;
use std::io::{self, ErrorKind};

use rustls::{AlertDescription, CertificateError, InvalidMessage};

use crate::request::{Response, TransportError};

/// What Node's own fetch says about every failure below HTTP.
const MESSAGE: &str = "fetch failed";

/// The texts of one failure; [`TransportError::Network`] unless a response had begun.
pub(super) struct Failure {
    pub(super) message: String,
    code: Option<String>,
    cause: Option<String>,
}

impl Failure {
    /// A request that policy forbids.
    pub(super) fn refused(message: &str, cause: Option<String>) -> Self {
        Self { message: message.into(), code: None, cause }
    }

    /// A failure without an error value.
    pub(super) fn broken(cause: &str) -> Self {
        Self { message: MESSAGE.into(), code: None, cause: Some(cause.into()) }
    }

    /// A failed exchange. The URL, which may hold a query, is taken out of the texts.
    pub(super) fn network(error: reqwest::Error) -> Self {
        let error = error.without_url();
        Self { message: MESSAGE.into(), code: code(&error), cause: Some(describe(&error)) }
    }

    /// The same after the headers of a response had arrived.
    pub(super) fn within(self, response: Response) -> TransportError {
        let Self { message, code, cause } = self;
        TransportError::BodyLost { response: Box::new(response), message, code, cause }
    }
}

impl From<Failure> for TransportError {
    fn from(failure: Failure) -> Self {
        let Failure { message, code, cause } = failure;
        Self::Network { message, code, cause }
    }
}

/// Whether the peer closed a kept-alive connection while the request was on its way (RFC 9112 section 9.3.1): no part
/// of a response arrived. Only meaningful for an exchange that opened no connection of its own.
pub(super) fn is_stale(error: &reqwest::Error) -> bool {
    !error.is_timeout() && !error.is_connect() && chain(error).any(is_closed)
}

fn is_closed(error: &(dyn Error + 'static)) -> bool {
    let hyper = error.downcast_ref::<hyper::Error>();
    hyper.is_some_and(|error| error.is_incomplete_message() || error.is_canceled() || error.is_closed())
        || error.downcast_ref::<io::Error>().is_some_and(|error| {
            matches!(
                error.kind(),
                ErrorKind::ConnectionReset
                    | ErrorKind::ConnectionAborted
                    | ErrorKind::BrokenPipe
                    | ErrorKind::NotConnected
                    | ErrorKind::UnexpectedEof
            )
        })
}

fn code(error: &reqwest::Error) -> Option<String> {
    let described = chain(error).find_map(|link| {
        link.downcast_ref::<rustls::Error>()
            .map(tls_code)
            .or_else(|| link.downcast_ref::<io::Error>().and_then(system_code))
    });
    let code = described.or_else(|| lookup_code(error)).or_else(|| tunnel_code(error)).or_else(|| {
        let dropped = error.is_body() || error.is_decode() || chain(error).any(is_closed);
        dropped.then_some("UND_ERR_SOCKET")
    })?;
    Some(code.into())
}

fn system_code(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::ConnectionRefused => Some("ECONNREFUSED"),
        ErrorKind::ConnectionReset => Some("ECONNRESET"),
        ErrorKind::ConnectionAborted => Some("ECONNABORTED"),
        ErrorKind::BrokenPipe => Some("EPIPE"),
        ErrorKind::TimedOut => Some("ETIMEDOUT"),
        ErrorKind::HostUnreachable => Some("EHOSTUNREACH"),
        ErrorKind::NetworkUnreachable => Some("ENETUNREACH"),
        ErrorKind::AddrNotAvailable => Some("EADDRNOTAVAIL"),
        ErrorKind::PermissionDenied => Some("EACCES"),
        _ => None,
    }
}

/// The resolver's errors have no kind of their own, only texts.
fn lookup_code(error: &reqwest::Error) -> Option<&'static str> {
    let lookup = chain(error).find(|link| link.to_string().starts_with("dns error"))?;
    let temporary = chain(lookup).any(|link| link.to_string().contains("Temporary failure"));
    Some(if temporary { "EAI_AGAIN" } else { "ENOTFOUND" })
}

fn tunnel_code(error: &reqwest::Error) -> Option<&'static str> {
    chain(error).any(|link| link.to_string().starts_with("tunnel error")).then_some("ERR_PROXY_TUNNEL")
}

/// The codes of Node's TLS errors.
fn tls_code(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(reason) => certificate_code(reason),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => "ERR_SSL_WRONG_VERSION_NUMBER",
        rustls::Error::AlertReceived(alert) => alert_code(*alert),
        _ => "EPROTO",
    }
}

fn certificate_code(reason: &CertificateError) -> &'static str {
    match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "CERT_HAS_EXPIRED",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "CERT_NOT_YET_VALID",
        CertificateError::Revoked => "CERT_REVOKED",
        CertificateError::UnknownIssuer => "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        CertificateError::BadSignature => "CERT_SIGNATURE_FAILURE",
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => "INVALID_PURPOSE",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "ERR_TLS_CERT_ALTNAME_INVALID"
        }
        _ => "CERT_REJECTED",
    }
}

fn alert_code(alert: AlertDescription) -> &'static str {
    match alert {
        AlertDescription::CertificateRequired => "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
        AlertDescription::BadCertificate => "ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE",
        AlertDescription::CertificateUnknown => "ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN",
        AlertDescription::CertificateExpired => "ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED",
        AlertDescription::UnknownCA => "ERR_SSL_TLSV1_ALERT_UNKNOWN_CA",
        AlertDescription::HandshakeFailure => "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
        AlertDescription::ProtocolVersion => "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
        _ => "EPROTO",
    }
}

/// The texts of the causes, outermost first, each said once.
fn describe(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    for link in chain(error) {
        let text = link.to_string();
        if !texts.iter().any(|said| said.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

/// The error and its causes. `io::Error` passes over the error it wraps when asked for its source, so it is asked for
/// its inner error first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |link| cause(*link))
}

fn cause<'a>(link: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match link.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => link.source(),
    }
}
