//! One header for each thing that the proxy says about the certificate, which it does not forward.

use super::distinguished_name::from_octets;
use super::text_identity::TextIdentity;
use super::{MAX_HEADER, Refusal, alternative_names, is_placeholder, trim};

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    SubjectDn,
    IssuerDn,
    Fingerprint,
    SerialNumber,
    San,
    Verify,
}

/// Which member each header carries, in the order of the lines that are read.
#[derive(Clone, Debug)]
pub struct Structured {
    pub members: Vec<Member>,
    /// What `verify` says, in any case, when the proxy has verified the certificate.
    pub success: String,
}

impl Structured {
    /// `lines` has the header lines of each member. A header in several lines is refused; without any identity the
    /// certificate is absent.
    pub fn read(&self, lines: &[Vec<String>]) -> Result<TextIdentity, Refusal> {
        let mut identity = TextIdentity::default();
        let mut known = false;
        for (member, lines) in self.members.iter().zip(lines) {
            let value = match lines.as_slice() {
                [] => continue,
                [value] if value.len() > MAX_HEADER => return Err(Refusal::TooLong),
                [value] => trim(value),
                _ => return Err(Refusal::Repeated),
            };
            if is_placeholder(value) {
                continue;
            }
            known |= *member != Member::Verify;
            self.set(&mut identity, *member, value).ok_or(Refusal::Malformed)?;
        }
        if known { Ok(identity) } else { Err(Refusal::Absent) }
    }

    fn set(&self, identity: &mut TextIdentity, member: Member, value: &str) -> Option<()> {
        match member {
            Member::SubjectDn => identity.set_subject(value)?,
            Member::IssuerDn => identity.set_issuer(value)?,
            Member::Fingerprint => {
                identity.set_fingerprint(value)?;
            }
            Member::SerialNumber => identity.serial_number = Some(from_octets(value).into_owned()),
            Member::San => identity.alternative_names = alternative_names(value)?,
            Member::Verify => identity.verified = value.to_lowercase() == self.success.to_lowercase(),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(subject: &[&str], verify: &[&str]) -> Result<TextIdentity, Refusal> {
        let lines = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let members = vec![Member::SubjectDn, Member::Verify];
        Structured { members, success: "SUCCESS".to_owned() }.read(&[lines(subject), lines(verify)])
    }

    #[test]
    fn verified_only_in_the_words_of_the_proxy() {
        for (verify, verified) in
            [("success", true), ("FAILED:expired", false), ("SUCCESS, SUCCESS", false), ("", false)]
        {
            assert_eq!(read(&["CN=a"], &[verify]).map(|identity| identity.verified), Ok(verified), "{verify}");
        }
        assert_eq!(read(&["CN=a"], &[]).map(|identity| identity.verified), Ok(false));
    }

    #[test]
    fn repeated_absent_and_malformed() {
        assert_eq!(read(&["CN=a", "CN=b"], &[]), Err(Refusal::Repeated));
        assert_eq!(read(&["CN=a"], &["SUCCESS", "SUCCESS"]), Err(Refusal::Repeated));
        for subject in ["", "(null)", "{http.request.tls.client.subject}"] {
            assert_eq!(read(&[subject], &["SUCCESS"]), Err(Refusal::Absent), "{subject}");
        }
        assert_eq!(read(&["admin"], &["SUCCESS"]), Err(Refusal::Malformed));
        assert_eq!(read(&[&"CN=a,".repeat(20_000)], &[]), Err(Refusal::TooLong));
    }
}
