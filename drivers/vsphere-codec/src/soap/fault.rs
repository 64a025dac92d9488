//! Faults as SOAP carries them: a text, and the fault itself as its detail.

use vsphere_types::{Fault, Object, is_subtype, namespace_of, type_info};

use super::envelope;
use crate::CodecError;
use crate::decode::decode_object;
use crate::element::Element;
use crate::encode::encode_detail;

/// Writes a fault. It goes out with status 500.
pub fn encode_fault(fault: &Fault) -> Vec<u8> {
    envelope(
        |_| {},
        |document| {
            document.begin("soapenv:Fault", &[]);
            document.leaf("faultcode", &[], "ServerFaultCode");
            document.leaf("faultstring", &[], &fault.message);
            document.begin("detail", &[]);
            encode_detail(document, &fault.object, namespace_of(&fault.object.type_name));
            document.end("detail");
            document.end("soapenv:Fault");
        },
    )
}

/// Reads a fault; one without a detail is a `RuntimeFault`.
pub(super) fn decode_fault(element: &Element) -> Result<Fault, CodecError> {
    let message = element.child("faultstring").map(|text| text.text.clone()).unwrap_or_default();
    let Some(detail) = element.child("detail").and_then(|detail| detail.children.first()) else {
        return Ok(Fault { object: Object::new("RuntimeFault"), message });
    };
    // The root of all faults accepts each of them; a type that the table does not have is kept.
    let named = detail.xsi_type.as_deref().or_else(|| detail.name.strip_suffix("Fault")).unwrap_or("MethodFault");
    let object = decode_object(detail, named)?;
    if type_info(named).is_some() && !is_subtype(named, "MethodFault") {
        let (element, expected) = (detail.name.clone(), "MethodFault".to_owned());
        return Err(CodecError::Type { element, expected, found: named.to_owned(), place: detail.place });
    }
    Ok(Fault { object, message })
}
