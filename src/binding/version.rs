//! Which release this addon belongs to.

use napi_derive::napi;

/// The version of the package that this addon was built with; the loader takes no other.
#[napi]
pub const fn core_version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
