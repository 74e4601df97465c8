//! The options of `clientCertificateAuth` and of the extractor.

use super::header::{HeaderSource, preset_of};
use super::option::{OptionError, Options};
use super::proxies::TrustedProxies;
use super::{Kind, Source};

/// The option that names presets.
const BY: &str = "certificateSource";

pub fn compile(options: &Options<'_>) -> Result<Source, OptionError> {
    options.check_object()?;
    for name in ["certificateHeader", "chainHeader", "verifyHeader", "verifyValue"] {
        options.text(name)?;
    }
    let fallback = options.boolean("fallbackToSocket")?.unwrap_or(false);
    let with_issuers = options.boolean("includeChain")?.unwrap_or(false);
    if options.get("verifyHeader").is_some() != options.get("verifyValue").is_some() {
        return Err(options.error("verifyHeader and verifyValue must both be provided together, or both omitted"));
    }
    let preset = preset_of(options, BY)?;
    let header = HeaderSource::compile(options, BY, preset)?;
    options.check_function("onAuthenticated")?;
    options.check_function("onRejected")?;
    options.which_element()?;
    let (names, kind) = match header {
        Some((names, mut header)) => {
            header.with_issuers = with_issuers;
            (names, Kind::Header(header))
        }
        None => (Vec::new(), Kind::Tls),
    };
    Ok(Source {
        names,
        kind,
        proxies: TrustedProxies::compile(options)?,
        fallback,
        tolerance: options.tolerance()?,
        require_authorized: true,
    })
}
