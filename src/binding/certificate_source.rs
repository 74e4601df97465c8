//! Where a request's client certificate comes from, and the readers of single header values.

use super::certificate::NativeCertificate;
use super::{guarded, value};
use crate::certificate::header::{self, Encoding};
use crate::certificate::source::{Form, HEADER_MEMBERS, OptionError, Presented, Source};
use crate::certificate::x509::Chain;
use crate::config::Value;
use napi::bindgen_prelude::{Either, Unknown};
use napi_derive::napi;

/// An option that is wrong; nothing is built.
#[napi(object)]
pub struct NativeOptionError {
    /// `type` for a TypeError, else `error`.
    pub kind: String,
    pub message: String,
}

/// What a request presented.
#[napi(object, object_from_js = false)]
pub struct NativePresented {
    /// Also present beside `certificate_expired` and `certificate_not_yet_valid`. The leaf alone, but for `includeChain`.
    pub certificate: Option<NativeCertificate>,
    /// Why there is none that counts: `verification_header_mismatch`, `header_missing_or_malformed`,
    /// `certificate_expired` or `certificate_not_yet_valid`.
    pub reason: Option<String>,
    /// What exactly is wrong, for operators: a stable code.
    pub detail: Option<String>,
    /// The certificate of the TLS socket may stand in.
    pub fallback: bool,
    /// JSON of a ClientCertificate that is known by text alone.
    pub text: Option<String>,
}

/// Options, validated once, and the headers that were read before.
#[napi]
pub struct NativeCertificateSource {
    pub(super) source: Source,
}

#[napi]
impl NativeCertificateSource {
    /// `form` says whose options these are: `auth` (clientCertificateAuth and the extractor), `resolver`
    /// (clientCertificateResolver) or `mtls` (clientCertAuth).
    #[napi(ts_args_type = "options: unknown, form: 'auth' | 'resolver' | 'mtls'")]
    pub fn create(
        options: Unknown<'_>,
        form: String,
    ) -> napi::Result<Either<NativeCertificateSource, NativeOptionError>> {
        let form = Form::named(&form).ok_or_else(|| napi::Error::from_reason("unknown form"))?;
        let options = value::read_named(options, form.members(), read_member)?;
        Ok(match Source::compile(&options, form) {
            Ok(source) => Either::A(Self { source }),
            Err(error) => Either::B(error.into()),
        })
    }

    /// Lower-case names of the headers that `read` wants to see, in its order. Empty: the TLS socket alone.
    #[napi(getter)]
    pub fn names(&self) -> Vec<String> {
        self.source.names().to_vec()
    }

    /// `tls`, `header` or `lambda`.
    #[napi(getter, ts_return_type = "'tls' | 'header' | 'lambda'")]
    pub fn kind(&self) -> String {
        self.source.kind().to_owned()
    }

    /// Headers are accepted from every peer because `trustedProxies` was left out.
    #[napi(getter)]
    pub fn warn(&self) -> bool {
        self.source.trusts_everybody()
    }

    /// A certificate of the TLS socket counts only where the server authorised it.
    #[napi(getter)]
    pub fn require_authorized(&self) -> bool {
        self.source.require_authorized()
    }

    /// Seconds that a certificate of the TLS socket may be out of its validity; nothing when validity is not checked.
    #[napi(getter)]
    pub fn tolerance(&self) -> Option<f64> {
        self.source.tolerance()
    }

    /// `lines[i]` are the values of the header `names[i]`, one for each header line; `now` in seconds since the epoch.
    #[napi]
    pub fn read(&self, lines: Vec<Vec<String>>, peer: Option<String>, now: f64) -> NativePresented {
        present(|| self.source.read(&lines, peer.as_deref(), now))
    }
}

/// The leaf and its linked issuers in a header's value; dates are not looked at.
#[napi(ts_args_type = "value: string, encoding: string, chainInLeafHeader?: boolean")]
pub fn native_parse_header_value(
    value: String,
    encoding: String,
    chain_in_leaf_header: Option<bool>,
) -> Option<NativeCertificate> {
    let encoding = Encoding::named(&encoding)?;
    let certificates = guarded(|| Ok(header::certificates(&value, encoding, chain_in_leaf_header.unwrap_or(false))));
    certificates.ok().and_then(Result::ok).and_then(Chain::link).map(Into::into)
}

/// One `X-Forwarded-Client-Cert` value: its certificate, or its text where `allowTextIdentity` is set; dates are not
/// looked at.
#[napi(ts_args_type = "value: string, xfccElement?: 'first' | 'last' | undefined, allowTextIdentity?: boolean")]
pub fn native_parse_forwarded(
    value: String,
    xfcc_element: Option<String>,
    allow_text_identity: Option<bool>,
) -> NativePresented {
    present(|| Source::read_forwarded(&value, xfcc_element.as_deref(), allow_text_identity.unwrap_or(false)))
}

/// The names and values of `PRESETS`: JSON of `{name: {header, encoding, chainHeader?, …}}`.
#[napi]
pub fn native_certificate_presets() -> String {
    crate::certificate::source::presets_json()
}

fn read_member(name: &str, member: Unknown<'_>) -> napi::Result<Value> {
    match name {
        "header" => value::read_named(member, HEADER_MEMBERS, read_member),
        "trustedProxies" => {
            value::read_items(member, |entry| value::read_named(entry, &["rules"], |_, rules| value::read(rules)))
        }
        _ => value::read(member),
    }
}

/// A panic is a header that cannot be read; it never lets anybody in.
fn present(read: impl FnOnce() -> Presented) -> NativePresented {
    guarded(|| Ok(read())).unwrap_or_else(|_| Presented::unreadable()).into()
}

impl From<Presented> for NativePresented {
    fn from(presented: Presented) -> Self {
        Self {
            certificate: presented.chain.map(Into::into),
            reason: presented.reason.map(|reason| reason.code().to_owned()),
            detail: presented.detail.map(str::to_owned),
            fallback: presented.fallback,
            text: presented.text,
        }
    }
}

impl From<OptionError> for NativeOptionError {
    fn from(error: OptionError) -> Self {
        Self { kind: if error.is_type_error { "type" } else { "error" }.to_owned(), message: error.message }
    }
}
