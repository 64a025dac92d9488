//! In which form a client wants its answer.
//!
//! Modelled: JSON, whole, as PartialObjectMetadata or as a Table, whose rows hold what `includeObject` says.
//! A client that asks for protobuf is answered in the next form that it names; all known ones name JSON or `*/*`.

use std::borrow::Cow;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::query::Query;
use super::table::table;
use crate::store::{FieldError, Resource, Status};

/// What the rows of a table hold beside their cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Included {
    /// The metadata of the object.
    Metadata,
    /// The object.
    Object,
    /// Nothing.
    None,
}

impl Included {
    fn parse(query: &Query) -> Result<Self, Status> {
        match query.get("includeObject") {
            "" | "Metadata" => Ok(Self::Metadata),
            "Object" => Ok(Self::Object),
            "None" => Ok(Self::None),
            other => {
                let error = FieldError::invalid("includeObject", &other.into(), "must be 'Metadata', 'Object', 'None', or empty");
                Err(Status::bad_request(format!("Unable to convert to Table as requested: {error}")))
            }
        }
    }

    /// What the row of an object holds.
    pub fn of(self, object: &Value) -> Value {
        match self {
            Self::Metadata => json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]}),
            Self::Object => object.clone(),
            Self::None => Value::Null,
        }
    }
}

/// The form of objects in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The objects themselves.
    Whole,
    /// Their metadata only.
    Metadata,
    /// A table of them.
    Table(Included),
}

impl Form {
    /// Reads an Accept header, and of a query what belongs to it; an absent header takes anything.
    ///
    /// # Errors
    /// 406 when nothing in it can be served, 400 when rows cannot hold what is asked of them.
    pub fn parse(accept: &str, query: &Query) -> Result<Self, Status> {
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
                ("application/json", Some("Table")) => Some(Self::Table(Included::Metadata)),
                _ => None,
            }
        });
        let refused = || Status::new(406, "NotAcceptable", "only the following media types are accepted: application/json");
        match forms.into_iter().next().ok_or_else(refused)? {
            Self::Table(_) => Included::parse(query).map(Self::Table),
            other => Ok(other),
        }
    }

    /// An object in this form; `heads` is false where a table needs no column definitions any more.
    pub fn object<'o>(self, resource: &Resource, object: &'o Value, now: Timestamp, heads: bool) -> Cow<'o, Value> {
        match self {
            Self::Table(included) if object["kind"] != "Status" => {
                let metadata = json!({"resourceVersion": object["metadata"]["resourceVersion"]});
                Cow::Owned(table(resource, std::slice::from_ref(object), &metadata, now, heads, included))
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
        const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
        let table = [
            ("", "", Some(Form::Whole)),
            ("application/json", "", Some(Form::Whole)),
            ("application/vnd.kubernetes.protobuf, */*", "", Some(Form::Whole)),
            (TABLE, "", Some(Form::Table(Included::Metadata))),
            (TABLE, "includeObject=Object", Some(Form::Table(Included::Object))),
            (TABLE, "includeObject=None", Some(Form::Table(Included::None))),
            (TABLE, "includeObject=All", None),
            ("application/json", "includeObject=All", Some(Form::Whole)),
            ("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "", Some(Form::Metadata)),
            ("application/vnd.kubernetes.protobuf", "", None),
        ];
        for (accept, query, expected) in table {
            assert_eq!(Form::parse(accept, &Query::parse(query)).ok(), expected, "{accept} {query}");
        }
    }
}
