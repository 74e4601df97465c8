//! The claims that a decision needs, read in one pass over the text without building anything. Accepts and refuses the
//! texts that [`crate::json::read`] does, and sees in them what [`super::Claims::check`] would see.

use super::{Date, Registered};
use crate::access::{GroupRule, Groups, Requirement, Scope};
use crate::confirmation::{Confirmation, THUMBPRINT, Thumbprint};
use crate::json;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What to look for.
#[derive(Clone, Copy)]
pub struct Question<'q> {
    audience: &'q str,
    rule: &'q GroupRule,
    groups: &'q [Option<String>],
}

/// What the text says about it.
pub struct Seen<'a, 'q> {
    question: Question<'q>,
    issuer: Value<'a>,
    subject: Value<'a>,
    audience: Value<'a>,
    expiration: Value<'a>,
    not_before: Value<'a>,
    scope: Value<'a>,
    groups: Value<'a>,
    confirmation: Value<'a>,
}

/// The text is not that of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Valid JSON, but an array or a primitive.
    Other,
    Malformed,
}

/// Names with a meaning of their own.
const REGISTERED: [&str; 10] = ["iss", "sub", "aud", "exp", "nbf", "scope", "cnf", "id", "name", THUMBPRINT];

impl<'q> Question<'q> {
    /// Nothing when this reader cannot tell: groups in a claim with another meaning, or more wanted than it counts.
    pub fn new(audience: &'q str, rule: &'q GroupRule, requirement: &'q Requirement) -> Option<Self> {
        let groups = requirement.groups.as_slice();
        let tells = groups.len() <= u64::BITS as usize && !REGISTERED.contains(&rule.claim.as_str());
        tells.then_some(Self { audience, rule, groups })
    }

    pub fn read<'a>(self, text: &'a str) -> Result<Seen<'a, 'q>, Fault> {
        // RFC 8259 section 2: the white space that may stand before a value.
        if !text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{') {
            let is_json = !matches!(json::read(text.as_bytes()), json::Document::Malformed);
            return Err(if is_json { Fault::Other } else { Fault::Malformed });
        }
        let mut seen = Seen {
            question: self,
            issuer: Value::Missing,
            subject: Value::Missing,
            audience: Value::Missing,
            expiration: Value::Missing,
            not_before: Value::Missing,
            scope: Value::Missing,
            groups: Value::Missing,
            confirmation: Value::Missing,
        };
        let mut reader = serde_json::Deserializer::from_str(text);
        let read = reader.deserialize_map(Claims(&mut seen));
        read.and_then(|()| reader.end()).map_err(|_| Fault::Malformed)?;
        Ok(seen)
    }

    /// The wanted groups that go by this name, as bits.
    fn named(&self, name: &str) -> u64 {
        let is_named = |wanted: &Option<String>| wanted.as_deref() == Some(name);
        self.groups
            .iter()
            .enumerate()
            .filter(|(_, wanted)| is_named(wanted))
            .fold(0, |held, (place, _)| held | 1 << place)
    }
}

impl Seen<'_, '_> {
    pub fn registered(&self) -> Registered<'_> {
        Registered {
            issuer: self.issuer.text(),
            subject_fits: match self.subject {
                Value::Missing | Value::Null | Value::Text(_) => true,
                Value::Bool(bool) => !bool,
                Value::Number(number) => number == 0.0,
                Value::Array(_) | Value::Object(_) => false,
            },
            names_audience: match &self.audience {
                Value::Array(elements) => elements.name_audience,
                audience => audience.text() == Some(self.question.audience),
            },
            expiration: self.expiration.date(),
            not_before: self.not_before.date(),
        }
    }

    pub fn scope(&self) -> Scope<'_> {
        match &self.scope {
            Value::Missing | Value::Null => Scope::Absent,
            Value::Text(text) => Scope::Text(text),
            _ => Scope::Malformed,
        }
    }

    pub fn groups(&self) -> Groups {
        let Value::Array(Elements { has_null, groups: held, .. }) = self.groups else { return Groups::Absent };
        let suffices = match self.question.rule.match_all {
            true => held.count_ones() as usize == self.question.groups.len(),
            false => held != 0,
        };
        Groups::List { has_null, suffices }
    }

    pub fn confirmation(&self) -> Confirmation<'_> {
        match &self.confirmation {
            Value::Missing | Value::Null => Confirmation::Absent,
            Value::Text(text) => Confirmation::read_text(text),
            Value::Object(members) => Confirmation::Members(match &members.thumbprint {
                Thumbprint::Absent => Thumbprint::Absent,
                Thumbprint::Text(text) => Thumbprint::Text(Cow::Borrowed(text)),
                Thumbprint::Other => Thumbprint::Other,
            }),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) => Confirmation::NotObject,
        }
    }
}

