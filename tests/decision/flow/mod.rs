//! Scripts of the flow machine: which effects an operation has, and how it ends.

mod cache;
mod documents;
mod illegal;
mod introspection;
mod jwt;
mod overrides;
