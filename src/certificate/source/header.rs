//! The header that carries a certificate, the one that says it was verified, and the one that carries its chain.

use super::memo::Memo;
use super::option::{OptionError, Options, printed};
use super::presented::{Presented, Reason};
use super::preset::{self, Preset};
use crate::certificate::Chain;
use crate::certificate::header::{self, Encoding, Identity, MAX_CHAIN_CERTS, MAX_HEADER, Refusal, Which};

/// A header source that has been validated.
pub struct HeaderSource {
    encoding: Encoding,
    chain_in_leaf: bool,
    chain: bool,
    verify: Option<Verify>,
    pub which: Option<Which>,
    pub allow_text: bool,
    /// Somebody asks for the leaf's issuers: they are read and linked, which takes a signature check for each.
    pub with_issuers: bool,
    /// What was read before.
    memo: Memo,
}

struct Verify {
    value: String,
    /// The caller asked for it by name, so that its absence is a mismatch even where there is no certificate.
    asked: bool,
}

impl HeaderSource {
    /// The names to look at, and the source. Nothing when the options name no header. `by` is the option that names
    /// presets.
    pub fn compile(
        options: &Options<'_>,
        by: &str,
        preset: Option<&Preset>,
    ) -> Result<Option<(Vec<String>, Self)>, OptionError> {
        let header = options.header_name("certificateHeader")?;
        let chain = options.header_name("chainHeader")?;
        let verify = match (options.header_name("verifyHeader")?, options.text("verifyValue")?) {
            (Some(header), Some(value)) => Some((header, value, true)),
            (None, None) => preset.and_then(|preset| preset.verify).map(|(header, value)| (header, value, false)),
            _ => {
                return Err(
                    options.error("verifyHeader and verifyValue must both be provided together, or both omitted")
                );
            }
        };
        let encoding = match options.get("headerEncoding") {
            None => None,
            Some(value) => Some(value.as_str().and_then(Encoding::named).ok_or_else(|| {
                let known = Encoding::ALL.map(|(name, _)| name).join(", ");
                options.error(format!("unknown headerEncoding '{}'. Valid values: {known}", printed(value)))
            })?),
        };
        let Some(leaf) = header.or(preset.map(|preset| preset.header)) else {
            let (given, purpose) = match (chain, verify) {
                (Some(_), _) => ("chainHeader", "chain header must accompany a leaf header configuration"),
                (_, Some(_)) => ("verifyHeader", "verification applies to header-based extraction only"),
                _ => return Ok(None),
            };
            return Err(options.error(format!("{given} requires {by} or certificateHeader ({purpose})")));
        };
        let encoding = encoding.or(preset.map(|preset| preset.encoding)).ok_or_else(|| {
            options.error(format!("certificateHeader requires headerEncoding (or a {by} preset that supplies one)"))
        })?;
        let chain = chain.or(preset.and_then(|preset| preset.chain_header));
        let names = [Some(leaf), verify.map(|(header, ..)| header), chain];
        let source = Self {
            encoding,
            chain_in_leaf: preset.is_some_and(|preset| preset.chain_in_leaf && preset.encoding == encoding),
            chain: chain.is_some(),
            verify: verify.map(|(_, value, asked)| Verify { value: value.to_owned(), asked }),
            which: options.which_element()?,
            allow_text: false,
            with_issuers: false,
            memo: Memo::new(),
        };
        Ok(Some((names.into_iter().flatten().map(str::to_lowercase).collect(), source)))
    }

    /// Another header says that the certificate was verified.
    pub const fn is_confirmed(&self) -> bool {
        self.verify.is_some()
    }

    /// The header of `X-Forwarded-Client-Cert` elements, under another name.
    pub fn forwarded(which: Option<Which>, allow_text: bool) -> Self {
        Self {
            encoding: Encoding::Xfcc,
            chain_in_leaf: false,
            chain: false,
            verify: None,
            which,
            allow_text,
            with_issuers: false,
            memo: Memo::new(),
        }
    }

    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// `lines` in the order of the names; dates are not looked at.
    pub fn read(&self, lines: &[Vec<String>]) -> Presented {
        let mut lines = lines.iter().map(Vec::as_slice);
        let leaf = lines.next().unwrap_or_default();
        let absent = leaf.iter().all(|value| header::is_placeholder(header::trim(value)));
        if let Some(verify) = &self.verify {
            let verified = matches!(lines.next().unwrap_or_default(), [only] if *only == verify.value);
            if !verified && (verify.asked || !absent) {
                return Presented::unverified();
            }
        }
        // A header in two lines was written by two: neither of them counts, and nothing stands in.
        if leaf.len() > 1 {
            return Presented::refused(Refusal::Repeated, false);
        }
        if absent {
            return Presented::refused(Refusal::Absent, true);
        }
        let chain = if self.chain { lines.next().unwrap_or_default() } else { &[] };
        self.read_value(leaf, chain).unwrap_or_else(|refusal| Presented::refused(refusal, true))
    }

    fn read_value(&self, leaf: &[String], chain: &[String]) -> Result<Presented, Refusal> {
        if chain.is_empty() {
            return self.read_lines(leaf, leaf, chain);
        }
        self.read_lines(&[leaf, chain].concat(), leaf, chain)
    }

    fn read_lines(&self, all: &[String], leaf: &[String], chain: &[String]) -> Result<Presented, Refusal> {
        if leaf.iter().any(|value| value.len() > MAX_HEADER)
            || chain.iter().map(String::len).sum::<usize>() > MAX_HEADER
        {
            return Err(Refusal::TooLong);
        }
        if let Some(chain) = self.memo.get(all) {
            return Ok(chain.into());
        }
        let value = leaf.first().ok_or(Refusal::Absent)?;
        let mut ders = match self.encoding {
            Encoding::Xfcc => match header::forwarded(header::trim(value), self.which, self.allow_text)? {
                Identity::Certificates(ders) => ders,
                Identity::Text(identity) => return Ok(Presented::text(identity)),
            },
            encoding => header::octets(value, encoding, self.chain_in_leaf)?,
        };
        let room = MAX_CHAIN_CERTS.saturating_sub(ders.len());
        ders.extend(header::chain_of(chain, self.encoding, room)?);
        if !self.with_issuers {
            ders.truncate(1);
        }
        let linked = Chain::link(header::parse(&ders)?).ok_or(Refusal::NotACertificate)?;
        self.memo.keep(all, &linked);
        Ok(linked.into())
    }
}

impl Presented {
    fn unverified() -> Self {
        Self { reason: Some(Reason::VerificationHeaderMismatch), ..Self::default() }
    }
}

/// A preset that is asked for by name under the option `option`.
pub fn preset_of(options: &Options<'_>, option: &str) -> Result<Option<&'static Preset>, OptionError> {
    let Some(value) = options.get(option) else { return Ok(None) };
    let preset = value.as_str().and_then(preset::named).ok_or_else(|| {
        let known = preset::names().collect::<Vec<_>>().join(", ");
        options.error(format!("unknown {option} '{}'. Valid values: {known}", printed(value)))
    })?;
    Ok(Some(preset))
}
