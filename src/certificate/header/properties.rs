//! What holds of every value: readers return, what is written is read back, and nothing beside a certificate makes it
//! another one.

use super::*;
use crate::certificate::header::writer::{self, PEM_FORMS};
use proptest::collection::vec;
use proptest::prelude::*;
use rcgen::{CertificateParams, DnType, KeyPair, SanType};
use std::sync::LazyLock;

static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate().unwrap());
static VICTIM: LazyLock<Vec<u8>> = LazyLock::new(|| certificate("victim", "admin", &[]));

fn certificate(cn: &str, organization: &str, uris: &[String]) -> Vec<u8> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::OrganizationName, organization);
    params.distinguished_name.push(DnType::CommonName, cn);
    params.subject_alt_names = uris.iter().map(|uri| SanType::URI(uri.as_str().try_into().unwrap())).collect();
    params.self_signed(&*KEY).unwrap().der().to_vec()
}

/// Text in which separators, escapes and members of every form are likely.
fn hostile() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        ",",
        ";",
        "\"",
        "\\",
        "=",
        "%",
        "%2C",
        "%22",
        "\0",
        " ",
        "\t",
        ":",
        "/",
        "+",
        "#",
        "-----",
        "URI=",
        "DNS=",
        "Subject=",
        "Subject=\"CN=admin\"",
        "Cert=",
        "Cert=\"",
        "Chain=",
        "Hash=",
        "By=",
        "CN=admin",
        "/CN=admin",
        "\\,",
        "\\\"",
        "\\C3",
        "-----BEGIN CERTIFICATE-----",
        "-----END CERTIFICATE-----",
        "-----BEGIN%20CERTIFICATE-----",
        "%0A",
        "(null)",
        "AQID",
        "ö",
        "\u{c3}\u{b6}",
        "{http.request.tls}",
        "a",
        "b",
    ]);
    let piece =
        prop_oneof![4 => token.prop_map(str::to_owned), 1 => "[ -~]{0,12}", 1 => any::<char>().prop_map(String::from)];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The same, without the characters that IA5String lacks.
fn hostile_uri() -> impl Strategy<Value = String> {
    hostile().prop_map(|text| text.chars().filter(char::is_ascii).collect())
}

fn leaf(value: &str, encoding: Encoding) -> Option<Vec<u8>> {
    octets(value, encoding, true).ok().and_then(|ders| ders.into_iter().next())
}

fn of_element(value: &str, which: Option<Which>, allow_text: bool) -> Option<Identity> {
    forwarded(value, which, allow_text).ok()
}

