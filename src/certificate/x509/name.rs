//! Distinguished names (RFC 5280 section 4.1.2.4).

use super::attribute_type::AttributeType;
use super::text;
use crate::certificate::der::{self, Element, OBJECT_IDENTIFIER, Reader, SEQUENCE, SET};

/// A distinguished name: its attributes in the order of the DER, most significant first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    attributes: Vec<Attribute>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub kind: AttributeType,
    /// The text, whatever string type carries it. `#` and the DER in hexadecimal (RFC 4514 section 2.4) where the value
    /// is no character string.
    pub value: String,
    /// Whether the value is a character string.
    pub is_text: bool,
    /// `#` and the DER in hexadecimal, where the value is no character string or the type has no short name.
    pub(super) hexadecimal: Option<Box<str>>,
    /// Whether it belongs to the same relative distinguished name as the attribute before it.
    pub continues: bool,
}

impl Name {
    /// The content of the outer SEQUENCE. Refused: empty sets, strings that are not well-formed.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let sets = der::each(content, |set| {
            let attributes = der::each(set.content, Attribute::read)?;
            (set.tag == SET && !attributes.is_empty()).then_some(attributes)
        })?;
        let attributes = sets.into_iter().flat_map(|set| {
            set.into_iter().enumerate().map(|(at, attribute)| Attribute { continues: at > 0, ..attribute })
        });
        Some(Self { attributes: attributes.collect() })
    }

    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// Every value of the attributes with this key: `CN`, or the dotted decimal of a type that has no short name.
    pub fn values<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |attribute: &&Attribute| match attribute.kind.short_name() {
            Some(name) => name == key,
            None => attribute.kind.oid() == key,
        };
        self.attributes.iter().filter(named).map(|attribute| attribute.value.as_str())
    }

    /// RFC 5280 section 7.1: the same attributes in the same sets; letters of ASCII in any case, runs of white space as
    /// one space, none around a value.
    pub fn matches(&self, other: &Self) -> bool {
        self.attributes.len() == other.attributes.len()
            && self.attributes.iter().zip(&other.attributes).all(|(one, other)| one.matches(other))
    }
}

impl Attribute {
    fn read(element: Element<'_>) -> Option<Self> {
        let mut reader = Reader::new((element.tag == SEQUENCE).then_some(element.content)?);
        let kind = AttributeType::new(reader.take(OBJECT_IDENTIFIER)?)?;
        let value = reader.element()?;
        reader.end()?;
        let text = text::read(value.tag, value.content)?;
        let is_text = text.is_some();
        let hexadecimal = (!is_text || kind.short_name().is_none()).then(|| format!("#{}", text::hex(value.whole)));
        let value = text.or_else(|| hexadecimal.clone())?;
        Some(Self { kind, value, is_text, hexadecimal: hexadecimal.map(Into::into), continues: false })
    }

    fn matches(&self, other: &Self) -> bool {
        (&self.kind, self.is_text, self.continues) == (&other.kind, other.is_text, other.continues)
            && words(&self.value).eq(words(&other.value))
    }
}

fn words(value: &str) -> impl Iterator<Item = String> {
    value.split_ascii_whitespace().map(str::to_ascii_lowercase)
}
