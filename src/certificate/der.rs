//! DER (X.690 section 10) read element by element: definite lengths in their shortest form, low tag numbers, and no
//! octet left over.

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OBJECT_IDENTIFIER: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

#[derive(Clone, Copy)]
pub struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    /// Tag and length included.
    pub whole: &'a [u8],
}

/// What is left of the content of a constructed element.
#[derive(Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub fn new(content: &'a [u8]) -> Self {
        Self(content)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn element(&mut self) -> Option<Element<'a>> {
        let whole = self.0;
        let (tag, rest) = whole.split_first()?;
        // Tag numbers above 30 take more octets; X.509 has none.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (length, rest) = length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Element { tag: *tag, content, whole: whole.get(..whole.len() - rest.len())? })
    }

    /// The content of the next element, which must have this tag.
    pub fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        Some(self.element().filter(|element| element.tag == tag)?.content)
    }

    /// The content of the next element if it has this tag; else nothing is read.
    pub fn take_if(&mut self, tag: u8) -> Option<Option<&'a [u8]>> {
        if self.0.first() == Some(&tag) { self.take(tag).map(Some) } else { Some(None) }
    }

    pub fn end(self) -> Option<()> {
        self.is_empty().then_some(())
    }
}

/// The content of the one element that the octets are.
pub fn only(octets: &[u8], tag: u8) -> Option<&[u8]> {
    let mut reader = Reader::new(octets);
    let content = reader.take(tag)?;
    reader.end()?;
    Some(content)
}

/// The elements of a constructed one, each read by `read`.
pub fn each<'a, T>(content: &'a [u8], mut read: impl FnMut(Element<'a>) -> Option<T>) -> Option<Vec<T>> {
    let mut reader = Reader::new(content);
    let mut items = Vec::new();
    while !reader.is_empty() {
        items.push(read(reader.element()?)?);
    }
    Some(items)
}

/// INTEGER in its shortest form: sign and magnitude without leading zeros.
pub fn integer(content: &[u8]) -> Option<(bool, Vec<u8>)> {
    let (first, rest) = content.split_first()?;
    let padded = rest.first().is_some_and(|second| matches!((first, second >> 7), (0x00, 0) | (0xff, 1)));
    if padded {
        return None;
    }
    let negative = first & 0x80 != 0;
    let mut magnitude = content.to_vec();
    if negative {
        let mut carry = true;
        for octet in magnitude.iter_mut().rev() {
            let (sum, over) = (!*octet).overflowing_add(u8::from(carry));
            (*octet, carry) = (sum, over);
        }
    }
    let zeros = magnitude.iter().take_while(|octet| **octet == 0).count();
    magnitude.drain(..zeros);
    Some((negative, magnitude))
}

/// BIT STRING: how many bits of the last octet are unused, and the octets.
pub fn bits(content: &[u8]) -> Option<(u8, &[u8])> {
    let (unused, octets) = content.split_first()?;
    (*unused == 0 || (*unused < 8 && !octets.is_empty())).then_some((*unused, octets))
}

/// BIT STRING of whole octets.
pub fn octets_of_bits(content: &[u8]) -> Option<&[u8]> {
    let (unused, octets) = bits(content)?;
    (unused == 0).then_some(octets)
}

fn length(octets: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = octets.split_first()?;
    if *first < 0x80 {
        return Some((usize::from(*first), rest));
    }
    let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
    // Four octets hold every length that is let in; 0x80 (indefinite) has no digits.
    if digits.len() > 4 || digits.first().is_none_or(|digit| *digit == 0) {
        return None;
    }
    let length = digits.iter().fold(0_usize, |length, digit| (length << 8) | usize::from(*digit));
    (length >= 0x80).then_some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::{Reader, integer, only};

    #[test]
    fn lengths_are_definite_and_shortest() {
        assert_eq!(only(&[4, 1, 7], 4), Some(&[7][..]));
        let long = [&[4, 0x81, 0x80][..], &[1; 0x80]].concat();
        assert_eq!(only(&long, 4).map(<[u8]>::len), Some(0x80));
        for octets in [
            &[][..],
            &[4],
            &[4, 1],
            &[4, 0x80, 0, 0],
            &[4, 0x81, 1, 7],
            &[4, 0x82, 0, 1, 7],
            &[4, 0x85, 0, 0, 0, 0, 1, 7],
            &[4, 0xff],
            &[4, 1, 7, 0],
            &[5, 1, 7],
        ] {
            assert_eq!(only(octets, 4), None, "{octets:?}");
        }
        assert!(Reader::new(&[0x1f, 0x81, 1, 0]).element().is_none());
    }

    #[test]
    fn integers_are_shortest_and_signed() {
        assert_eq!(integer(&[0]), Some((false, vec![])));
        assert_eq!(integer(&[0, 0x80]), Some((false, vec![0x80])));
        assert_eq!(integer(&[0x80]), Some((true, vec![0x80])));
        assert_eq!(integer(&[0xff, 0x00]), Some((true, vec![1, 0])));
        assert_eq!(integer(&[0xff]), Some((true, vec![1])));
        for content in [&[][..], &[0, 0], &[0, 0x7f], &[0xff, 0x80]] {
            assert_eq!(integer(content), None, "{content:?}");
        }
    }
}
