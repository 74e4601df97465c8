//! The one JSON reader. It agrees with `JSON.parse` on every text it accepts (the last of duplicate names wins, numbers
//! round as IEEE 754 doubles) and refuses what the two could see differently: invalid UTF-8, lone surrogates, numbers
//! beyond a double, nesting deeper than 127.

use serde_json::{Map, Value};

pub type Object = Map<String, Value>;

/// What a text holds.
pub enum Document {
    Object(Object),
    /// Valid JSON, but an array or a primitive.
    Other,
    Malformed,
}

pub fn read(text: &[u8]) -> Document {
    match serde_json::from_slice::<Value>(text) {
        Ok(Value::Object(object)) => Document::Object(object),
        Ok(_) => Document::Other,
        Err(_) => Document::Malformed,
    }
}

/// ECMAScript's ToBoolean, for checks that the published SDK words as "if present".
pub fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(bool) => *bool,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_readers_could_see_differently_is_refused() {
        for text in [
            &b"{\"a\":\"\\ud800\"}"[..],
            b"{\"a\":\"\\udc00\\ud800\"}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":1e400}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":1,}",
            b"{\"a\":01}",
            b"{} x",
            b"",
        ] {
            assert!(matches!(read(text), Document::Malformed), "{:?}", String::from_utf8_lossy(text));
        }
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(matches!(read(deep.as_bytes()), Document::Malformed));
    }

    #[test]
    fn the_last_duplicate_wins_and_proto_is_a_name() {
        let Document::Object(object) = read(br#"{"a":1,"__proto__":{"b":2},"a":3}"#) else { panic!("an object") };
        assert_eq!(object.get("a"), Some(&Value::from(3)));
        assert!(object.get("b").is_none() && object.contains_key("__proto__"));
        assert!(matches!(read(b"[]"), Document::Other) && matches!(read(b"null"), Document::Other));
    }
}
