//! Options that are wrong.

/// The first option that is wrong: nothing is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionError {
    pub message: String,
    /// A TypeError in JavaScript, else an Error.
    pub is_type_error: bool,
}
