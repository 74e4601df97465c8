//! The client certificate of a call.

use super::{pem, thumbprint};
use crate::error::Reason;
use crate::text::is_blank;
use std::borrow::Cow;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Presented {
    #[default]
    Absent,
    /// PEM or base64 DER, as the application found it.
    Text(String),
    /// `x5t#S256` of a certificate that this library has read.
    Thumbprint(String),
}

impl Presented {
    /// RFC 8705 section 3.1: base64url, unpadded, of the SHA-256 of the DER.
    pub fn thumbprint(&self) -> Result<Cow<'_, str>, Reason> {
        match self {
            Self::Thumbprint(thumbprint) => Ok(Cow::Borrowed(thumbprint)),
            Self::Text(text) if !is_blank(text) => {
                let der = pem::decode(text).ok_or(Reason::CertificateMalformed)?;
                Ok(Cow::Owned(thumbprint(&der)))
            }
            Self::Text(_) | Self::Absent => Err(Reason::CertificateMissing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Presented;
    use crate::certificate::thumbprint;
    use crate::error::Reason;

    #[test]
    fn a_thumbprint_is_taken_as_it_is_and_text_is_read() {
        let own = thumbprint(&[1, 2, 3]);
        assert_eq!(Presented::Thumbprint(own.clone()).thumbprint().as_deref(), Ok(own.as_str()));
        assert_eq!(Presented::Text("AQID".into()).thumbprint().as_deref(), Ok(own.as_str()));
        assert_ne!(Presented::Text(own.clone()).thumbprint().as_deref(), Ok(own.as_str()));
        for absent in [Presented::Absent, Presented::Text(String::new()), Presented::Text(" \n".into())] {
            assert_eq!(absent.thumbprint(), Err(Reason::CertificateMissing));
        }
        assert_eq!(Presented::Text("%%%".into()).thumbprint(), Err(Reason::CertificateMalformed));
    }
}
