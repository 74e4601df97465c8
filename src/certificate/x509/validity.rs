//! The dates of a certificate (RFC 5280 section 4.1.2.5).

use crate::certificate::der::Element;
use x509_parser::asn1_rs::FromDer;
use x509_parser::time::ASN1Time;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    Valid,
    Expired,
    NotYetValid,
}

impl Validity {
    /// Times in seconds since the epoch.
    pub fn at(not_before: i64, not_after: i64, now_s: f64, tolerance_s: f64) -> Self {
        // The last second counts to its end.
        if now_s - tolerance_s >= not_after as f64 + 1.0 {
            Self::Expired
        } else if now_s + tolerance_s >= not_before as f64 {
            Self::Valid
        } else {
            // A clock that is not a number included.
            Self::NotYetValid
        }
    }

    /// The reason of a refusal.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Valid => None,
            Self::Expired => Some("certificate_expired"),
            Self::NotYetValid => Some("certificate_not_yet_valid"),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Time(ASN1Time);

impl Time {
    /// `UTCTime` with two digits for the years 1950 to 2049, `GeneralizedTime` with four; to the second, in UTC.
    pub(super) fn read(element: Element<'_>) -> Option<Self> {
        let digits = match element.tag {
            0x17 => 12,
            0x18 => 14,
            _ => return None,
        };
        let (last, number) = element.content.split_last()?;
        let plain = *last == b'Z' && number.len() == digits && number.iter().all(u8::is_ascii_digit);
        let (_, time) = ASN1Time::from_der(plain.then_some(element.whole)?).ok()?;
        Some(Self(time))
    }

    pub fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// `Nov  2 17:43:53 2026 GMT`, as OpenSSL prints it.
    pub fn text(self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let time = self.0.to_datetime();
        let month = MONTHS.get(usize::from(u8::from(time.month())).wrapping_sub(1)).copied().unwrap_or_default();
        format!(
            "{month} {:2} {:02}:{:02}:{:02} {} GMT",
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
            time.year()
        )
    }
}
