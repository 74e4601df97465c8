//! The decision core through its public modules: tables of cases, scripts of the flow machine, properties, vectors.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that meets the unexpected has failed"
)]

mod access;
mod answer;
mod cache_entry;
mod certificate;
mod claims;
mod confirmation;
mod direct;
mod documents;
mod flow;
mod key_choice;
mod key_material;
mod properties;
mod pss_salt;
mod signatures;
mod support;
mod token_form;
mod vectors;
