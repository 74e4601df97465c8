//! What a client says of itself when an operation starts.

use crate::claims::{Clock, Expected};
use crate::core::Core;
use crate::document::Kind;
use crate::supply::Rules;

/// Which public methods are not the class's own.
#[derive(Clone, Copy, Default)]
pub struct Overrides {
    pub get_metadata: bool,
    pub get_jwks: bool,
    pub validate_jwt: bool,
    pub introspect: bool,
    pub check_claims: bool,
    pub check_binding: bool,
}

/// Which functions the application supplied.
#[derive(Clone, Copy, Default)]
pub struct Supplied {
    pub metadata_resolver: bool,
    pub jwks_resolver: bool,
    pub cache: bool,
}

/// What a client's protected members say at the start of an operation.
#[derive(Clone, Copy)]
pub struct Settings {
    pub overrides: Overrides,
    pub supplied: Supplied,
    /// Requests go over the native transport.
    pub native: bool,
    pub clock_skew: f64,
    pub clock_tolerance: f64,
    /// Seconds.
    pub metadata_cache_duration: f64,
    /// Seconds.
    pub jwks_cache_duration: f64,
    /// Milliseconds, for the text of a timeout.
    pub response_timeout: f64,
}

impl Settings {
    /// For decisions that need nothing but the clock.
    pub fn of_clock(clock_skew: f64, clock_tolerance: f64) -> Self {
        Self {
            overrides: Overrides::default(),
            supplied: Supplied::default(),
            native: false,
            clock_skew,
            clock_tolerance,
            metadata_cache_duration: 0.0,
            jwks_cache_duration: 0.0,
            response_timeout: 0.0,
        }
    }

    pub fn rules(&self, core: &Core, kind: Kind) -> Rules {
        let duration = match kind {
            Kind::Metadata => self.metadata_cache_duration,
            Kind::Jwks => self.jwks_cache_duration,
        };
        Rules { duration, stale: core.jwks_stale_duration, cooldown: core.jwks_cooldown_duration }
    }

    pub fn expected<'a>(&self, core: &'a Core, now: f64) -> Expected<'a> {
        Expected { issuer: &core.issuer, audience: &core.audience, clock: self.clock(now) }
    }

    pub const fn clock(&self, now: f64) -> Clock {
        Clock { now, skew: self.clock_skew, tolerance: self.clock_tolerance }
    }
}
