//! General names (RFC 5280 section 4.2.1.6), as the subject alternative names and information access carry them.

use super::attribute_type::AttributeType;
use super::name::Name;
use super::{print, text};
use crate::certificate::der::{self, Element, OBJECT_IDENTIFIER, Reader, SEQUENCE};
use std::borrow::Cow;
use std::net::IpAddr;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName {
    Dns(String),
    Email(String),
    Uri(String),
    Ip(IpAddr),
    /// An address of neither 4 nor 16 octets, by its length.
    NoIp(usize),
    Directory(Name),
    /// Dotted decimal.
    RegisteredId(String),
    /// A user principal name, a mail box in UTF-8 …: what kind it is, and its text.
    Other(OtherName, String),
    /// An `otherName` of a kind that is not read, by the dotted decimal of its type.
    UnknownOther(String),
    X400Address,
    EdiPartyName,
}

/// The kinds of `otherName` whose text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherName {
    SmtpUtf8Mailbox,
    XmppAddr,
    SrvName,
    UserPrincipalName,
    NaiRealm,
}

impl AlternativeName {
    /// Refused: an element that is no general name, or not well-formed.
    pub(super) fn read(element: Element<'_>) -> Option<Self> {
        let Element { tag, content, .. } = element;
        Some(match tag {
            0xa0 => other_name(content)?,
            0x81 => Self::Email(text::latin1(content)),
            0x82 => Self::Dns(text::latin1(content)),
            0xa3 => Self::X400Address,
            0xa4 => Self::Directory(Name::read(der::only(content, SEQUENCE)?)?),
            0xa5 => Self::EdiPartyName,
            0x86 => Self::Uri(text::latin1(content)),
            0x87 => address(content),
            0x88 => Self::RegisteredId(AttributeType::new(content)?.oid()),
            _ => return None,
        })
    }

    /// The value alone, nothing quoted or escaped: an address as Node writes it, a directory name by RFC 2253.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Dns(text) | Self::Email(text) | Self::Uri(text) | Self::RegisteredId(text) => text.into(),
            Self::Ip(address) => print::address(*address).into(),
            Self::NoIp(length) => format!("<invalid length={length}>").into(),
            Self::Directory(name) => print::distinguished(name).into(),
            Self::Other(kind, text) => format!("{}:{text}", kind.label()).into(),
            Self::UnknownOther(_) | Self::X400Address | Self::EdiPartyName => "<unsupported>".into(),
        }
    }

    /// The type as Node prints it before the colon.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Dns(_) => "DNS",
            Self::Email(_) => "email",
            Self::Uri(_) => "URI",
            Self::Ip(_) | Self::NoIp(_) => "IP Address",
            Self::Directory(_) => "DirName",
            Self::RegisteredId(_) => "Registered ID",
            Self::Other(..) | Self::UnknownOther(_) => "othername",
            Self::X400Address => "X400Name",
            Self::EdiPartyName => "EdiPartyName",
        }
    }
}

impl OtherName {
    pub fn label(self) -> &'static str {
        match self {
            Self::SmtpUtf8Mailbox => "SmtpUTF8Mailbox",
            Self::XmppAddr => "XmppAddr",
            Self::SrvName => "SRVName",
            Self::UserPrincipalName => "UPN",
            Self::NaiRealm => "NAIRealm",
        }
    }

    fn of_type(oid: &[u8]) -> Option<Self> {
        Some(match oid {
            // 1.3.6.1.4.1.311.20.2.3
            [0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3] => Self::UserPrincipalName,
            // id-on of PKIX: RFC 6120, RFC 4985, RFC 7585, RFC 8398
            [0x2b, 6, 1, 5, 5, 7, 8, kind] => match kind {
                5 => Self::XmppAddr,
                7 => Self::SrvName,
                8 => Self::NaiRealm,
                9 => Self::SmtpUtf8Mailbox,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// `IA5String`; the others are `UTF8String`.
    pub fn is_ascii(self) -> bool {
        self == Self::SrvName
    }

    fn string_tag(self) -> u8 {
        if self.is_ascii() { 0x16 } else { 0x0c }
    }
}

fn other_name(content: &[u8]) -> Option<AlternativeName> {
    let mut reader = Reader::new(content);
    let oid = reader.take(OBJECT_IDENTIFIER)?;
    let dotted = AttributeType::new(oid)?.oid();
    let mut value = Reader::new(reader.take(0xa0)?);
    reader.end()?;
    let element = value.element()?;
    value.end()?;
    Some(match OtherName::of_type(oid).filter(|kind| kind.string_tag() == element.tag) {
        Some(kind) => AlternativeName::Other(kind, text::read(element.tag, element.content)??),
        None => AlternativeName::UnknownOther(dotted),
    })
}

fn address(octets: &[u8]) -> AlternativeName {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let address = v4.or_else(|_| <[u8; 16]>::try_from(octets).map(IpAddr::from));
    address.map_or(AlternativeName::NoIp(octets.len()), AlternativeName::Ip)
}
