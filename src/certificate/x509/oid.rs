//! OBJECT IDENTIFIER (X.690 section 8.19).

use std::fmt::Write;

/// Every arc ends, none starts with a padding octet, and each fits 128 bits (a UUID does).
pub fn is_well_formed(content: &[u8]) -> bool {
    arcs(content).is_some()
}

/// Dotted decimal; empty where it is not well-formed.
pub fn text(content: &[u8]) -> String {
    let Some(arcs) = arcs(content) else { return String::new() };
    let mut text = String::new();
    for (at, arc) in arcs.into_iter().enumerate() {
        // The first two arcs share one number: the first is 0, 1 or 2, and only below 2 the second is bounded.
        let _ = match (at, arc) {
            (0, 0..80) => write!(text, "{}.{}", arc / 40, arc % 40),
            (0, _) => write!(text, "2.{}", arc - 80),
            _ => write!(text, ".{arc}"),
        };
    }
    text
}

fn arcs(content: &[u8]) -> Option<Vec<u128>> {
    let mut arcs = Vec::new();
    let mut arc: Option<u128> = None;
    for octet in content {
        if arc.is_none() && *octet == 0x80 {
            return None;
        }
        let number = arc.unwrap_or_default().checked_mul(0x80)? | u128::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            arcs.push(number);
            arc = None;
        } else {
            arc = Some(number);
        }
    }
    (arc.is_none() && !arcs.is_empty()).then_some(arcs)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn dotted_decimal() {
        for (content, dotted) in [
            (&[0x2b][..], "1.3"),
            (&[0x55, 4, 0x81, 0x48], "2.5.4.200"),
            (&[0x88, 0x37, 1], "2.999.1"),
            (&[0x7f, 0x7f], "2.47.127"),
            (&[], ""),
            (&[0x80, 1], ""),
            (&[0x55, 0x84], ""),
        ] {
            assert_eq!(text(content), dotted, "{content:?}");
        }
        let uuid = [&[0x69, 0x83][..], &[0xff; 17], &[0x7f]].concat();
        assert_eq!(text(&uuid), format!("2.25.{}", u128::MAX));
        assert_eq!(text(&[&[0x69, 0x84][..], &[0xff; 17], &[0x7f]].concat()), "");
    }
}
