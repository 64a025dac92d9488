//! In which form a client wants its answer.
//!
//! Modelled: JSON, whole or as PartialObjectMetadata. A client that asks for a table or for protobuf is answered in
//! the next form that it names; all known ones name JSON or `*/*`.

use serde_json::{Value, json};

use crate::store::Status;

/// The form of objects in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The objects themselves.
    Whole,
    /// Their metadata only.
    Metadata,
}

impl Form {
    /// Reads an Accept header; an absent one takes anything.
    ///
    /// # Errors
    /// 406 when nothing in it can be served.
    pub fn parse(accept: &str) -> Result<Self, Status> {
        if accept.trim().is_empty() {
            return Ok(Self::Whole);
        }
        let forms = accept.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default();
            let wanted = parts.find_map(|part| part.strip_prefix("as="));
            match (media, wanted) {
                ("application/json" | "application/*" | "*/*", None) => Some(Self::Whole),
                ("application/json", Some("PartialObjectMetadata" | "PartialObjectMetadataList")) => Some(Self::Metadata),
                _ => None,
            }
        });
        let refused = || Status::new(406, "NotAcceptable", "only the following media types are accepted: application/json");
        forms.into_iter().next().ok_or_else(refused)
    }

    /// An object in this form.
    pub fn object(self, object: Value) -> Value {
        match self {
            Self::Metadata if object["kind"] != "Status" => {
                json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]})
            }
            _ => object,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_form_that_fits_is_taken() {
        let table = [
            ("", Some(Form::Whole)),
            ("application/json", Some(Form::Whole)),
            ("application/vnd.kubernetes.protobuf, */*", Some(Form::Whole)),
            ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", Some(Form::Whole)),
            ("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", Some(Form::Metadata)),
            ("application/vnd.kubernetes.protobuf", None),
        ];
        for (accept, expected) in table {
            assert_eq!(Form::parse(accept).ok(), expected, "{accept}");
        }
    }
}
