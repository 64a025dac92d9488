//! Answers: what a method returns, or the fault that it throws.

use vsphere_types::{Array, Fault, Method, Value};

use super::fault::decode_fault;
use super::{body_of, envelope};
use crate::CodecError;
use crate::decode::decode_fields;
use crate::element::{Limits, parse};
use crate::encode::encode_result;

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ResponseError {
    /// The server answered a fault.
    #[error("{}: {}", .0.object.type_name, .0.message)]
    Soap(Fault),
    /// The answer cannot be read.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// Writes what a method returns; `None` for nothing.
pub fn encode_response(method: Method, value: Option<&Value>) -> Vec<u8> {
    encode_response_to(method, value, "urn:vsan")
}

/// The same for a client that asked in a namespace: in `urn:vim25` it does not know the types of CNS.
pub fn encode_response_to(method: Method, value: Option<&Value>, asked_in: &str) -> Vec<u8> {
    let name = format!("{}Response", method.wire_name());
    envelope(
        |_| {},
        |document| {
            if asked_in == "urn:vim25" && method.namespace() == "urn:vim25" {
                document.without_cns();
            }
            document.begin(&name, &[("xmlns", method.namespace())]);
            if let (Some(value), Some(info)) = (value, method.info().result) {
                encode_result(document, info.name, value, info);
            }
            document.end(&name);
        },
    )
}

/// Reads what a method returned. Where it returns an array there is always one, empty when nothing came.
///
/// # Errors
/// The server's fault, or what is wrong with the bytes.
pub fn decode_response(method: Method, bytes: &[u8]) -> Result<Option<Value>, ResponseError> {
    let root = parse(bytes, Limits::RESPONSE)?;
    let answer = body_of(&root)?;
    if answer.name == "Fault" {
        return Err(ResponseError::Soap(decode_fault(answer)?));
    }
    if answer.name.strip_suffix("Response") != Some(method.wire_name()) {
        let (element, within) = (answer.name.clone(), "Body".to_owned());
        return Err(CodecError::Unexpected { element, within, place: answer.place }.into());
    }
    let Some(info) = method.info().result else {
        return Ok(None);
    };
    let fields = decode_fields(answer, answer.children.iter(), &[info])?;
    let value = fields.into_iter().find(|(name, _)| name == info.name).map(|(_, value)| value);
    match value {
        None if info.array => Ok(Some(Value::Array(Array { item_type: info.declared.item_type().into(), items: Vec::new() }))),
        None if !info.optional => Err(answer.missing(info.name).into()),
        other => Ok(other),
    }
}
