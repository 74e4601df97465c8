//! Where signatures are checked: on the thread that asks, or on a pool that the whole process shares.

pub mod policy;
mod queue;
mod threads;

pub use queue::{Bell, Job};
pub use threads::Pool;
