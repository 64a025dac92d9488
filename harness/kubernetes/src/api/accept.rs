//! In which form a client wants its answer.
//!
//! Modelled: JSON, whole, as PartialObjectMetadata or as a Table (of its metadata, whatever `includeObject` says).
//! A client that asks for protobuf is answered in the next form that it names; all known ones name JSON or `*/*`.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::table::table;
use crate::store::{Resource, Status};

/// The form of objects in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The objects themselves.
    Whole,
    /// Their metadata only.
    Metadata,
    /// A table of them.
    Table,
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
                ("application/json", Some("Table")) => Some(Self::Table),
                _ => None,
            }
        });
        let refused = || Status::new(406, "NotAcceptable", "only the following media types are accepted: application/json");
        forms.into_iter().next().ok_or_else(refused)
    }

    /// An object in this form; `heads` is false where a table needs no column definitions any more.
    pub fn object<'o>(self, resource: &Resource, object: &'o Value, now: Timestamp, heads: bool) -> Cow<'o, Value> {
        match self {
            Self::Table if object["kind"] != "Status" => {
                let metadata = json!({"resourceVersion": object["metadata"]["resourceVersion"]});
                Cow::Owned(table(resource, std::slice::from_ref(object), &metadata, now, heads))
            }
            Self::Metadata if object["kind"] != "Status" => {
                Cow::Owned(json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]}))
            }
            _ => Cow::Borrowed(object),
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
            ("application/json;as=Table;v=v1;g=meta.k8s.io,application/json", Some(Form::Table)),
            ("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", Some(Form::Metadata)),
            ("application/vnd.kubernetes.protobuf", None),
        ];
        for (accept, expected) in table {
            assert_eq!(Form::parse(accept).ok(), expected, "{accept}");
        }
    }
}
