//! What operators may see of a token that nobody has verified: its form, its algorithm and its key.

use crate::jose::{compact, header};
use serde_json::Value;

/// Longer key ids are cut, in characters.
const MAX_KEY_ID: usize = 64;
/// No registered algorithm has a longer name (RFC 7518 section 7.1).
const MAX_ALGORITHM: usize = 32;

pub struct Label {
    /// Three segments, whatever they hold.
    pub is_jwt: bool,
    /// Only what has the form of an algorithm's name.
    pub algorithm: Option<String>,
    pub key_id: Option<String>,
}

pub fn read(token: &str) -> Label {
    let split = compact::split(token).filter(|_| token.len() <= compact::MAX_TOKEN);
    let header = split.and_then(|token| header::parse(token.header).ok());
    let text = |name: &str| header.as_ref().and_then(|header| header.get(name)).and_then(Value::as_str);
    let algorithm = text("alg").filter(|name| is_name(name)).map(str::to_owned);
    let key_id = text("kid").map(|kid| kid.chars().take(MAX_KEY_ID).collect());
    Label { is_jwt: split.is_some(), algorithm, key_id }
}

fn is_name(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.');
    !text.is_empty() && text.len() <= MAX_ALGORITHM && text.bytes().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64_simd::URL_SAFE_NO_PAD;

    fn label_of(header: &str) -> Label {
        read(&format!("{}.e30.AA", URL_SAFE_NO_PAD.encode_to_string(header)))
    }

    #[test]
    fn shows_no_more_than_a_name_and_the_start_of_a_key_id() {
        let label = label_of(&format!(r#"{{"alg":"ES256","kid":"{}"}}"#, "é".repeat(100)));
        assert_eq!(label.algorithm.as_deref(), Some("ES256"));
        assert_eq!(label.key_id, Some("é".repeat(64)));
        let label = label_of(r#"{"alg":"no name","kid":7}"#);
        assert!(label.is_jwt && label.algorithm.is_none() && label.key_id.is_none());
        assert!(!read("opaque").is_jwt);
    }
}
