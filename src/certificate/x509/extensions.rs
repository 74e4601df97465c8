//! The extensions of a certificate that are read (RFC 5280 section 4.2).

use super::alternative_name::AlternativeName;
use super::oid;
use crate::certificate::der::{
    self, BIT_STRING, BOOLEAN, Element, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, Reader, SEQUENCE,
};

/// Certificates have about ten. Each is compared with all before it, which thousands would make slow.
const MAX_EXTENSIONS: usize = 64;

/// Each extension at most once; those read here well-formed.
#[derive(Debug, Default)]
pub struct Extensions {
    pub present: Vec<Presence>,
    pub key_usage: Option<KeyUsage>,
    pub alternative_names: Option<Vec<AlternativeName>>,
    pub basic_constraints: Option<BasicConstraints>,
    /// Object identifiers, as their DER content.
    pub ext_key_usage: Option<Vec<Box<[u8]>>>,
    pub info_access: Option<Vec<AccessDescription>>,
}

#[derive(Debug)]
pub struct Presence {
    /// The DER content of the OBJECT IDENTIFIER.
    pub oid: Box<[u8]>,
    pub critical: bool,
}

/// RFC 5280 section 4.2.1.9.
#[derive(Clone, Copy, Debug)]
pub struct BasicConstraints {
    pub ca: bool,
    pub path_len: Option<u64>,
}

/// The first octet of RFC 5280 section 4.2.1.3.
#[derive(Clone, Copy, Debug)]
pub struct KeyUsage(u8);

/// RFC 5280 section 4.2.2.1.
#[derive(Debug)]
pub struct AccessDescription {
    pub method: Box<[u8]>,
    pub location: AlternativeName,
}

impl Presence {
    /// Dotted decimal.
    pub fn dotted(&self) -> String {
        oid::text(&self.oid)
    }
}

pub const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 14];
pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
pub const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
pub const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 30];
pub const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 35];
pub const EXT_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
/// 1.3.6.1.5.5.7.1.1
pub const AUTHORITY_INFO_ACCESS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 1, 1];

impl Extensions {
    /// The content of the SEQUENCE of extensions.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let mut extensions = Self::default();
        der::each(content, |element| extensions.add(element))?;
        Some(extensions)
    }

    fn add(&mut self, element: Element<'_>) -> Option<()> {
        let mut reader = Reader::new((element.tag == SEQUENCE).then_some(element.content)?);
        let oid = reader.take(OBJECT_IDENTIFIER).filter(|oid| oid::is_well_formed(oid))?;
        let critical = reader.take_if(BOOLEAN)?.map_or(Some(false), boolean)?;
        let value = reader.take(OCTET_STRING)?;
        reader.end()?;
        // Section 4.2: at most one instance of an extension.
        if self.present.len() == MAX_EXTENSIONS || self.present.iter().any(|other| *other.oid == *oid) {
            return None;
        }
        match oid {
            SUBJECT_KEY_IDENTIFIER => {
                der::only(value, OCTET_STRING)?;
            }
            AUTHORITY_KEY_IDENTIFIER => {
                der::each(der::only(value, SEQUENCE)?, authority)?;
            }
            KEY_USAGE => self.key_usage = Some(KeyUsage::read(value)?),
            SUBJECT_ALT_NAME => {
                self.alternative_names = Some(der::each(der::only(value, SEQUENCE)?, AlternativeName::read)?);
            }
            BASIC_CONSTRAINTS => self.basic_constraints = Some(BasicConstraints::read(value)?),
            EXT_KEY_USAGE => self.ext_key_usage = Some(der::each(der::only(value, SEQUENCE)?, purpose)?),
            AUTHORITY_INFO_ACCESS => {
                self.info_access = Some(der::each(der::only(value, SEQUENCE)?, AccessDescription::read)?);
            }
            _ => {}
        }
        self.present.push(Presence { oid: oid.into(), critical });
        Some(())
    }
}

impl BasicConstraints {
    fn read(value: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(der::only(value, SEQUENCE)?);
        let ca = reader.take_if(BOOLEAN)?.map_or(Some(false), boolean)?;
        let path_len = match reader.take_if(INTEGER)? {
            Some(content) => Some(count(content)?),
            None => None,
        };
        reader.end()?;
        Some(Self { ca, path_len })
    }
}

impl KeyUsage {
    fn read(value: &[u8]) -> Option<Self> {
        let (_, bits) = der::bits(der::only(value, BIT_STRING)?)?;
        let first = *bits.first()?;
        // At least one bit is set; nothing is said by bits that are not there.
        let any = bits.iter().any(|octet| *octet != 0);
        any.then_some(Self(first))
    }

    pub fn digital_signature(self) -> bool {
        self.0 & 0x80 != 0
    }

    pub fn key_agreement(self) -> bool {
        self.0 & 0x08 != 0
    }

    pub fn key_cert_sign(self) -> bool {
        self.0 & 0x04 != 0
    }
}

impl AccessDescription {
    fn read(element: Element<'_>) -> Option<Self> {
        let mut reader = Reader::new((element.tag == SEQUENCE).then_some(element.content)?);
        let method = reader.take(OBJECT_IDENTIFIER).filter(|oid| oid::is_well_formed(oid))?;
        let location = AlternativeName::read(reader.element()?)?;
        reader.end()?;
        Some(Self { method: method.into(), location })
    }
}

fn purpose(element: Element<'_>) -> Option<Box<[u8]>> {
    (element.tag == OBJECT_IDENTIFIER && oid::is_well_formed(element.content)).then(|| element.content.into())
}

/// RFC 5280 section 4.2.1.1.
fn authority(element: Element<'_>) -> Option<()> {
    matches!(element.tag, 0x80 | 0xa1 | 0x82).then_some(())
}

/// The default value spelt out, which DER leaves out, is let in: it says the same.
fn boolean(content: &[u8]) -> Option<bool> {
    match content {
        [0] => Some(false),
        [0xff] => Some(true),
        _ => None,
    }
}

fn count(content: &[u8]) -> Option<u64> {
    let (negative, magnitude) = der::integer(content)?;
    // No path is longer than the largest number.
    let fold = || magnitude.iter().fold(0_u64, |count, octet| (count << 8) | u64::from(*octet));
    (!negative).then(|| if magnitude.len() > 8 { u64::MAX } else { fold() })
}
