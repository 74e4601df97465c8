//! Whose certificate an `X-Forwarded-Client-Cert` value forwards. The certificate is the identity; names and hashes
//! beside it are only ever held against it.

use super::text_identity::{self, TextIdentity};
use super::xfcc::{self, Element, Key, Member};
use super::{MAX_CHAIN_CERTS, Refusal, pem};
use sha2::{Digest, Sha256};

/// Which element counts when there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    First,
    Last,
}

impl Which {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "first" => Some(Self::First),
            "last" => Some(Self::Last),
            _ => None,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub enum Identity {
    /// DER, leaf first.
    Certificates(Vec<Vec<u8>>),
    Text(TextIdentity),
}

/// The identity of the element that counts. `allow_text` admits an element without a certificate; what its subject
/// and hash say is then taken on the proxy's word.
pub fn read(value: &str, which: Option<Which>, allow_text: bool) -> Result<Identity, Refusal> {
    let elements = xfcc::elements(value)?;
    let element = match (which, elements.as_slice()) {
        (None, [only]) | (Some(Which::First), [only, ..]) | (Some(Which::Last), [.., only]) => only,
        _ => return Err(Refusal::SeveralElements),
    };
    if element.malformed {
        return Err(Refusal::Malformed);
    }
    // The name of a certificate may have ended its own element, and written every one behind it.
    let earlier = elements.split_last().map_or(&[][..], |(_, earlier)| earlier);
    if which == Some(Which::Last) && earlier.iter().any(Element::has_open_name) {
        return Err(Refusal::Ambiguous);
    }
    let members = Members::of(element)?;
    if let Some(ders) = members.certificates()? {
        return Ok(Identity::Certificates(ders));
    }
    if !allow_text {
        return Err(Refusal::TextOnly);
    }
    // The name may have begun the element that is looked at, or ended it.
    if which.is_some() && elements.iter().any(Element::has_open_name) {
        return Err(Refusal::Ambiguous);
    }
    members.text().map(Identity::Text)
}

/// An element's members by their keys, none of them twice.
struct Members<'a> {
    element: &'a Element<'a>,
    hash: Option<Placed<'a>>,
    cert: Option<Placed<'a>>,
    chain: Option<Placed<'a>>,
    subject: Option<Placed<'a>>,
    serial: Option<Placed<'a>>,
}

#[derive(Clone, Copy)]
struct Placed<'a> {
    value: &'a str,
    /// An unquoted SAN stands before it, and may have written it.
    after_open_name: bool,
}

impl<'a> Members<'a> {
    fn of(element: &'a Element<'a>) -> Result<Self, Refusal> {
        let mut members = Self { element, hash: None, cert: None, chain: None, subject: None, serial: None };
        let mut by = None;
        let mut after_open_name = false;
        for member in &element.members {
            let slot = match member.key {
                Key::Hash => &mut members.hash,
                Key::Cert => &mut members.cert,
                Key::Chain => &mut members.chain,
                Key::Subject => &mut members.subject,
                Key::Serial => &mut members.serial,
                Key::By => &mut by,
                Key::Uri | Key::Dns | Key::Other => {
                    after_open_name |= member.is_open_name();
                    continue;
                }
            };
            if slot.replace(Placed { value: member.value, after_open_name }).is_some() {
                return Err(Refusal::Contradiction);
            }
        }
        Ok(members)
    }

