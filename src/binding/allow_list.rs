//! Allow-lists of certificates, as JavaScript holds them.

use super::{guarded, value};
use crate::certificate::allow::{self, AllowList, Attributes, Kind};
use napi::bindgen_prelude::{Either, Unknown};
use napi_derive::napi;

#[napi]
pub struct NativeAllowList {
    list: AllowList,
    /// What the operator should know, if there is anything.
    #[napi(readonly)]
    pub warning: Option<String>,
}

#[napi]
impl NativeAllowList {
    /// `kind` says what the entries are: of exact alternative names nothing folds but the spelling of addresses. `name`
    /// is what the application called, or the option that it set. Gives the message of a TypeError when the list is
    /// none, or an entry can never match.
    #[napi]
    pub fn create(
        #[napi(
            ts_arg_type = "'texts' | 'fingerprints' | 'fingerprintsWithSha1' | 'serials' | 'alternativeNames' | 'exactAlternativeNames' | 'emails'"
        )]
        kind: String,
        name: String,
        list: Unknown<'_>,
    ) -> napi::Result<Either<NativeAllowList, String>> {
        let kind = kind_of(&kind).ok_or_else(|| napi::Error::from_reason("no such kind of list"))?;
        let list = value::read(list)?;
        Ok(match AllowList::compile(kind, &name, &list) {
            Ok(list) => Either::A(Self { warning: list.warning(&name), list }),
            Err(message) => Either::B(message),
        })
    }

    /// `values`: those of the attribute; the fingerprints, as printed; the serial number; names as `TYPE:value`; the
    /// addresses of the subject. `subjectaltname`, Node's line of all alternative names, counts for names and addresses.
    #[napi]
    pub fn admits(&self, values: Vec<String>, subjectaltname: Option<String>) -> bool {
        let admits = || {
            let names = subjectaltname.map(|line| allow::entries_of(&line)).unwrap_or_default();
            Ok(self.list.admits(&values, &names))
        };
        guarded(admits).unwrap_or_default()
    }
}

/// Attributes of a subject or an issuer that must all be there.
#[napi]
pub struct NativeAttributeList {
    attributes: Attributes,
}

#[napi]
impl NativeAttributeList {
    /// Gives the message of a TypeError when `attributes` is no object of texts.
    #[napi]
    pub fn create(name: String, attributes: Unknown<'_>) -> napi::Result<Either<NativeAttributeList, String>> {
        Ok(match Attributes::compile(&name, &value::read(attributes)?) {
            Ok(attributes) => Either::A(Self { attributes }),
            Err(message) => Either::B(message),
        })
    }

    /// The attributes to read from the certificate.
    #[napi(getter)]
    pub fn names(&self) -> Vec<String> {
        self.attributes.names().map(str::to_owned).collect()
    }

    /// `values` holds those of each name, in the order of `names`.
    #[napi]
    pub fn admits(&self, values: Vec<Vec<String>>) -> bool {
        guarded(|| Ok(self.attributes.admit(&values))).unwrap_or_default()
    }
}

/// The name of a kind, as the type of the argument lists them.
fn kind_of(name: &str) -> Option<Kind> {
    Some(match name {
        "texts" => Kind::Texts,
        "fingerprints" => Kind::Fingerprints { allow_sha1: false },
        "fingerprintsWithSha1" => Kind::Fingerprints { allow_sha1: true },
        "serials" => Kind::Serials,
        "alternativeNames" => Kind::AlternativeNames { case_sensitive: false },
        "exactAlternativeNames" => Kind::AlternativeNames { case_sensitive: true },
        "emails" => Kind::Emails,
        _ => return None,
    })
}
