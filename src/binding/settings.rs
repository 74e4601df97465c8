//! What a client's members say when an operation starts.

use crate::flow::{Overrides, Settings, Supplied};
use napi_derive::napi;

/// What a client's protected members say when an operation starts.
#[napi(object)]
pub struct NativeSettings {
    /// Bit set of methods that are not the class's own: 1 getMetadata, 2 getJwks, 4 validateJwtAccessToken,
    /// 8 introspectAccessToken, 16 validateAccessTokenClaims, 32 validateCertificateBinding.
    pub overrides: u32,
    /// Bit set of functions that the application supplied: 1 metadataResolver, 2 jwksResolver, 4 cache.
    pub supplied: u32,
    /// Requests go over the native transport.
    pub native: bool,
    pub clock_skew: f64,
    pub clock_tolerance: f64,
    pub metadata_cache_duration: f64,
    pub jwks_cache_duration: f64,
    pub response_timeout: f64,
}

impl From<NativeSettings> for Settings {
    fn from(settings: NativeSettings) -> Self {
        let overridden = |bit: u32| settings.overrides & bit != 0;
        let supplied = |bit: u32| settings.supplied & bit != 0;
        Self {
            overrides: Overrides {
                get_metadata: overridden(1),
                get_jwks: overridden(2),
                validate_jwt: overridden(4),
                introspect: overridden(8),
                check_claims: overridden(16),
                check_binding: overridden(32),
            },
            supplied: Supplied { metadata_resolver: supplied(1), jwks_resolver: supplied(2), cache: supplied(4) },
            native: settings.native,
            clock_skew: settings.clock_skew,
            clock_tolerance: settings.clock_tolerance,
            metadata_cache_duration: settings.metadata_cache_duration,
            jwks_cache_duration: settings.jwks_cache_duration,
            response_timeout: settings.response_timeout,
        }
    }
}
