//! Texts that stand for numbers in options, as the published SDK converts them.

use crate::text;

/// The largest whole number below which every whole number is a double: `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE: f64 = 9_007_199_254_740_991.0;

/// Why a number is refused before its range is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    NotANumber,
    Infinite,
    Unsafe,
}

impl NumberError {
    pub const fn problem(self) -> &'static str {
        match self {
            Self::NotANumber => "must be a number",
            Self::Infinite => "cannot be infinity",
            Self::Unsafe => "must be a safe number",
        }
    }
}

pub fn check(number: f64) -> Result<f64, NumberError> {
    if number.is_nan() {
        Err(NumberError::NotANumber)
    } else if number.is_infinite() {
        Err(NumberError::Infinite)
    } else if number.abs() > MAX_SAFE {
        Err(NumberError::Unsafe)
    } else {
        Ok(number)
    }
}

/// A decimal number with optional sign, fraction and exponent, white space around it allowed. A text that a double
/// cannot hold to the last digit is unsafe.
pub fn parse(text: &str) -> Result<f64, NumberError> {
    let text = text::trim(text);
    let written = Decimal::parse(text).ok_or(NumberError::NotANumber)?;
    let number: f64 = text.parse().map_err(|_| NumberError::NotANumber)?;
    let held = Decimal::parse(&format!("{number:e}")).ok_or(NumberError::Unsafe)?;
    if held != written {
        return Err(NumberError::Unsafe);
    }
    // Minus zero becomes zero.
    check(number + 0.0)
}

/// The value of a decimal text: digits without zeros at either end, and the power of ten of the first of them.
#[derive(PartialEq)]
struct Decimal {
    negative: bool,
    digits: String,
    power: i64,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Some(Self { negative: false, digits: String::new(), power: 0 });
        }
        let leading = i64::try_from(digits.len() - significant.len()).ok()?;
        let power = exponent.saturating_add(i64::try_from(whole.len()).ok()?).saturating_sub(leading);
        let significant = significant.trim_end_matches('0').to_owned();
        Some(Self { negative: text.starts_with('-'), digits: significant, power })
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let magnitude = digits.parse().unwrap_or(i64::MAX);
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_texts_convert() {
        let rows = [
            ("5", 5.0),
            (" 5 ", 5.0),
            ("\t\u{a0}5\u{feff}\n", 5.0),
            ("1.5", 1.5),
            ("1.50", 1.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("+5", 5.0),
            ("-5", -5.0),
            ("00012", 12.0),
            ("1e3", 1000.0),
            ("1E+3", 1000.0),
            ("1e-3", 0.001),
            ("10e2", 1000.0),
            ("1.e3", 1000.0),
            ("0", 0.0),
            ("-0", 0.0),
            ("0e5", 0.0),
            ("9007199254740991", MAX_SAFE),
            ("9.007199254740991e15", MAX_SAFE),
        ];
        for (text, number) in rows {
            assert_eq!(parse(text), Ok(number), "{text:?}");
        }
    }

    #[test]
    fn other_texts_do_not() {
        let texts = [
            "",
            " ",
            "x",
            "5abc",
            "0x10",
            "0b1",
            "1_000",
            "1,000",
            "Infinity",
            "-Infinity",
            "inf",
            "nan",
            "NaN",
            "1e",
            "e5",
            ".",
            "+",
            "--5",
            "5 5",
            "5e3.5",
            "٣",
            "true",
        ];
        for text in texts {
            assert_eq!(parse(text), Err(NumberError::NotANumber), "{text:?}");
        }
    }

    #[test]
    fn numbers_beyond_a_double_are_unsafe() {
        let texts = [
            "9007199254740992",
            "-9007199254740992",
            "9007199254740993",
            "1e20",
            "1e400",
            "-1e400",
            "1e-400",
            "1e99999999999999999999",
            "1.0000000000000000000001",
            "123456789012345.678",
        ];
        for text in texts {
            assert_eq!(parse(text), Err(NumberError::Unsafe), "{text:?}");
        }
        assert_eq!(check(1e20), Err(NumberError::Unsafe));
        assert_eq!(check(f64::NEG_INFINITY), Err(NumberError::Infinite));
        assert_eq!(check(f64::NAN), Err(NumberError::NotANumber));
        assert_eq!(check(-MAX_SAFE), Ok(-MAX_SAFE));
    }
}
