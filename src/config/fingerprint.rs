//! Which clients may share what introspection answered.

use super::{ClientSecret, Config};
use sha2::{Digest, Sha256};

impl Config {
    /// A digest of everything that decides what the tenant answers this client about a token, whether that is accepted,
    /// and how long it may be kept. Clients with different credentials have different ones.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let secret = self.client_secret.as_ref().map(|secret| match secret {
            ClientSecret::Text(text) => text.clone(),
            ClientSecret::Jwk(jwk) => serde_json::to_string(jwk).unwrap_or_default().into(),
        });
        let texts = [
            Some(self.tenant_domain.as_str()),
            Some(&self.audience),
            self.client_id.as_deref(),
            Some(self.client_auth_method.as_str()),
            secret.as_deref().map(String::as_str),
            self.trust_store_id.as_deref(),
            self.client_certificate.as_deref(),
            self.client_key.as_deref(),
        ];
        for text in texts {
            // The length keeps neighbours apart.
            digest.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
            digest.update(text.unwrap_or_default());
        }
        for number in [self.clock_skew, self.clock_tolerance, self.introspection_cache_duration] {
            digest.update(number.to_be_bytes());
        }
        digest.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Environment, Options, Value, resolve};

    struct NoVariables;

    impl Environment for NoVariables {
        fn get(&self, _: &str) -> Option<String> {
            None
        }
    }

    fn text(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    /// Of a client with one member more, or another one.
    fn fingerprint(name: &str, value: Value) -> [u8; 32] {
        let all = [
            (name, value),
            ("tenantDomain", text("https://tenant.example")),
            ("audience", text("urn:api")),
            ("clientId", text("api")),
            ("clientSecret", text("secret")),
            ("clientCertificate", text("certificate")),
            ("clientKey", text("key")),
        ];
        let options = Options(all.map(|(name, value)| (name.to_owned(), value)).into());
        resolve(&options, &NoVariables).unwrap_or_else(|error| panic!("{error}")).fingerprint()
    }

    #[test]
    fn what_changes_an_answer_or_its_life_changes_it() {
        let plain = fingerprint("other", Value::Null);
        let mut seen = vec![plain];
        for (name, value) in [
            ("tenantDomain", text("https://other.example")),
            ("audience", text("urn:other")),
            ("clientId", text("other")),
            ("clientSecret", text("other")),
            ("clientAuthMethod", text("client_secret_basic")),
            ("trustStoreId", text("store")),
            ("clientCertificate", text("other")),
            ("clientKey", text("other")),
            ("clockSkew", Value::Number(1.0)),
            ("clockTolerance", Value::Number(0.0)),
            ("introspectionCacheDuration", Value::Number(1.0)),
        ] {
            let changed = fingerprint(name, value);
            assert!(!seen.contains(&changed), "{name}");
            seen.push(changed);
        }
    }

    #[test]
    fn what_does_not_leaves_it() {
        let plain = fingerprint("other", Value::Null);
        for (name, value) in [
            ("introspectJwtTokens", Value::Bool(true)),
            ("responseTimeout", Value::Number(5000.0)),
            ("validateCertificateBinding", text("required")),
            ("tenantDomain", text("https://tenant.example/")),
        ] {
            assert_eq!(fingerprint(name, value), plain, "{name}");
        }
    }
}
