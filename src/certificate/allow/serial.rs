//! Serial numbers (RFC 5280 section 4.1.2.2), in hexadecimal without leading zeros.

use crate::text::is_white_space;

pub struct Serials(Vec<String>);

/// Digits of the longest serial number that is looked at. RFC 5280 allows 20 octets.
const MAX_DIGITS: usize = 128;

/// A text of decimal digits alone is hexadecimal, as certificates are printed. From this length on, where no two serial
/// numbers of one issuer can be meant, it stands for the decimal number too.
const DECIMAL_FROM: usize = 17;

/// 2^53 - 1: beyond it a JavaScript number is not the one that was written.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

impl Serials {
    pub fn compile(name: &str, texts: &[String]) -> Result<Self, String> {
        let wrong = |index| format!("{name} needs serial numbers in hexadecimal; entry {index} is none");
        let mut serials = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            serials.push(normalize(text).ok_or_else(|| wrong(index))?);
            serials.extend(from_long_decimal(text));
        }
        Ok(Self(serials))
    }

    pub fn admit(&self, presented: &str) -> bool {
        normalize(presented).is_some_and(|serial| self.0.contains(&serial))
    }
}

/// A JavaScript number says its value, whatever the base it was written in.
pub fn from_number(number: f64) -> Option<String> {
    let is_serial = number.fract() == 0.0 && (0.0..=MAX_SAFE_INTEGER).contains(&number);
    is_serial.then(|| format!("0x{:X}", number as u64))
}

/// Upper-case digits; colons, spaces, `0x` and leading zeros are gone, the sign of a negative number stays.
fn normalize(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| *c != ':' && !is_white_space(*c)).collect();
    let (sign, text) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    if digits.is_empty() || digits.len() > MAX_DIGITS || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    match digits.trim_start_matches('0') {
        "" => Some("0".to_owned()),
        digits => Some(format!("{sign}{}", digits.to_ascii_uppercase())),
    }
}

fn from_long_decimal(text: &str) -> Option<String> {
    let text = text.trim_matches(is_white_space);
    if text.len() < DECIMAL_FROM || !text.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // Least significant octet first.
    let mut octets: Vec<u8> = Vec::new();
    for digit in text.bytes() {
        let mut carry = u32::from(digit - b'0');
        for octet in &mut octets {
            carry += u32::from(*octet) * 10;
            *octet = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            octets.push(carry as u8);
        }
    }
    let hexadecimal: String = octets.iter().rev().map(|octet| format!("{octet:02X}")).collect();
    normalize(&hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::from_number;
    use crate::certificate::allow::tests::{compiled, list};
    use crate::certificate::allow::{AllowList, Kind};
    use crate::config::Value;

    fn admits(entry: &str, presented: &str) -> bool {
        compiled(Kind::Serials, &[entry]).admits(&[presented.to_owned()], &[])
    }

    #[test]
    fn any_spelling_of_the_same_number_matches() {
        for entry in ["01AB", "1ab", "0x1AB", "0X01ab", "01:AB", " 00 01 ab "] {
            assert!(admits(entry, "01AB"), "{entry}");
            assert!(admits(entry, "1AB"), "{entry}");
        }
        assert!(admits("00", "0"));
        assert!(admits("-0a", "-0A"));
        assert!(!admits("-0a", "0A"));
        assert!(!admits("1AB0", "1AB"));
        for presented in ["", "0x", "svc", "1AB\0"] {
            assert!(!admits("1AB", presented), "{presented:?}");
        }
    }

    #[test]
    fn a_long_decimal_number_counts_and_a_short_one_is_hexadecimal() {
        // python3 -c 'print(0x3303E469F5FEDF775A24BD7DE848AF2307224A50)'
        assert!(admits("291245329205436610442852294488248775386559826512", "3303E469F5FEDF775A24BD7DE848AF2307224A50"));
        assert!(admits("18446744073709551615", "FFFFFFFFFFFFFFFF"));
        assert!(admits("18446744073709551615", "18446744073709551615"));
        assert!(admits("10", "10"));
        assert!(!admits("10", "0A"));
    }

    #[test]
    fn a_number_is_its_value() {
        let allowed = AllowList::compile(Kind::Serials, "allowSerial", &Value::Array(vec![Value::Number(10.0)]));
        assert!(allowed.is_ok_and(|allowed| allowed.admits(&["0A".to_owned()], &[])));
        for number in [-1.0, 0.5, f64::NAN, f64::INFINITY, 9_007_199_254_740_992.0] {
            assert_eq!(from_number(number), None);
        }
    }

    #[test]
    fn an_entry_that_is_no_serial_number_is_named() {
        for entry in ["svc-a", "0x", "1G", "--1", &"F".repeat(129)] {
            let message = AllowList::compile(Kind::Serials, "allowSerial", &list(&["01", entry])).err();
            assert!(message.is_some_and(|text| text.contains("entry 1")), "{entry}");
        }
    }
}
