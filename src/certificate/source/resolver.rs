//! The options of `clientCertificateResolver`.

use super::form::Form;
use super::header::HeaderSource;
use super::option::{OptionError, Options, printed};
use super::proxies::TrustedProxies;
use super::{Kind, Source, preset};
use crate::certificate::header::Encoding;
use crate::config::Value;

/// What makes no sense where no header is read.
const OF_HEADERS: [&str; 8] = [
    "certificateHeader",
    "headerEncoding",
    "chainHeader",
    "verifyHeader",
    "verifyValue",
    "fallbackToSocket",
    "xfccElement",
    "allowTextIdentity",
];

pub fn compile(options: &Options<'_>) -> Result<Source, OptionError> {
    options.check_shape()?;
    options.check_names(Form::Resolver.members())?;
    if options.get("source").is_none() && options.get("certificateHeader").is_none() {
        return Err(options.error(format!("source or certificateHeader is required. Valid sources: {}", sources())));
    }
    let require_authorized = options.boolean("requireAuthorized")?.unwrap_or(true);
    Ok(Source { require_authorized, ..read(options)? })
}

/// The source that the options name; the TLS socket when they name none.
pub fn read(options: &Options<'_>) -> Result<Source, OptionError> {
    let fallback = options.boolean("fallbackToSocket")?.unwrap_or(false);
    let (names, kind) = match socket_or_event(options)? {
        Some(kind) => (Vec::new(), kind),
        None => header(options)?,
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

fn socket_or_event(options: &Options<'_>) -> Result<Option<Kind>, OptionError> {
    let name = match options.get("source") {
        Some(Value::String(name)) => name.as_str(),
        Some(_) => return Ok(None),
        None if options.get("certificateHeader").is_some() => return Ok(None),
        None => "tls",
    };
    let kind = match name {
        "tls" => Kind::Tls,
        event if preset::EVENTS.contains(&event) => Kind::Event,
        _ => return Ok(None),
    };
    match OF_HEADERS.iter().find(|option| options.get(option).is_some()) {
        Some(option) => {
            Err(options.error(format!("{option} does not apply to source '{name}', which reads no header")))
        }
        None => Ok(Some(kind)),
    }
}

fn header(options: &Options<'_>) -> Result<(Vec<String>, Kind), OptionError> {
    let preset = match options.get("source") {
        None => None,
        Some(value) => Some(value.as_str().and_then(preset::named).ok_or_else(|| {
            options.error(format!("unknown source '{}'. Valid values: {}", printed(value), sources()))
        })?),
    };
    let allow_text = options.boolean("allowTextIdentity")?.unwrap_or(false);
    let Some((names, mut header)) = HeaderSource::compile(options, "source", preset)? else {
        return Ok((Vec::new(), Kind::Tls));
    };
    let of_elements = ["xfccElement", "allowTextIdentity"].into_iter().find(|option| options.get(option).is_some());
    if let Some(option) = of_elements.filter(|_| header.encoding() != Encoding::Xfcc) {
        return Err(options.error(format!("{option} applies to headerEncoding 'xfcc' only")));
    }
    header.allow_text = allow_text;
    Ok((names, Kind::Header(header)))
}

fn sources() -> String {
    ["tls"].into_iter().chain(preset::names()).chain(preset::EVENTS).collect::<Vec<_>>().join(", ")
}
