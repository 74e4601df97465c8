//! The Node-API door: conversions, no rules.

mod allow_list;
mod certificate;
mod certificate_requirement;
mod certificate_source;
mod checks;
mod client;
mod diagnostics;
mod documents;
mod failure;
mod flow;
mod functions;
mod memory_cache;
mod offload;
mod options;
mod registry;
mod settings;
mod step;
mod token_text;
mod transport;
mod trust_anchors;
mod validation;
mod value;
mod version;

use crate::error::{Failure, Reason};
use crate::supply::Moment;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;
use std::time::Instant;

/// A panic becomes a failure of ours; it never crosses into Node and is never the token's fault.
fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(Reason::Internal.into()))
}

/// `now` is `Math.floor(Date.now() / 1000)`, from JavaScript; the steady clock is the process's own.
fn moment(now: f64) -> Moment {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    Moment { wall: now, steady: START.elapsed().as_secs_f64() }
}
