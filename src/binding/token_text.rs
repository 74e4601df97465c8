//! A JavaScript string as text, without an allocation unless it is long.

use napi::{JsString, JsValue, Status, sys};
use std::mem::MaybeUninit;
use std::ptr;

/// Longer tokens are read twice.
const HERE: usize = 4096;

/// Does the work with the text. Lone surrogates are U+FFFD, as in every other text that crosses.
pub fn with_text<R>(string: &JsString<'_>, work: impl FnOnce(&str) -> R) -> napi::Result<R> {
    let mut buffer = [const { MaybeUninit::<u8>::uninit() }; HERE];
    let length = read(string, &mut buffer)?;
    // Four octets, the longest character, and the terminator may be what did not fit.
    if length + 5 > HERE {
        return Ok(work(string.into_utf8()?.as_str()?));
    }
    #[expect(unsafe_code, reason = "Node-API has written this many octets of UTF-8")]
    let text = unsafe {
        let octets = std::slice::from_raw_parts(buffer.as_ptr().cast::<u8>(), length);
        std::str::from_utf8(octets)
    };
    text.map(work).map_err(|_| napi::Error::from_status(Status::InvalidArg))
}

/// How many octets there are, as far as they fit.
fn read(string: &JsString<'_>, buffer: &mut [MaybeUninit<u8>; HERE]) -> napi::Result<usize> {
    let mut length = 0;
    #[expect(unsafe_code, reason = "napi itself reads strings into allocations only")]
    let status = unsafe {
        let (env, octets) = (string.value().env, buffer.as_mut_ptr().cast());
        sys::napi_get_value_string_utf8(env, string.raw(), octets, HERE, ptr::from_mut(&mut length))
    };
    match status {
        sys::Status::napi_ok => Ok(length),
        status => Err(napi::Error::from_status(Status::from(status))),
    }
}
