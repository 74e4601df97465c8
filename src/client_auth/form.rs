//! `application/x-www-form-urlencoded` as the URL Standard serializes it (section 5.2), which is what
//! `URLSearchParams` does.

use super::ClientAuthentication;
use std::fmt::Write;

/// The body of an introspection request (RFC 7662 section 2.1): the token, what kind it is likely to be, then the
/// client's own parameters.
pub fn form_body(token: &str, authentication: &ClientAuthentication) -> String {
    let mut body = String::with_capacity(token.len() + 256);
    append(&mut body, "token", token);
    append(&mut body, "token_type_hint", "access_token");
    for (name, value) in &authentication.parameters {
        append(&mut body, name, value);
    }
    body
}

fn append(body: &mut String, name: &str, value: &str) {
    if !body.is_empty() {
        body.push('&');
    }
    encode(body, name);
    body.push('=');
    encode(body, value);
}

fn encode(body: &mut String, text: &str) {
    for octet in text.bytes() {
        match octet {
            b' ' => body.push('+'),
            b'*' | b'-' | b'.' | b'_' => body.push(char::from(octet)),
            _ if octet.is_ascii_alphanumeric() => body.push(char::from(octet)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(body, "%{octet:02X}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str) -> String {
        let mut body = String::new();
        encode(&mut body, text);
        body
    }

    #[test]
    fn texts_are_encoded_as_url_search_params_does() {
        for (text, expected) in [
            ("", ""),
            ("azAZ09*-._", "azAZ09*-._"),
            ("a b", "a+b"),
            ("a+b", "a%2Bb"),
            ("~", "%7E"),
            ("!'()", "%21%27%28%29"),
            ("&=?#/:@[]$,;%", "%26%3D%3F%23%2F%3A%40%5B%5D%24%2C%3B%25"),
            ("\"<>\\^`{|}", "%22%3C%3E%5C%5E%60%7B%7C%7D"),
            ("\0\t\r\n\u{7f}", "%00%09%0D%0A%7F"),
            ("é€😀", "%C3%A9%E2%82%AC%F0%9F%98%80"),
            ("\u{fffd}\u{feff}", "%EF%BF%BD%EF%BB%BF"),
        ] {
            assert_eq!(encoded(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_body_starts_with_the_token_and_its_hint() {
        let authentication = ClientAuthentication {
            authorization: None,
            parameters: vec![("client_id", "a b".to_owned()), ("client_secret", String::new())],
            mutual_tls: false,
        };
        assert_eq!(
            form_body("t/1", &authentication),
            "token=t%2F1&token_type_hint=access_token&client_id=a+b&client_secret="
        );
    }
}
