//! A decoded segment, without an allocation unless it is long.

use super::base64url;

pub struct Octets<const SIZE: usize> {
    here: [u8; SIZE],
    length: usize,
    elsewhere: Option<Vec<u8>>,
}

impl<const SIZE: usize> Default for Octets<SIZE> {
    fn default() -> Self {
        Self { here: [0; SIZE], length: 0, elsewhere: None }
    }
}

impl<const SIZE: usize> Octets<SIZE> {
    /// As [`base64url::decode`].
    pub fn decode(segment: &str) -> Option<Self> {
        let mut octets = Self::default();
        octets.fill(segment)?;
        Some(octets)
    }

    /// As [`base64url::decode`], in the place of what is here.
    pub fn fill(&mut self, segment: &str) -> Option<&[u8]> {
        if segment.len() / 4 * 3 + 2 <= SIZE {
            self.elsewhere = None;
            self.length = base64url::decode_to(segment.as_bytes(), &mut self.here)?;
        } else {
            self.elsewhere = Some(base64url::decode(segment.as_bytes())?);
        }
        Some(self.as_slice())
    }

    pub fn as_slice(&self) -> &[u8] {
        match &self.elsewhere {
            Some(octets) => octets,
            None => self.here.get(..self.length).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_segments() {
        for length in 0..40 {
            let octets = vec![length as u8; length];
            let segment = base64url::encode(&octets);
            let decoded = Octets::<16>::decode(&segment).unwrap();
            assert_eq!(decoded.as_slice(), octets);
            assert_eq!(decoded.elsewhere.is_some(), segment.len() / 4 * 3 + 2 > 16);
            assert!(Octets::<16>::decode(&format!("{segment}=")).is_none());
        }
    }
}