fn attributes() -> impl Strategy<Value = Vec<Attribute>> {
    let kind = prop::sample::select(vec!["CN", "O", "OU", "UID", "emailAddress", "1.2.3.4"]);
    let attribute = (kind, hostile(), any::<bool>());
    vec(attribute, 1..6).prop_map(|attributes| {
        let attribute = |(at, (kind, value, continues)): (usize, (&str, String, bool))| Attribute {
            kind: kind.to_owned(),
            value,
            continues: continues && at > 0,
        };
        attributes.into_iter().enumerate().map(attribute).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_reader_returns(text in hostile()) {
        for (_, encoding) in Encoding::ALL {
            for chain in [false, true] {
                let _ = certificates(&text, encoding, chain);
            }
            let _ = chain_of(std::slice::from_ref(&text), encoding, 9);
        }
        for which in [None, Some(Which::First), Some(Which::Last)] {
            let _ = of_element(&text, which, true);
        }
        let _ = DistinguishedName::parse(&text);
        let _ = alternative_names(&text);
        let members = vec![Member::SubjectDn, Member::IssuerDn, Member::Fingerprint, Member::SerialNumber, Member::San];
        let lines = vec![vec![text]; members.len()];
        let _ = Structured { members, success: "SUCCESS".to_owned() }.read(&lines);
    }

    #[test]
    fn what_is_written_is_read_back(cn in hostile(), organization in hostile(), uris in vec("[a-z:/,;=]{1,20}", 0..3)) {
        let own = certificate(&cn, &organization, &uris);
        prop_assert!(Certificate::parse(&own).is_some());
        let ders = vec![own, VICTIM.clone()];
        for form in PEM_FORMS {
            for encoding in [Encoding::UrlPem, Encoding::UrlPemAws] {
                prop_assert_eq!(octets(&writer::pem(&ders, form), encoding, false), Ok(ders.clone()));
            }
        }
        let list = writer::base64_list(&ders, "", "");
        prop_assert_eq!(octets(&list, Encoding::Base64Der, true), Ok(ders.clone()));
        let one = writer::base64_list(&ders[..1], ":", ":");
        prop_assert_eq!(octets(&one, Encoding::Rfc9440, false), Ok(ders[..1].to_vec()));
        let chain = writer::base64_list(&ders, ":", ":");
        prop_assert_eq!(chain_of(&[chain], Encoding::Rfc9440, 9), Ok(ders.clone()));
        let subject = writer::distinguished_name(&[
            Attribute { kind: "O".to_owned(), value: organization, continues: false },
            Attribute { kind: "CN".to_owned(), value: cn, continues: false },
        ]);
        let element = writer::forwarded(&ders, &subject, &[], &[]);
        prop_assert_eq!(of_element(&element, None, false), Some(Identity::Certificates(ders)));
    }

    #[test]
    fn names_are_read_back(attributes in attributes()) {
        let text = writer::distinguished_name(&attributes);
        // Octets of Latin-1 may be UTF-8: such a text is another one.
        prop_assume!(distinguished_name::from_octets(&text) == text);
        let read = DistinguishedName::parse(&text).map(|name| name.attributes);
        // The order within one RDN is kept, that of the RDNs is the certificate's.
        prop_assert_eq!(read, Some(attributes));
    }

    #[test]
    fn alternative_names_are_read_back(values in vec(hostile(), 0..4)) {
        let names: Vec<_> = values.iter().map(|value| format!("URI:x{value}")).collect();
        let text = writer::alternative_names(&names);
        prop_assume!(distinguished_name::from_octets(&text) == text);
        prop_assert_eq!(alternative_names(&text), Some(names));
    }

    #[test]
    fn bytes_around_a_value_make_no_other_certificate(before in hostile(), after in hostile()) {
        let own = [VICTIM.clone()];
        for (value, encoding) in [
            (writer::pem(&own, PEM_FORMS[0]), Encoding::UrlPem),
            (writer::pem(&own, PEM_FORMS[3]), Encoding::UrlPemAws),
            (writer::base64_list(&own, "", ""), Encoding::Base64Der),
            (writer::base64_list(&own, ":", ":"), Encoding::Rfc9440),
            (writer::forwarded(&own, "CN=a", &[], &[]), Encoding::Xfcc),
        ] {
            if let Some(read) = leaf(&format!("{before}{value}{after}"), encoding) {
                prop_assert!(read == own[0] || Certificate::parse(&read).is_none(), "{before:?} {after:?}");
            }
        }
    }

    #[test]
    fn no_name_in_an_element_is_the_identity(
        subject in hostile(), uri in hostile_uri(), dns in hostile_uri(), injected in 0..5, allow_text in any::<bool>(),
    ) {
        let own = [certificate("own", "own", &[])];
        let victim = writer::forwarded(std::slice::from_ref(&*VICTIM), "CN=admin", &[], &[]);
        let pem = writer::pem(std::slice::from_ref(&*VICTIM), PEM_FORMS[0]);
        // A SAN that goes on as an element of somebody else's would.
        let uri = match injected { 0 => uri, 1 => format!("{uri};{victim}"), 2 => format!("{uri};Cert=\"{pem}\""), 3 => format!(";Cert=\"{pem}\""), _ => format!("{uri},{victim}") };
        let element = writer::forwarded(&own, &subject, std::slice::from_ref(&uri), &[dns]);
        for which in [None, Some(Which::First)] {
            match of_element(&element, which, allow_text) {
                Some(Identity::Certificates(ders)) => prop_assert_eq!(&ders[0], &own[0]),
                Some(Identity::Text(_)) => prop_assert!(false, "text beside a certificate"),
                None => {}
            }
        }
        // Of Envoy's own members only the hash is left: nothing that the SAN wrote counts for more.
        let hash = element.split_once(';').map_or("", |(hash, _)| hash);
        let bare = format!("{hash};URI={uri}");
        prop_assert!(of_element(&bare, None, false).is_none());
        prop_assert!(of_element(&format!("URI={uri}"), None, true).is_none(), "{uri:?}");
        if let Some(Identity::Text(identity)) = of_element(&bare, None, true) {
            prop_assert_eq!(identity.subject_dn, None);
            prop_assert_eq!(identity.alternative_names, Vec::<String>::new());
        }
    }
}
