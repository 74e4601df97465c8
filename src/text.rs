//! White space as ECMAScript sees it (ECMA-262 sections 12.2 and 12.3): what `trim()` removes and `\s` splits on.

/// `\s` of a regular expression.
pub const fn is_white_space(c: char) -> bool {
    matches!(
        c,
        '\u{9}'..='\u{d}' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}'
            | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}'
    )
}

/// `String.prototype.trim`.
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_white_space)
}

/// Nothing but white space.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_white_space)
}

/// The words of a text: `trim().split(/\s+/)` without the empty word of an empty text.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_white_space).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_that_of_ecmascript() {
        for c in ['\t', '\n', '\u{b}', '\u{c}', '\r', ' ', '\u{a0}', '\u{feff}', '\u{2028}'] {
            assert!(is_white_space(c), "{:x}", u32::from(c));
        }
        for c in ['\u{85}', '\u{180e}', '\u{200b}', 'a'] {
            assert!(!is_white_space(c), "{:x}", u32::from(c));
        }
        assert_eq!(trim("\u{feff} a b\u{a0}"), "a b");
        assert_eq!(words(" a\u{a0}\tb ").collect::<Vec<_>>(), ["a", "b"]);
        assert!(is_blank("") && is_blank(" \u{3000}") && !is_blank("\u{85}"));
    }
}
