//! The entries of `managedFields`: who owns what, and how a plain write changes that.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::fields::Fields;
use super::typing::Typing;
use super::{Writer, merge};
use crate::schema;
use crate::store::command::{Part, Place};
use crate::store::resource::{Resource, StatusRule};
use crate::store::value::{list, part as value_at, seconds, take, text};

/// Metadata that nobody owns.
const NOBODYS: [&str; 10] = [
    "f:name",
    "f:namespace",
    "f:creationTimestamp",
    "f:deletionTimestamp",
    "f:deletionGracePeriodSeconds",
    "f:selfLink",
    "f:uid",
    "f:generation",
    "f:managedFields",
    "f:resourceVersion",
];

/// Who owns what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) manager: String,
    pub(super) operation: String,
    pub(super) subresource: String,
    pub(super) api_version: String,
    pub(super) time: String,
    pub(super) fields: Fields,
}

impl Entry {
    /// What a manager owns from now on.
    pub(super) fn of(manager: &str, operation: &str, resource: &Resource, at: &Place, part: Part, now: Timestamp, fields: Fields) -> Self {
        Self {
            manager: manager.to_owned(),
            operation: operation.to_owned(),
            subresource: if part == Part::Status { "status".to_owned() } else { String::new() },
            api_version: resource.api_version(&at.version),
            time: seconds(now),
            fields,
        }
    }

    /// Whether both are the same manager doing the same.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.manager == other.manager && self.operation == other.operation && self.subresource == other.subresource
    }

    /// The owner as conflicts tell it.
    pub(super) fn told(&self) -> String {
        let subresource = if self.subresource.is_empty() { String::new() } else { format!(" with subresource \"{}\"", self.subresource) };
        let using = if self.operation == "Apply" { String::new() } else { format!(" using {}", self.api_version) };
        format!("\"{}\"{subresource}{using}", self.manager)
    }
}

/// The entries of an object.
pub(super) fn read_entries(object: &Value) -> Vec<Entry> {
    let read = |entry: &Value| {
        let of = |pointer: &str| text(entry, pointer).to_owned();
        Entry {
            manager: of("/manager"),
            operation: of("/operation"),
            subresource: of("/subresource"),
            api_version: of("/apiVersion"),
            time: of("/time"),
            fields: Fields::read(value_at(entry, "/fieldsV1")),
        }
    };
    list(object, "/metadata/managedFields").iter().filter(|entry| !text(entry, "/operation").is_empty()).map(read).collect()
}

/// The entries as an object has them.
pub(super) fn write_entries(mut entries: Vec<Entry>) -> Value {
    entries.retain(|entry| !entry.fields.is_empty());
    let key = |entry: &Entry| (entry.operation.clone(), entry.time.clone(), entry.manager.clone(), entry.subresource.clone());
    entries.sort_by_key(key);
    let write = |entry: &Entry| {
        let mut written = json!({
            "manager": entry.manager, "operation": entry.operation, "apiVersion": entry.api_version, "time": entry.time,
            "fieldsType": "FieldsV1", "fieldsV1": entry.fields.write(),
        });
        if !entry.subresource.is_empty() {
            written["subresource"] = entry.subresource.as_str().into();
        }
        written
    };
    entries.iter().map(write).collect()
}

/// Without what nobody owns, and what a write to this part does not write.
pub(super) fn kept_fields(resource: &Resource, part: Part, mut fields: Fields) -> Fields {
    for step in ["f:apiVersion", "f:kind"] {
        fields.below.remove(step);
    }
    if let Some(metadata) = fields.below.get_mut("f:metadata") {
        metadata.below.retain(|step, _| !NOBODYS.contains(&step.as_str()));
        metadata.member = false;
    }
    match part {
        Part::Status => {
            fields.below.retain(|step, _| step == "f:status" || (step == "f:metadata" && resource.status == StatusRule::KeepsMetadata));
        }
        _ if resource.status != StatusRule::None => drop(fields.below.remove("f:status")),
        _ => {}
    }
    fields.below.retain(|_, inner| !inner.is_empty());
    fields.member = false;
    fields
}

/// The entries of an object that is created by a manager.
pub(in crate::store) fn of_creation(resource: &Resource, at: &Place, object: &Value, writer: &Writer, now: Timestamp) -> Value {
    let name = schema::kind(&resource.name.group, &resource.kind);
    let fields = kept_fields(resource, Part::Main, Typing::of(resource, name.as_deref()).fields(object, true));
    write_entries(vec![Entry::of(&writer.manager, "Update", resource, at, Part::Main, now, fields)])
}

/// The entries of an object after a plain write: whoever changes a field owns it, alone; what is gone is nobody's.
/// `sent` are the entries that the client sent, which it may rearrange.
pub(in crate::store) fn of_update(
    resource: &Resource,
    (before, object): (&Value, &Value),
    sent: Option<Value>,
    writer: &Writer,
    part: Part,
    now: Timestamp,
) -> Option<Value> {
    let there = value_at(before, "/metadata/managedFields");
    let rearranged = sent.filter(|sent| sent.is_array() && sent != there);
    let mut entries = match &rearranged {
        Some(sent) => read_entries(&json!({"metadata": {"managedFields": sent}})),
        None => read_entries(before),
    };
    if entries.is_empty() {
        return None;
    }
    let name = schema::kind(&resource.name.group, &resource.kind);
    let typing = Typing::of(resource, name.as_deref());
    let plain = |object: &Value| {
        let mut object = object.clone();
        take(&mut object, &["metadata", "managedFields"]);
        object
    };
    let (before, object) = (plain(before), plain(object));
    let all = kept_fields(resource, part, typing.fields(&before, true));
    let gone = all.without(&typing.fields(&object, true));
    let changed = kept_fields(resource, part, merge::changed(typing, Some(&before), &object));
    if changed.is_empty() && gone.is_empty() {
        return Some(rearranged.unwrap_or_else(|| there.clone()));
    }
    for entry in &mut entries {
        entry.fields = entry.fields.without(&changed).without(&gone);
    }
    if !changed.is_empty() {
        let version = resource.versions.first().map_or("v1", String::as_str);
        let at = Place::new("", version, "", "");
        let manager = if writer.manager.is_empty() { "unknown" } else { &writer.manager };
        let mut own = Entry::of(manager, "Update", resource, &at, part, now, changed);
        if let Some(place) = entries.iter().position(|entry| entry.is_of(&own)) {
            own.fields.add(&entries.remove(place).fields);
        }
        entries.push(own);
    }
    Some(write_entries(entries))
}
