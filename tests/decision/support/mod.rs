//! Keys, tokens, a tenant and scripts for the tests.

pub mod keys;
pub mod script;
pub mod tenant;
pub mod token;
