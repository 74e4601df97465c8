//! The Node-API door: conversions, no rules.

mod client;
mod failure;
mod flow;
mod functions;
mod step;
mod transport;
mod value;

use crate::error::{Failure, Reason};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A panic becomes a failure of ours; it never crosses into Node and is never the token's fault.
fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Reason::Internal.into()))
}
