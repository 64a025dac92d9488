//! SOAP 1.1 envelopes as vSphere's clients and servers write them.

mod fault;
mod request;
mod response;

pub use fault::encode_fault;
pub use request::{Header, Request, decode_request, encode_request};
pub use response::{ResponseError, decode_response, encode_response, encode_response_to};

use crate::CodecError;
use crate::element::Element;
use crate::writer::Document;

const ENVELOPE: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Namespaces that methods may be in. Clients that speak to both services use `urn:vsan` for all.
const METHOD_NAMESPACES: [&str; 6] = ["urn:vim25", "urn:vsan", "urn:internalvim25", "urn:pbm", "urn:internalpbm", "urn:vslm"];

fn envelope(write_header: impl FnOnce(&mut Document), write_body: impl FnOnce(&mut Document)) -> Vec<u8> {
    let mut document = Document::new();
    let namespaces = [
        ("xmlns:soapenv", ENVELOPE),
        ("xmlns:xsd", "http://www.w3.org/2001/XMLSchema"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xmlns:pbm", "urn:pbm"),
        ("xmlns:vslm", "urn:vslm"),
    ];
    document.begin("soapenv:Envelope", &namespaces);
    write_header(&mut document);
    document.begin("soapenv:Body", &[]);
    write_body(&mut document);
    document.end("soapenv:Body");
    document.end("soapenv:Envelope");
    document.finish()
}

/// The one element of the body.
fn body_of(root: &Element) -> Result<&Element, CodecError> {
    if root.name != "Envelope" || root.namespace != ENVELOPE {
        return Err(CodecError::Unexpected { element: root.name.clone(), within: "document".to_owned(), place: root.place });
    }
    let body = root.require("Body")?;
    match body.children.as_slice() {
        [single] => Ok(single),
        [] => Err(body.missing("element")),
        [_, second, ..] => Err(CodecError::Unexpected { element: second.name.clone(), within: body.name.clone(), place: second.place }),
    }
}
