//! What the tenant has told us: one document each of metadata and keys, when they are used, refreshed and asked for
//! again, and who asks. Decisions only: time is passed in, and whoever leads a fetch performs it elsewhere.

mod backoff;
mod moment;
mod pending;
mod shelf;
mod tenant;

pub use moment::Moment;
pub use pending::{Lead, Pending, Wait};
pub use shelf::{Condition, Demand, Fetch, Freshness, Ready, Rules, Shelf, Supply, generation};
pub use tenant::{Answer, Ask, Introspections, Tenant, Turn};

#[cfg(test)]
mod tests;