/// A value, as far as anybody looks into it.
enum Value<'a> {
    Missing,
    Null,
    Bool(bool),
    Number(f64),
    Text(Cow<'a, str>),
    Array(Elements),
    Object(Members<'a>),
}

#[derive(Clone, Copy, Default)]
struct Elements {
    name_audience: bool,
    has_null: bool,
    /// The wanted groups among them, as bits.
    groups: u64,
}

struct Members<'a> {
    thumbprint: Thumbprint<'a>,
    /// The wanted groups that go by `id` or `name`, as bits.
    groups: u64,
}

impl Value<'_> {
    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn date(&self) -> Date {
        match self {
            Self::Missing => Date::Absent,
            Self::Number(number) => Date::At(*number),
            _ => Date::Malformed,
        }
    }
}

/// Fills in the claims; the last of duplicate names wins.
struct Claims<'s, 'a, 'q>(&'s mut Seen<'a, 'q>);

impl<'de> Visitor<'de> for Claims<'_, 'de, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self(seen) = self;
        let question = seen.question;
        let value = |place| Reading { question: &question, place };
        while let Some(name) = members.next_key_seed(Naming(&question.rule.claim))? {
            let (slot, place) = match name {
                Name::Issuer => (&mut seen.issuer, Place::Elsewhere),
                Name::Subject => (&mut seen.subject, Place::Elsewhere),
                Name::Audience => (&mut seen.audience, Place::Audience),
                Name::Expiration => (&mut seen.expiration, Place::Elsewhere),
                Name::NotBefore => (&mut seen.not_before, Place::Elsewhere),
                Name::Scope => (&mut seen.scope, Place::Elsewhere),
                Name::Confirmation => (&mut seen.confirmation, Place::Confirmation),
                Name::Groups => (&mut seen.groups, Place::Groups),
                Name::Id | Name::Label | Name::Thumbprint | Name::Other => {
                    members.next_value_seed(value(Place::Elsewhere))?;
                    continue;
                }
            };
            *slot = members.next_value_seed(value(place))?;
        }
        Ok(())
    }
}

/// Where a value stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Audience,
    Groups,
    /// An element of the groups.
    Group,
    Confirmation,
    Elsewhere,
}

/// Reads any value, to its end.
#[derive(Clone, Copy)]
struct Reading<'q> {
    question: &'q Question<'q>,
    place: Place,
}

impl Reading<'_> {
    const fn at(self, place: Place) -> Self {
        Self { place, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for Reading<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reading<'_> {
    type Value = Value<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(bool))
    }

    #[expect(clippy::cast_precision_loss, reason = "a JSON number means the nearest double")]
    fn visit_i64<E>(self, number: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "a JSON number means the nearest double")]
    fn visit_u64<E>(self, number: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value<'de>, E> {
        Ok(Value::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value<'de>, A::Error> {
        let mut elements = Elements::default();
        let inner = self.at(if self.place == Place::Groups { Place::Group } else { Place::Elsewhere });
        while let Some(element) = sequence.next_element_seed(inner)? {
            match (self.place, element) {
                (Place::Audience, Value::Text(text)) => elements.name_audience |= text == self.question.audience,
                (Place::Groups, Value::Null) => elements.has_null = true,
                (Place::Groups, Value::Text(name)) => elements.groups |= self.question.named(&name),
                (Place::Groups, Value::Object(members)) => elements.groups |= members.groups,
                _ => {}
            }
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        let (mut id, mut label, mut thumbprint) = (0, 0, Thumbprint::Absent);
        while let Some(name) = map.next_key_seed(Naming(&self.question.rule.claim))? {
            let value = map.next_value_seed(self.at(Place::Elsewhere))?;
            let named = || value.text().map_or(0, |name| self.question.named(name));
            match (self.place, name) {
                (Place::Group, Name::Id) => id = named(),
                (Place::Group, Name::Label) => label = named(),
                (Place::Confirmation, Name::Thumbprint) => {
                    thumbprint = match value {
                        Value::Text(text) => Thumbprint::Text(text),
                        _ => Thumbprint::Other,
                    }
                }
                _ => {}
            }
        }
        Ok(Value::Object(Members { thumbprint, groups: id | label }))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Issuer,
    Subject,
    Audience,
    Expiration,
    NotBefore,
    Scope,
    Confirmation,
    Groups,
    Id,
    Label,
    Thumbprint,
    Other,
}

/// Reads a name; the claim that holds the groups has one of its own.
struct Naming<'q>(&'q str);

impl<'de> DeserializeSeed<'de> for Naming<'_> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Naming<'_> {
    type Value = Name;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(match name {
            "iss" => Name::Issuer,
            "sub" => Name::Subject,
            "aud" => Name::Audience,
            "exp" => Name::Expiration,
            "nbf" => Name::NotBefore,
            "scope" => Name::Scope,
            "cnf" => Name::Confirmation,
            "id" => Name::Id,
            "name" => Name::Label,
            THUMBPRINT => Name::Thumbprint,
            name if name == self.0 => Name::Groups,
            _ => Name::Other,
        })
    }
}
