//! The native core of `@monocloud/backend-node`: whether an OAuth access token is accepted, and why not.
//!
//! The way of a request: `bearer` → `jose::compact` → `jose::header` → `jose::jwks` → `jose::signature` → `claims` →
//! `confirmation` → `access` → `answer`. Opaque tokens turn off at `jose::compact`, meet `introspection` and rejoin at
//! `claims`. `flow` says what has to be fetched on the way; a driver fetches it.

pub mod access;
pub mod answer;
pub mod bearer;
pub mod cache_entry;
pub mod certificate;
pub mod claims;
pub mod client_auth;
pub mod config;
pub mod confirmation;
pub mod core;
pub mod decode;
pub mod document;
pub mod effect;
pub mod error;
pub mod flow;
pub mod health;
pub mod interval;
pub mod introspection;
pub mod jose;
pub mod json;
pub mod label;
pub mod memo;
pub mod memory_cache;
pub mod metadata;
pub mod pool;
pub mod random;
pub mod request;
pub mod stats;
pub mod supply;
pub mod text;
pub mod verdicts;

#[cfg(feature = "http")]
pub mod driver;

#[cfg(feature = "node")]
mod binding;
