//! Properties of the readers, each against an oracle of its own.

use monocloud_backend_node::bearer;
use monocloud_backend_node::jose::{base64url, compact};
use monocloud_backend_node::json::{self, Document};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof, proptest};
use serde_json::Value;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648 section 5, bit by bit: nothing unless the text is the one encoding.
fn oracle(text: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Vec::new();
    for octet in text {
        let value = ALPHABET.iter().position(|own| own == octet)?;
        bits.extend((0..6).rev().map(|place| value >> place & 1 == 1));
    }
    let (whole, rest) = bits.split_at(bits.len() / 8 * 8);
    if rest.len() >= 6 || rest.iter().any(|bit| *bit) {
        return None;
    }
    Some(whole.chunks(8).map(|octet| octet.iter().fold(0, |value, bit| value << 1 | u8::from(*bit))).collect())
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn base64url_agrees_with_the_oracle_on_its_alphabet(text in "[A-Za-z0-9_-]{0,9}") {
        assert_eq!(base64url::decode(text.as_bytes()), oracle(text.as_bytes()), "{text}");
    }

    #[test]
    fn base64url_agrees_with_the_oracle_on_any_octets(text in vec(any::<u8>(), 0..7), near in "[A-Z+/=\\n _-]{0,8}") {
        assert_eq!(base64url::decode(&text), oracle(&text));
        assert_eq!(base64url::decode(near.as_bytes()), oracle(near.as_bytes()), "{near:?}");
    }

    #[test]
    fn base64url_reads_what_it_writes_and_nothing_beside(octets in vec(any::<u8>(), 0..200), place in any::<usize>()) {
        let text = base64url::encode(&octets);
        assert_eq!(oracle(text.as_bytes()).as_ref(), Some(&octets));
        assert_eq!(base64url::decode(text.as_bytes()).as_ref(), Some(&octets));
        let mut spaced = text.into_bytes();
        spaced.insert(place % (spaced.len() + 1), b'\n');
        assert_eq!(base64url::decode(&spaced), None);
    }

    #[test]
    fn json_means_the_same_after_it_is_written(value in json_value()) {
        let text = serde_json::json!({ "value": value }).to_string();
        let Document::Object(once) = json::read(text.as_bytes()) else { panic!("{text}") };
        let again = Value::Object(once.clone()).to_string();
        assert_eq!(again, text);
        assert!(matches!(json::read(again.as_bytes()), Document::Object(twice) if twice == once));
    }

    #[test]
    fn json_reads_any_octets_or_refuses_them(octets in vec(any::<u8>(), 0..64), text in "[\\[\\]{}\",:\\\\u0-9a-fe.+ -]{0,24}") {
        json::read(&octets);
        if let Document::Object(object) = json::read(text.as_bytes()) {
            let again = Value::Object(object.clone()).to_string();
            assert!(matches!(json::read(again.as_bytes()), Document::Object(same) if same == object), "{text}");
        }
    }

    #[test]
    fn a_compact_token_is_what_its_dots_say(token in "[a.é]{0,9}") {
        let parts: Vec<&str> = token.split('.').collect();
        match (compact::split(&token), parts.as_slice()) {
            (Some(compact), [header, payload, signature]) => {
                assert_eq!((compact.header, compact.payload, compact.signature), (*header, *payload, *signature));
                assert_eq!(compact.signing_input, format!("{header}.{payload}"));
            }
            (split, parts) => assert!(split.is_none() && parts.len() != 3, "{token}"),
        }
    }

    #[test]
    fn a_bearer_header_is_a_scheme_and_a_token(
        before in "[ \t]{0,2}",
        scheme in "([Bb][Ee][Aa][Rr][Ee][Rr]|Basic|Bear|Bearers|DPoP)?",
        between in "[ \t\u{a0}]{0,2}",
        token in "[A-Za-z0-9._~+/=-]{0,6}",
        after in "([ \t]{0,2}|[ ]x)",
    ) {
        let header = format!("{before}{scheme}{between}{token}{after}");
        let white = [' ', '\t', '\u{a0}'];
        let parts: Vec<&str> = header.split(white).filter(|part| !part.is_empty()).collect();
        let expected = match parts.as_slice() {
            [scheme, token] if scheme.to_lowercase() == "bearer" => Some(*token),
            _ => None,
        };
        assert_eq!(bearer::token(&header), expected, "{header:?}");
    }
}
