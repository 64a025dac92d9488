//! Requests: a method of an object, and its arguments.

use vsphere_types::{Method, MoRef, Object, Value};

use super::{METHOD_NAMESPACES, body_of, envelope};
use crate::CodecError;
use crate::decode::{decode_fields, decode_reference};
use crate::element::{Element, Limits, parse};
use crate::encode::encode_fields;

/// What stands beside a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// The client's name for the operation; servers log it.
    pub operation_id: Option<String>,
    /// The session, for services that do not see the cookie (`vcSessionCookie`).
    pub session_cookie: Option<String>,
}

/// A request as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The namespace of the method: `urn:vim25`, or another that is accepted.
    pub namespace: String,
    /// What stands beside it.
    pub header: Header,
    /// The method, or the name of one that the table does not have.
    pub method: Result<Method, String>,
    /// The object that it is called on.
    pub this: MoRef,
    /// The arguments by name; the type name is the method's.
    pub arguments: Object,
}

/// Reads a request.
///
/// # Errors
/// The bytes are not a request, an argument is missing or not of its type.
pub fn decode_request(bytes: &[u8]) -> Result<Request, CodecError> {
    let root = parse(bytes, Limits::REQUEST)?;
    let call = body_of(&root)?;
    if !METHOD_NAMESPACES.contains(&call.namespace.as_str()) {
        let (namespace, element) = (call.namespace.clone(), call.name.clone());
        return Err(CodecError::Namespace { namespace, element, place: call.place });
    }
    let Value::Ref(this) = decode_reference(call.require("_this")?)? else {
        return Err(call.missing("_this"));
    };
    let method = Method::from_wire(&call.name).ok_or_else(|| call.name.clone());
    let parameters = method.as_ref().map_or(&[][..], |method| method.info().parameters);
    let fields = decode_fields(call, call.children.iter().filter(|child| child.name != "_this"), parameters)?;
    if let Some(absent) = parameters.iter().find(|info| !info.optional && !fields.iter().any(|(name, _)| name == info.name)) {
        return Err(call.missing(absent.name));
    }
    let type_name = method.as_ref().map_or_else(|name| name.clone().into(), |method| method.wire_name().into());
    let arguments = Object { type_name, fields };
    Ok(Request { namespace: call.namespace.clone(), header: decode_header(&root), method, this, arguments })
}

fn decode_header(root: &Element) -> Header {
    let text = |name: &str| root.child("Header").and_then(|header| header.child(name)).map(|element| element.text.trim().to_owned());
    Header { operation_id: text("operationID"), session_cookie: text("vcSessionCookie") }
}

/// Writes a request in the namespace that the service is spoken to in.
pub fn encode_request(method: Method, this: &MoRef, arguments: &Object, header: &Header, namespace: &str) -> Vec<u8> {
    let entries = [("operationID", &header.operation_id), ("vcSessionCookie", &header.session_cookie)];
    envelope(
        |document| {
            if entries.iter().all(|(_, text)| text.is_none()) {
                return;
            }
            document.begin("soapenv:Header", &[]);
            for (name, text) in entries {
                if let Some(text) = text {
                    document.leaf(name, &[("xmlns", namespace)], text);
                }
            }
            document.end("soapenv:Header");
        },
        |document| {
            document.begin(method.wire_name(), &[("xmlns", namespace)]);
            document.leaf("_this", &[("type", &this.kind)], &this.id);
            encode_fields(document, &arguments.fields, method.info().parameters);
            document.end(method.wire_name());
        },
    )
}
