//! The options of `clientCertAuth`.

use super::header::HeaderSource;
use super::option::{OptionError, Options};
use super::proxies::TrustedProxies;
use super::{Kind, Source, resolver};
use crate::certificate::header::{Member, Structured};
use crate::config::Value;

const DEFAULT_FORWARDED: &str = "x-forwarded-client-cert";
const DEFAULT_SUCCESS: &str = "SUCCESS";

const MEMBERS: [(&str, Member); 6] = [
    ("subjectDN", Member::SubjectDn),
    ("issuerDN", Member::IssuerDn),
    ("fingerprint", Member::Fingerprint),
    ("serialNumber", Member::SerialNumber),
    ("san", Member::San),
    ("verify", Member::Verify),
];

/// In the place of what `header` says, and not beside it.
const OF_SOURCES: [&str; 7] =
    ["source", "certificateHeader", "headerEncoding", "chainHeader", "verifyHeader", "verifyValue", "fallbackToSocket"];

const OF_BOTH: [&str; 4] = ["format", "trustedProxies", "xfccElement", "allowTextIdentity"];
const OF_ELEMENTS: [&str; 1] = ["name"];
const OF_TEXTS: [&str; 1] = ["verifySuccessValue"];

pub fn compile(options: &Options<'_>) -> Result<Source, OptionError> {
    options.check_shape()?;
    let Some(header) = options.get("header") else { return resolver::read(options) };
    if !matches!(header, Value::Object(_)) {
        return Err(options.error("header must be an object"));
    }
    for other in OF_SOURCES {
        if options.get(other).is_some() {
            return Err(options.error(format!("header and {other} exclude each other")));
        }
    }
    let header = options.within("header");
    // The top level wins.
    let of = |name: &str| if options.get(name).is_some() { *options } else { header };
    let (names, kind) = match header.get("format").and_then(Value::as_str) {
        Some("xfcc") => {
            header.check_members("header", &[&OF_BOTH[..], &OF_ELEMENTS].concat())?;
            let name = header.header_name("name")?.unwrap_or(DEFAULT_FORWARDED);
            let allow_text = of("allowTextIdentity").boolean("allowTextIdentity")?.unwrap_or(false);
            let which = of("xfccElement").which_element()?;
            (vec![name.to_lowercase()], Kind::Header(HeaderSource::forwarded(which, allow_text)))
        }
        Some("structured") => {
            header.check_members("header", &[&OF_BOTH[..], &OF_TEXTS, &MEMBERS.map(|(option, _)| option)].concat())?;
            structured(&header)?
        }
        _ => return Err(options.error("header.format must be \"xfcc\" or \"structured\".")),
    };
    Ok(Source {
        names,
        kind,
        proxies: TrustedProxies::compile(&of("trustedProxies"))?,
        fallback: false,
        tolerance: options.tolerance()?,
        require_authorized: false,
    })
}

fn structured(header: &Options<'_>) -> Result<(Vec<String>, Kind), OptionError> {
    let mut names = Vec::new();
    let mut members = Vec::new();
    for (option, member) in MEMBERS {
        if let Some(name) = header.header_name(option)? {
            names.push(name.to_lowercase());
            members.push(member);
        }
    }
    if members.iter().all(|member| *member == Member::Verify) {
        return Err(header.error(
            "structured header config must name at least one of subjectDN/issuerDN/fingerprint/serialNumber/san.",
        ));
    }
    let success = header.text("verifySuccessValue")?.unwrap_or(DEFAULT_SUCCESS).to_owned();
    Ok((names, Kind::Structured(Structured { members, success })))
}

#[cfg(test)]
mod tests {
    use crate::certificate::source::Form;
    use crate::certificate::source::tests::compile;
    use serde_json::json;

    #[test]
    fn what_would_not_be_done_is_refused() {
        let structured = json!({"format": "structured", "subjectDN": "x"});
        for (header, other) in [
            (json!({"format": "xfcc"}), "verifyHeader"),
            (json!({"format": "xfcc"}), "fallbackToSocket"),
            (structured.clone(), "headerEncoding"),
        ] {
            let text = compile(Form::Mtls, &json!({"header": header, other: "x"})).err();
            assert_eq!(text, Some(format!("clientCertAuth(): header and {other} exclude each other")));
        }
        for (mut header, member) in
            [(json!({"format": "xfcc"}), "verify"), (json!({"format": "xfcc"}), "trustedProxy"), (structured, "name")]
        {
            header[member] = "x".into();
            let text = compile(Form::Mtls, &json!({"header": header})).err();
            assert_eq!(text, Some(format!("clientCertAuth(): header has no option '{member}' in this format")));
        }
    }
}