    /// The leaf and what is forwarded with it.
    fn certificates(&self) -> Result<Option<Vec<Vec<u8>>>, Refusal> {
        let cert = self.cert.map(|cert| pem::url_pem(cert.value)).transpose()?;
        let chain = self.chain.map(|chain| pem::url_pem(chain.value)).transpose()?;
        let ders = match (cert, chain) {
            (None, None) => return Ok(None),
            (Some(ders), None) | (None, Some(ders)) => ders,
            // Envoy's chain begins with the leaf.
            (Some(cert), Some(chain)) if cert.first() == chain.first() => {
                cert.into_iter().chain(chain.into_iter().skip(1)).collect()
            }
            (Some(_), Some(_)) => return Err(Refusal::Contradiction),
        };
        if ders.len() > MAX_CHAIN_CERTS {
            return Err(Refusal::TooManyCertificates);
        }
        let leaf = ders.first().ok_or(Refusal::Malformed)?;
        if self.hash.is_some_and(|hash| !is_sha256_of(leaf, hash.value)) {
            return Err(Refusal::Contradiction);
        }
        // Where a SAN could have written the certificate, the proxy's own hash, which stands before it, must be the
        // certificate's.
        let placed = [self.cert, self.chain].into_iter().flatten();
        let vouched = self.hash.is_some_and(|hash| !hash.after_open_name);
        if placed.clone().any(|member| member.after_open_name) && !vouched {
            return Err(Refusal::Ambiguous);
        }
        Ok(Some(ders))
    }

    /// What the element says without a certificate. A SAN is never taken from text.
    fn text(&self) -> Result<TextIdentity, Refusal> {
        if self.element.members.iter().all(|member: &Member<'_>| member.key.is_alternative_name()) {
            return Err(Refusal::TextOnly);
        }
        let placed = [self.hash, self.subject, self.serial];
        if placed.iter().flatten().any(|member| member.after_open_name) {
            return Err(Refusal::Ambiguous);
        }
        let value = |member: Option<Placed<'a>>| member.map(|member| member.value).filter(|value| !value.is_empty());
        let (hash, subject) = (value(self.hash), value(self.subject));
        if hash.is_none() && subject.is_none() {
            return Err(Refusal::TextOnly);
        }
        let mut identity = TextIdentity { verified: true, ..TextIdentity::default() };
        if let Some(hash) = hash {
            identity
                .set_fingerprint(hash)
                .filter(|digest| *digest == text_identity::Digest::Sha256)
                .ok_or(Refusal::Malformed)?;
        }
        if let Some(subject) = subject {
            identity.set_subject(subject).ok_or(Refusal::Malformed)?;
        }
        identity.serial_number = value(self.serial).map(str::to_owned);
        Ok(identity)
    }
}

