//! The process environment and how its texts are read.

use crate::text;

/// Where environment variables come from.
pub trait Environment {
    /// The variable by its full name, `MONOCLOUD_BACKEND_TENANT_DOMAIN` for one. Empty is not absent.
    fn get(&self, name: &str) -> Option<String>;
}

/// `true` and `false` in any case, with white space around; `None` for anything else, `1` too.
pub fn env_boolean(text: &str) -> Option<bool> {
    let text = text::trim(text);
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// The whole number a text starts with, as `parseInt(text, 10)` reads it (ECMA-262 section 19.2.5): `5abc` is 5,
/// `2000.9` is 2000. `None` when it starts with none.
pub fn env_number(text: &str) -> Option<f64> {
    let text = text::trim(text);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = unsigned.find(|c: char| !c.is_ascii_digit()).unwrap_or(unsigned.len());
    let magnitude: f64 = unsigned.get(..end)?.parse().ok()?;
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_spelled_out() {
        for text in ["true", "TRUE", " True\n", "\u{feff}true"] {
            assert_eq!(env_boolean(text), Some(true), "{text:?}");
        }
        for text in ["false", "FALSE", "\tfalse "] {
            assert_eq!(env_boolean(text), Some(false), "{text:?}");
        }
        for text in ["", " ", "1", "0", "yes", "no", "on", "truee", "t rue", "null"] {
            assert_eq!(env_boolean(text), None, "{text:?}");
        }
    }

    #[test]
    fn numbers_are_whole_and_end_at_the_first_other_character() {
        let rows = [
            ("5", 5.0),
            (" 5 ", 5.0),
            ("5abc", 5.0),
            ("2000.9", 2000.0),
            ("-5", -5.0),
            ("+5", 5.0),
            ("007", 7.0),
            ("0x10", 0.0),
            ("1e3", 1.0),
            ("1_000", 1.0),
            ("5 6", 5.0),
            ("\u{feff}8", 8.0),
            ("100000000000000000000", 1e20),
        ];
        for (text, number) in rows {
            assert_eq!(env_number(text), Some(number), "{text:?}");
        }
        assert_eq!(env_number(&"9".repeat(400)), Some(f64::INFINITY));
        for text in ["", " ", "x", "x5", "-", "+", "--5", "- 5", ".5", "Infinity", "NaN", "٣"] {
            assert_eq!(env_number(text), None, "{text:?}");
        }
    }
}
