//! Metadata and keys, as a client's methods and protected members reach them.

use super::client::NativeCore;
use super::failure::NativeFailure;
use super::flow::NativeFlow;
use super::guarded;
use super::settings::NativeSettings;
use crate::document::{Document, Kind};
use crate::flow::{self, Operation, Settings};
use crate::supply::Demand;
use napi::bindgen_prelude::Either;
use napi_derive::napi;

#[napi]
impl NativeCore {
    /// `getMetadata` (`metadata`) or `getJwks` (`jwks`).
    #[napi]
    pub fn start_document(&self, jwks: bool, force: bool, settings: NativeSettings, now: f64) -> NativeFlow {
        let demand = Demand::Caller { force };
        self.start(Operation::Document { kind: kind(jwks), demand }, settings, now)
    }

    /// A refresh ahead of expiry, or of what is stale, that nobody waits for.
    #[napi]
    pub fn start_refresh(&self, jwks: bool, settings: NativeSettings, now: f64) -> NativeFlow {
        self.start(Operation::Document { kind: kind(jwks), demand: Demand::Ahead }, settings, now)
    }

    /// JSON text of the document that is held, fresh or not.
    #[napi]
    pub fn stored_document(&self, jwks: bool, settings: NativeSettings) -> Option<String> {
        self.stored(jwks, settings).map(|(document, _)| document.text.to_string())
    }

    /// When the held document expires, in seconds since the epoch; 0 without one.
    #[napi]
    pub fn stored_expiry(&self, jwks: bool, settings: NativeSettings) -> f64 {
        self.stored(jwks, settings).map_or(0.0, |(_, expiry)| expiry)
    }

    /// Replaces the held document, or forgets it; false when the text is no such document.
    #[napi]
    pub fn store_document(&self, jwks: bool, text: Option<String>, expiry: f64, settings: NativeSettings) -> bool {
        let document = text.as_deref().map(|text| Document::parse(kind(jwks), text));
        if let Some(None) = document {
            return false;
        }
        self.core.tenant(settings.native).shelf(kind(jwks)).hold(document.flatten(), expiry);
        true
    }

    /// The URL of an endpoint in metadata, which is JSON text.
    #[napi]
    pub fn resolve_endpoint(&self, metadata: String, name: String) -> Either<String, NativeFailure> {
        match guarded(|| self.core.endpoint(&flow::read_metadata(Some(&metadata))?, &name)) {
            Ok(url) => Either::A(url),
            Err(failure) => Either::B(failure.into()),
        }
    }
}

impl NativeCore {
    fn stored(&self, jwks: bool, settings: NativeSettings) -> Option<(Document, f64)> {
        let settings = Settings::from(settings);
        let shelf = self.core.tenant(settings.native).shelf(kind(jwks));
        shelf.held(&settings.rules(&self.core, kind(jwks)))
    }
}

const fn kind(jwks: bool) -> Kind {
    if jwks { Kind::Jwks } else { Kind::Metadata }
}
