//! Attributes of a distinguished name that must all be there.

use crate::config::Value;

/// Names and values, such as `CN` and `svc-a`. No attribute at all admits nobody.
pub struct Attributes(Vec<(String, String)>);

impl Attributes {
    /// `rule` is what the application called, for the message.
    pub fn compile(rule: &str, attributes: &Value) -> Result<Self, String> {
        let wrong = || format!("{rule} needs an object of attributes and their values, such as {{ CN: 'svc-a' }}");
        let Value::Object(members) = attributes else { return Err(wrong()) };
        let pairs = members.iter().map(|(name, value)| match value {
            Value::String(text) => Ok((name.clone(), text.clone())),
            _ => Err(wrong()),
        });
        Ok(Self(pairs.collect::<Result<_, _>>()?))
    }

    /// What to read from the certificate.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// `values` holds those of each name, in the order of [`Self::names`].
    pub fn admit(&self, values: &[Vec<String>]) -> bool {
        let all = self.0.iter().zip(values).all(|((_, wanted), held)| held.contains(wanted));
        !self.0.is_empty() && self.0.len() == values.len() && all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::allow::tests::{list, owned};

    fn compile(members: &[(&str, Value)]) -> Result<Attributes, String> {
        let members = members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Attributes::compile("allowSubject", &Value::Object(members))
    }

    #[test]
    fn every_attribute_must_be_among_the_values() {
        let text = |text: &str| Value::String(text.to_owned());
        let both = compile(&[("OU", text("Dev")), ("CN", text("svc-a"))]).unwrap();
        assert_eq!(both.names().collect::<Vec<_>>(), ["OU", "CN"]);
        assert!(both.admit(&[owned(&["Eng", "Dev"]), owned(&["svc-a"])]));
        assert!(!both.admit(&[owned(&["Eng"]), owned(&["svc-a"])]));
        assert!(!both.admit(&[owned(&["Dev"]), owned(&["SVC-A"])]));
        assert!(!both.admit(&[owned(&["Dev"])]));
        assert!(!both.admit(&[]));
        assert!(!compile(&[]).unwrap().admit(&[]));
    }

    #[test]
    fn values_are_texts() {
        for value in [Value::Undefined, Value::Null, Value::Number(1.0), list(&["svc-a"])] {
            assert!(compile(&[("CN", value)]).is_err());
        }
        for value in [Value::Undefined, Value::String("CN".to_owned()), list(&["CN"])] {
            assert!(Attributes::compile("allowSubject", &value).is_err());
        }
    }
}