fn is_sha256_of(der: &[u8], hash: &str) -> bool {
    let digest = Sha256::digest(der);
    let written = hash.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    hash.len() == 64
        && digest
            .iter()
            .zip(written)
            .all(|(octet, pair)| pair.is_some_and(|pair| pair.eq_ignore_ascii_case(&format!("{octet:02x}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = "-----BEGIN%20CERTIFICATE-----%0AAQID%0A-----END%20CERTIFICATE-----%0A";
    const OTHER: &str = "-----BEGIN%20CERTIFICATE-----%0AAQIE%0A-----END%20CERTIFICATE-----%0A";
    /// SHA-256 of 01 02 03.
    const HASH: &str = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";

    fn leaf(value: &str, which: Option<Which>) -> Result<Vec<u8>, Refusal> {
        match read(value, which, false)? {
            Identity::Certificates(ders) => Ok(ders[0].clone()),
            Identity::Text(_) => panic!("text"),
        }
    }

    #[test]
    fn the_certificate_is_the_identity() {
        for value in [
            format!("Cert=\"{PEM}\""),
            format!("Cert={PEM}"),
            format!("Chain=\"{PEM}{OTHER}\""),
            format!("Hash={HASH};Cert=\"{PEM}\";Chain=\"{PEM}{OTHER}\";Subject=\"CN=admin\";URI=a;DNS=b;DNS=c"),
            format!("hash={};cert=\"{PEM}\"", HASH.to_uppercase()),
            format!("By=x;Hash={HASH};URI=a;Cert=\"{PEM}\""),
        ] {
            assert_eq!(leaf(&value, None), Ok(vec![1, 2, 3]), "{value}");
        }
    }

    #[test]
    fn members_that_contradict_each_other() {
        let swapped = HASH.replace('0', "1");
        for value in [
            format!("Hash={swapped};Cert=\"{PEM}\""),
            format!("Hash=;Cert=\"{PEM}\""),
            format!("Hash=00;Cert=\"{PEM}\""),
            format!("Cert=\"{PEM}\";Chain=\"{OTHER}{PEM}\""),
            format!("Cert=\"{PEM}\";Cert=\"{PEM}\""),
            format!("Chain=\"{PEM}\";chain=\"{PEM}\""),
            format!("Hash={HASH};Cert=\"{PEM}\";Hash={HASH}"),
            format!("Cert=\"{PEM}\";Subject=\"CN=a\";URI=;Subject=\"CN=b\""),
            format!("By=a;By=b;Cert=\"{PEM}\""),
        ] {
            assert_eq!(leaf(&value, None), Err(Refusal::Contradiction), "{value}");
        }
        // A SAN that wrote the certificate, and the hash for it as well.
        for value in [format!("URI=;Cert=\"{OTHER}\""), format!("DNS=a;Hash={HASH};Chain=\"{PEM}\"")] {
            assert_eq!(leaf(&value, None), Err(Refusal::Ambiguous), "{value}");
        }
    }

    #[test]
    fn one_element_or_the_one_that_is_named() {
        let two = format!("By=a;Hash=00;Subject=\"CN=spoof\",Hash={HASH};Cert=\"{PEM}\";URI=");
        assert_eq!(leaf(&two, None), Err(Refusal::SeveralElements));
        assert_eq!(leaf(&two, Some(Which::Last)), Ok(vec![1, 2, 3]));
        assert_eq!(leaf(&two, Some(Which::First)), Err(Refusal::TextOnly));
        for name in ["URI=spiffe://a", "DNS=a", "URI="] {
            let written = format!("Cert=\"{OTHER}\";{name},Hash={HASH};Cert=\"{PEM}\"");
            assert_eq!(leaf(&written, Some(Which::Last)), Err(Refusal::Ambiguous), "{name}");
            assert_eq!(leaf(&format!("By=x,{written}"), Some(Which::Last)), Err(Refusal::Ambiguous), "{name}");
        }
        let swallowed = format!("Cert=\"{PEM}\";URI=http://e/a,email:admin,x");
        for which in [None, Some(Which::First), Some(Which::Last)] {
            assert_eq!(leaf(&swallowed, which), Ok(vec![1, 2, 3]));
        }
        let more = format!("{swallowed},By=y");
        assert_eq!(leaf(&more, Some(Which::First)), Ok(vec![1, 2, 3]));
        assert_eq!(leaf(&more, Some(Which::Last)), Err(Refusal::Ambiguous));
        assert_eq!(leaf(&more, None), Err(Refusal::SeveralElements));
    }

    #[test]
    fn text_where_the_caller_asks_for_it() {
        let text = |value: &str, which| match read(value, which, true) {
            Ok(Identity::Text(identity)) => Ok((identity.subject_cns, identity.fingerprint256)),
            Ok(Identity::Certificates(_)) => panic!("certificate"),
            Err(refusal) => Err(refusal),
        };
        let read = text(&format!("By=a;Hash={HASH};Subject=\"CN=a\\,b,O=c\";URI=d"), None);
        assert_eq!(read, Ok((vec!["a,b".to_owned()], Some(HASH.to_uppercase()))));
        for value in ["URI=a;Subject=CN=admin", "URI=,Subject=\"CN=admin\"", "DNS=a;Hash=00"] {
            assert!(text(value, None).is_err(), "{value}");
        }
        let several = format!("Hash={HASH};URI=a,Hash={HASH}");
        assert_eq!(text(&several, Some(Which::Last)), Err(Refusal::Ambiguous));
        assert_eq!(text("URI=a;DNS=b", None), Err(Refusal::TextOnly));
        for value in ["Hash=00", "Subject=admin", "Subject=\"CN=a\"b", "Subject=\"CN=a\\\""] {
            assert_eq!(text(value, None), Err(Refusal::Malformed), "{value}");
        }
        assert_eq!(text("Subject=\"CN=a\";Subject=\"CN=b\"", None), Err(Refusal::Contradiction));
    }
}
