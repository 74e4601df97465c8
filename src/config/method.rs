//! The options that are one of a few names.

macro_rules! names {
    ($(#[$about:meta])* $set:ident { $($(#[$note:meta])* $variant:ident $name:literal)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum $set { $($(#[$note])* $variant),* }

        impl $set {
            /// All names, in the order of the error message.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The exact name only.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

names! {
    /// How the client authenticates at the introspection endpoint.
    ClientAuthMethod {
        /// RFC 6749 section 2.3.1, in the `Authorization` header.
        ClientSecretBasic "client_secret_basic"
        /// RFC 6749 section 2.3.1, in the body.
        #[default]
        ClientSecretPost "client_secret_post"
        /// OpenID Connect Core 1.0 section 9: RFC 7523 with an HMAC.
        ClientSecretJwt "client_secret_jwt"
        /// OpenID Connect Core 1.0 section 9: RFC 7523 with a private key.
        PrivateKeyJwt "private_key_jwt"
        /// RFC 8705 section 2.1.
        TlsClientAuth "tls_client_auth"
        /// RFC 8705 section 2.2.
        SelfSignedTlsClientAuth "self_signed_tls_client_auth"
        /// A SPIFFE JWT-SVID as the client assertion.
        SpiffeJwt "spiffe_jwt"
        /// A SPIFFE X.509-SVID as the client's TLS certificate.
        SpiffeX509 "spiffe_x509"
    }
}

names! {
    /// Whether a token's certificate binding (RFC 8705 section 3) is checked.
    BindingMode {
        /// A bound token needs its certificate; an unbound one passes.
        #[default]
        WhenPresent "when_present"
        /// Only bound tokens with their certificate pass.
        Required "required"
        /// Never checked.
        DangerouslyIgnore "dangerously_ignore"
    }
}

names! {
    /// Where signatures are checked; [`crate::pool::policy`] has the rule.
    SignatureOffload {
        /// By the load.
        #[default]
        Auto "auto"
        /// On the thread that asks.
        Never "never"
        /// On the pool.
        Always "always"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_there_and_back() {
        assert_eq!((ClientAuthMethod::NAMES.len(), BindingMode::NAMES.len()), (8, 3));
        for name in ClientAuthMethod::NAMES {
            assert_eq!(ClientAuthMethod::parse(name).map(ClientAuthMethod::as_str), Some(*name));
        }
        for name in BindingMode::NAMES {
            assert_eq!(BindingMode::parse(name).map(BindingMode::as_str), Some(*name));
        }
        for name in ["", "none", "CLIENT_SECRET_POST", " required", "required "] {
            assert_eq!((ClientAuthMethod::parse(name), BindingMode::parse(name)), (None, None), "{name:?}");
        }
    }
}
