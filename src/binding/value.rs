//! JavaScript values of unknown type, as the core's configuration reads them.

use crate::config::Value;
use napi::bindgen_prelude::{FromNapiValue, JsObjectValue, Object, Unknown};
use napi::{JsValue, ValueType};

/// Deeper members of an option are not looked at.
const MAX_DEPTH: usize = 4;

pub fn read(value: Unknown<'_>) -> napi::Result<Value> {
    read_to(value, MAX_DEPTH)
}

/// Only the named members, inherited ones too.
pub fn read_members(object: &Object<'_>, names: &[&str]) -> napi::Result<Vec<(String, Value)>> {
    let member = |name: &&str| Ok(((*name).to_owned(), read(object.get_named_property::<Unknown<'_>>(name)?)?));
    names.iter().map(member).collect()
}

/// An object's named members as `read_member` reads them, inherited ones too; whatever else it has of its own is there
/// by name alone. Anything that is no object is read as it is.
pub fn read_named(
    value: Unknown<'_>,
    names: &[&str],
    read_member: impl Fn(&str, Unknown<'_>) -> napi::Result<Value>,
) -> napi::Result<Value> {
    let Some(object) = plain_object(&value)? else { return read(value) };
    let mut members = Vec::new();
    for name in names {
        members.push(((*name).to_owned(), read_member(name, object.get_named_property(name)?)?));
    }
    for name in Object::keys(&object)?.into_iter().filter(|name| !names.contains(&name.as_str())) {
        let defined = object.get_named_property::<Unknown<'_>>(&name)?.get_type()? != ValueType::Undefined;
        members.push((name, if defined { Value::Null } else { Value::Undefined }));
    }
    Ok(Value::Object(members))
}

/// The items of an array as `read_item` reads them, or the one value that is no array.
pub fn read_items(value: Unknown<'_>, read_item: impl Fn(Unknown<'_>) -> napi::Result<Value>) -> napi::Result<Value> {
    if value.get_type()? != ValueType::Object || plain_object(&value)?.is_some() {
        return read_item(value);
    }
    let array: Object<'_> = from(&value)?;
    let items = (0..array.get_array_length()?).map(|index| read_item(array.get_element(index)?));
    Ok(Value::Array(items.collect::<napi::Result<_>>()?))
}

/// Neither an array nor a function.
fn plain_object<'a>(value: &Unknown<'a>) -> napi::Result<Option<Object<'a>>> {
    if value.get_type()? != ValueType::Object {
        return Ok(None);
    }
    let object: Object<'a> = from(value)?;
    Ok(if object.is_array()? { None } else { Some(object) })
}

fn read_to(value: Unknown<'_>, depth: usize) -> napi::Result<Value> {
    Ok(match value.get_type()? {
        ValueType::Undefined => Value::Undefined,
        ValueType::Null => Value::Null,
        ValueType::Boolean => Value::Bool(from(&value)?),
        ValueType::Number => Value::Number(from(&value)?),
        ValueType::String => Value::String(from(&value)?),
        ValueType::Function => Value::Function,
        ValueType::Object => read_object(&value, depth)?,
        // Symbols, big integers and externals satisfy no rule, like an empty object.
        _ => Value::Object(Vec::new()),
    })
}

fn read_object(value: &Unknown<'_>, depth: usize) -> napi::Result<Value> {
    let object: Object<'_> = from(value)?;
    let Some(depth) = depth.checked_sub(1) else { return Ok(Value::Object(Vec::new())) };
    if object.is_array()? {
        let items = (0..object.get_array_length()?).map(|index| read_to(object.get_element(index)?, depth));
        return Ok(Value::Array(items.collect::<napi::Result<_>>()?));
    }
    let members = Object::keys(&object)?.into_iter().map(|name| {
        let member = read_to(object.get_named_property::<Unknown<'_>>(&name)?, depth)?;
        Ok((name, member))
    });
    Ok(Value::Object(members.collect::<napi::Result<_>>()?))
}

fn from<'a, T: FromNapiValue>(value: &Unknown<'a>) -> napi::Result<T> {
    let raw = value.value();
    #[expect(unsafe_code, reason = "reads the handle of this very call; its type has just been checked")]
    unsafe {
        T::from_napi_value(raw.env, raw.value)
    }
}
