//! What the core needs from outside, and how it is told. The core cannot tell who answers: the native transport, the
//! application's own functions, or a public method that the application has overridden.

use crate::claims::Claims;
use crate::config::BindingMode;
use crate::document::{Document, Kind};
use crate::error::Failure;
use crate::request::{Reply, Request};
use std::future::Future;
use std::pin::Pin;

/// `of_caller`: with the scopes, groups and certificate that the operation was called with, else without any.
pub enum Effect {
    /// `this.getMetadata()`, overridden.
    GetMetadata,
    /// `this.getJwks()`, overridden.
    GetJwks {
        force: bool,
    },
    /// `this.validateJwtAccessToken(token, options)`, overridden.
    ValidateJwt {
        mode: Option<BindingMode>,
    },
    /// `this.introspectAccessToken(token)`, overridden.
    Introspect,
    /// `this.validateAccessTokenClaims(claims, …)`, overridden; the claims as JSON text.
    CheckClaims {
        claims: String,
        of_caller: bool,
    },
    /// `this.validateCertificateBinding(claims, …)`, overridden; the claims as JSON text.
    CheckBinding {
        claims: String,
        of_caller: bool,
        mode: Option<BindingMode>,
    },
    /// The option `metadataResolver`.
    ResolveMetadata,
    /// The option `jwksResolver`.
    ResolveJwks,
    Fetch(Request),
    /// Start to refresh a document in the background; answered at once.
    Refresh(Kind),
    /// Wait for what somebody else is getting, no longer than `limit` seconds.
    Wait {
        until: Until,
        limit: Option<f64>,
    },
    /// `cache.get(token)`.
    CacheRead,
    /// `cache.set(token, entry, expiresAt)`; seconds since the epoch.
    CacheWrite {
        entry: String,
        expires_at: f64,
    },
}

/// The one kind of answer that an effect takes. All but a response may also end in an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    Response,
    Text,
    Kept,
}

impl Effect {
    pub const fn wanted(&self) -> Wanted {
        match self {
            Self::Fetch(_) => Wanted::Response,
            Self::GetMetadata
            | Self::GetJwks { .. }
            | Self::Introspect
            | Self::ResolveMetadata
            | Self::ResolveJwks
            | Self::CacheRead => Wanted::Text,
            Self::ValidateJwt { .. }
            | Self::CheckClaims { .. }
            | Self::CheckBinding { .. }
            | Self::Refresh(_)
            | Self::Wait { .. }
            | Self::CacheWrite { .. } => Wanted::Kept,
        }
    }
}

impl Wanted {
    pub const fn admits(self, answer: &Answer) -> bool {
        matches!(
            (self, answer),
            (Self::Response, Answer::Response(_))
                | (Self::Text, Answer::Text(_) | Answer::Threw(_))
                | (Self::Kept, Answer::Kept | Answer::Threw(_))
        )
    }
}

/// Ends when there is something to go on with.
pub type Until = Pin<Box<dyn Future<Output = ()> + Send>>;

/// How an effect ended.
pub enum Answer {
    Response(Reply),
    /// JSON text of what a method, resolver or cache answered; `None` when that was undefined or no JSON.
    Text(Option<String>),
    /// A method answered; its value stays on the JavaScript side.
    Kept,
    /// A function of the application threw; the exception stays on the JavaScript side.
    Threw(Thrown),
}

/// What the core needs to know of an exception that it does not hold.
#[derive(Clone)]
pub struct Thrown {
    /// It is one of the SDK's own errors, so it already says whose trouble it is.
    pub ours: bool,
    /// The `code` when it is a `MonoCloudTokenError`.
    pub token_code: Option<String>,
    pub message: Option<String>,
}

/// The end of an operation.
pub enum Outcome {
    /// A metadata document or key set; `new` if it was not in memory before.
    Document {
        document: Document,
        new: bool,
    },
    Claims(Claims, String),
    /// What the overridden method answered.
    Kept,
}

/// An operation that did not succeed.
pub enum Trouble {
    Failure(Failure),
    /// The exception that the JavaScript side holds, as it is.
    Rethrow(Thrown),
}

impl<F: Into<Failure>> From<F> for Trouble {
    fn from(failure: F) -> Self {
        Self::Failure(failure.into())
    }
}
