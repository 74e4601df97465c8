//! What operators may know of a client and its operations.

use super::client::NativeCore;
use super::flow::NativeFlow;
use super::moment;
use super::settings::NativeSettings;
use super::step::purpose;
use crate::flow::{Operation, Settings};
use crate::request::Request;
use crate::stats::Observed;
use crate::{health, label};
use napi_derive::napi;
use std::time::{Duration, Instant};

/// What the last answer said.
#[napi(object)]
pub struct NativeObserved {
    /// Of the HTTP response.
    pub status: Option<u32>,
    /// Why the request failed.
    pub reason: Option<String>,
    /// What the cache knew: `hit`, `miss`, `negative` or `error`.
    pub lookup: Option<String>,
}

impl From<Observed> for NativeObserved {
    fn from(observed: Observed) -> Self {
        Self {
            status: observed.status.map(u32::from),
            reason: observed.reason.map(|reason| reason.code().to_owned()),
            lookup: observed.lookup.map(|lookup| lookup.as_str().to_owned()),
        }
    }
}

/// One request that the native transport has sent.
pub struct Exchange {
    pub request: Request,
    pub sent: Instant,
    pub ended: Instant,
    pub observed: Observed,
}

#[napi(object)]
pub struct NativeExchange {
    /// `discovery`, `jwks` or `introspection`.
    pub purpose: String,
    pub url: String,
    pub status: Option<u32>,
    pub reason: Option<String>,
    /// Milliseconds from the request to now.
    pub sent_ago: f64,
    /// Milliseconds.
    pub duration: f64,
}

impl From<Exchange> for NativeExchange {
    fn from(Exchange { request, sent, ended, observed }: Exchange) -> Self {
        let NativeObserved { status, reason, .. } = observed.into();
        let milliseconds = |duration: Duration| duration.as_secs_f64() * 1000.0;
        Self {
            purpose: purpose(request.purpose).to_owned(),
            url: request.url,
            status,
            reason,
            sent_ago: milliseconds(sent.elapsed()),
            duration: milliseconds(ended.duration_since(sent)),
        }
    }
}

/// What a token that nobody has verified may show.
#[napi(object)]
pub struct NativeLabel {
    /// `jwt` or `opaque`.
    pub token_type: String,
    pub algorithm: Option<String>,
    /// At most 64 characters.
    pub kid: Option<String>,
}

#[napi]
pub fn token_label(token: String) -> NativeLabel {
    let label = label::read(&token);
    let token_type = if label.is_jwt { "jwt" } else { "opaque" };
    NativeLabel { token_type: token_type.to_owned(), algorithm: label.algorithm, kid: label.key_id }
}

#[napi]
impl NativeCore {
    /// Gets what validations will need.
    #[napi]
    pub fn start_ready(&self, settings: NativeSettings, now: f64) -> NativeFlow {
        self.start(Operation::Ready, settings, now)
    }

    /// The client's counters, as JSON text.
    #[napi]
    pub fn stats(&self, settings: NativeSettings, now: f64) -> String {
        let mut stats = self.core.stats.to_json();
        let documents = health::documents(&self.core, &Settings::from(settings), moment(now));
        stats.insert("documents".to_owned(), documents);
        serde_json::Value::from(stats).to_string()
    }

    /// How the client stands, as JSON text.
    #[napi]
    pub fn health(&self, settings: NativeSettings, now: f64) -> String {
        health::report(&self.core, &Settings::from(settings), moment(now)).to_string()
    }
}
