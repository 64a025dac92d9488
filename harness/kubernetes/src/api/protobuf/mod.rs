//! Bodies in protobuf: what client-go's typed clients and the CSI sidecars send for built-in kinds.
//!
//! Modelled: the envelope (`k8s\0` and `runtime.Unknown`), every field of every kind in the table (`crate::schema`).
//! Answers are JSON: the clients read what the answer's Content-Type says. A field number that the table lacks is
//! dropped, as the real server does with those that it does not know, but the client is told by a Warning, which that one
//! does not.
//! Custom resources have no protobuf form: 415 (the real server drops the connection).

mod message;
mod special;
mod wire;

use serde_json::{Map, Value};

use crate::schema;

/// The media type.
pub const MEDIA_TYPE: &str = "application/vnd.kubernetes.protobuf";

/// What a body begins with.
const MAGIC: &[u8] = b"k8s\0";

/// Deepest nesting that is read; schemas of schemas are the deepest that anybody sends.
const DEEPEST: usize = 100;

/// Why a body could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtobufError {
    /// It does not begin as it must.
    #[error("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")]
    NoEnvelope,
    /// It ends in the middle of a field, or a length leads beyond its end.
    #[error("the protobuf message ends unexpectedly in {within}")]
    CutShort {
        /// The type that was being read.
        within: String,
    },
    /// A wire type that a field cannot have.
    #[error("field {number} of {within} has wire type {wire}, which its type does not have")]
    WireType {
        /// The type that was being read.
        within: String,
        /// The field's number.
        number: u32,
        /// What was found.
        wire: u8,
    },
    /// Text that is not UTF-8, JSON that is none, a time beyond all times.
    #[error("field {number} of {within} holds no {expected}")]
    Malformed {
        /// The type that was being read.
        within: String,
        /// The field's number.
        number: u32,
        /// What it should hold.
        expected: &'static str,
    },
    /// No built-in kind is called so.
    #[error("no kind \"{kind}\" is registered for version \"{api_version}\" in protobuf form; send JSON")]
    UnknownKind {
        /// What the envelope says.
        api_version: String,
        /// What the envelope says.
        kind: String,
    },
    /// It is nested too deeply.
    #[error("the protobuf message is nested more than {DEEPEST} levels deep")]
    TooDeep,
}

/// A body, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The object as JSON would have it.
    pub object: Value,
    /// Fields that were dropped.
    pub warnings: Vec<String>,
}

/// Reads a body with its envelope.
///
/// # Errors
/// See [`ProtobufError`].
pub fn decode(bytes: &[u8]) -> Result<Decoded, ProtobufError> {
    let envelope = Envelope::read(bytes.strip_prefix(MAGIC).ok_or(ProtobufError::NoEnvelope)?)?;
    let group = envelope.api_version.split_once('/').map_or("", |(group, _)| group);
    let unknown = || ProtobufError::UnknownKind { api_version: envelope.api_version.clone(), kind: envelope.kind.clone() };
    let name = schema::kind(group, &envelope.kind).ok_or_else(unknown)?;
    let mut reading = message::Reading { warnings: Vec::new(), depth: 0 };
    let mut members = reading.object(&name, envelope.raw)?;
    members.insert("apiVersion".to_owned(), envelope.api_version.into());
    members.insert("kind".to_owned(), envelope.kind.into());
    Ok(Decoded { object: Value::Object(members), warnings: reading.warnings })
}

/// `runtime.Unknown`, as far as it is used: no server takes an encoding.
struct Envelope<'a> {
    api_version: String,
    kind: String,
    raw: &'a [u8],
}

impl<'a> Envelope<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ProtobufError> {
        let mut envelope = Self { api_version: String::new(), kind: String::new(), raw: &[] };
        for field in wire::Fields::new("runtime.Unknown", bytes) {
            let field = field?;
            match field.number {
                1 => {
                    for part in wire::Fields::new("runtime.TypeMeta", field.bytes()?) {
                        let part = part?;
                        match part.number {
                            1 => envelope.api_version = part.text()?.to_owned(),
                            2 => envelope.kind = part.text()?.to_owned(),
                            _ => {}
                        }
                    }
                }
                2 => envelope.raw = field.bytes()?,
                _ => {}
            }
        }
        Ok(envelope)
    }
}

/// The members of an object while it is read.
type Members = Map<String, Value>;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A length-delimited field.
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let mut field = vec![number << 3 | 2, u8::try_from(bytes.len()).unwrap()];
        field.extend_from_slice(bytes);
        field
    }

    fn body(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
        let meta = [field(1, api_version.as_bytes()), field(2, kind.as_bytes())].concat();
        [MAGIC.to_vec(), field(1, &meta), field(2, raw)].concat()
    }

    #[test]
    fn an_object_comes_out_as_its_json() {
        let labels = field(11, &[field(1, b"a"), field(2, b"b")].concat());
        let metadata = field(1, &[field(1, b"m"), field(2, b""), labels].concat());
        let data = field(2, &[field(1, b"k"), field(2, b"v")].concat());
        let read = decode(&body("v1", "ConfigMap", &[metadata, data, vec![4 << 3, 1]].concat())).unwrap();
        let expected = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m", "labels": {"a": "b"}}, "data": {"k": "v"}, "immutable": true});
        assert_eq!(read, Decoded { object: expected, warnings: Vec::new() });
    }

    #[test]
    fn what_the_table_lacks_is_told() {
        let read = decode(&body("v1", "ConfigMap", &[field(15, b"new"), vec![14 << 3, 1]].concat())).unwrap();
        assert_eq!(read.warnings, ["unknown protobuf field 15 of core.ConfigMap", "unknown protobuf field 14 of core.ConfigMap"]);
    }

    #[test]
    fn bad_bytes_are_named() {
        let table: [(Vec<u8>, &str); 7] = [
            (b"{}".to_vec(), "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]"),
            (b"k8s\0\x0a\x05ab".to_vec(), "the protobuf message ends unexpectedly in runtime.Unknown"),
            (b"k8s\0\xff".to_vec(), "the protobuf message ends unexpectedly in runtime.Unknown"),
            (body("v1", "Thing", b""), "no kind \"Thing\" is registered for version \"v1\" in protobuf form; send JSON"),
            (body("v1", "ConfigMap", &[1 << 3, 1]), "field 1 of core.ConfigMap has wire type 0, which its type does not have"),
            (body("v1", "ConfigMap", &field(1, &field(1, b"\xff"))), "field 1 of meta.ObjectMeta holds no UTF-8"),
            (
                body("v1", "ConfigMap", &field(1, &field(8, &[1 << 3, 255, 255, 255, 255, 255, 255, 255, 127]))),
                "field 8 of meta.ObjectMeta holds no time",
            ),
        ];
        for (bytes, expected) in table {
            assert_eq!(decode(&bytes).unwrap_err().to_string(), expected);
        }
    }
}
