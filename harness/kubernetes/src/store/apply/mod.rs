//! Server-side apply, and who owns which field.
//!
//! Modelled: apply on absent and present objects, ownership by manager, operation and subresource, conflicts with the real
//! server's texts and causes, `force`, fields that are no longer stated, lists as maps or sets where the table of types or
//! a custom resource's schema says so. Ownership (`managedFields`) is kept for objects that were applied, or created with a
//! `fieldManager`: so runs in virtual time, whose clients name none, do not pay for it. The real server keeps it for all;
//! to the first apply on an object without it, everything there belongs to `before-first-apply`, as on the real server.
//! Not modelled: ownership across API versions of one kind; `.` beside the members of a pointer; writes by `/binding`,
//! `/eviction`, `/scale` and deletion, which change owned fields here without taking them over.

mod fields;
mod managers;
mod merge;
mod typing;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use self::fields::Fields;
use self::managers::{Entry, kept_fields, read_entries, write_entries};
pub(super) use self::managers::{of_creation, of_update};
use self::typing::Typing;
use super::command::{Part, Place, WriteOptions, WriteOutcome};
use super::resource::Resource;
use super::status::{FieldError, Status};
use super::update::{check_part, name_differs};
use super::value::{part as value_at, put, take, text};
use super::{Store, present};
use crate::schema;

/// The manager of what was there before anybody applied.
const BEFORE: &str = "before-first-apply";

/// Who writes, as `managedFields` has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Writer {
    /// `fieldManager`, or what stands before the slash of the user agent.
    pub manager: String,
    /// Whether it was named by `fieldManager`.
    pub named: bool,
    /// Whether an apply takes over what others own.
    pub force: bool,
}

/// What an apply is about.
struct Applying<'a> {
    at: &'a Place,
    name: &'a str,
    part: Part,
    options: WriteOptions,
}

impl Store {
    /// Applies `stated`.
    pub(super) fn apply_patch(
        &mut self,
        now: Timestamp,
        (at, name): (&Place, &str),
        stated: &Value,
        part: Part,
        options: WriteOptions,
    ) -> Result<WriteOutcome, Status> {
        let resource = self.resource(at)?;
        check_part(&resource, part)?;
        if self.writer.manager.is_empty() || !self.writer.named {
            let error = FieldError::required("fieldManager", "is required for apply patch");
            return Err(Status::invalid_kind("meta.k8s.io", "PatchOptions", "", &[error]));
        }
        let applying = Applying { at, name, part, options };
        check_stated(&resource, &applying, stated)?;
        let table_name = schema::kind(&resource.name.group, &resource.kind);
        let typing = Typing::of(&resource, table_name.as_deref());
        // The real server leaves the namespace out here.
        let described = format!("(/{name}; {}, Kind={})", resource.api_version(&at.version), resource.kind);
        typing.check(stated, "").map_err(|why| Status::new(500, "", format!("failed to create typed patch object {described}: {why}")))?;
        let set = kept_fields(&resource, part, typing.fields(stated, false));
        let entry = Entry::of(&self.writer.manager, "Apply", &resource, at, part, now, set);
        match self.find(&resource, &at.namespace, name).cloned() {
            None if part == Part::Main => self.apply_anew(now, &applying, stated, entry),
            None => Err(Status::not_found(&resource, name)),
            Some(existing) => self.apply_over(now, &resource, &applying, &existing, stated, typing, entry),
        }
    }

    fn apply_anew(&mut self, now: Timestamp, applying: &Applying<'_>, stated: &Value, entry: Entry) -> Result<WriteOutcome, Status> {
        let mut object = stated.clone();
        let sent = text(stated, "/metadata/name");
        if !sent.is_empty() && sent != applying.name {
            return Err(name_differs(sent, applying.name));
        }
        put(&mut object, &["metadata", "name"], applying.name);
        self.entries = Some(write_entries(vec![entry]));
        let created = self.create(now, applying.at, object, applying.options);
        self.entries = None;
        created
    }

    #[allow(clippy::too_many_arguments, reason = "what was read once is handed on")]
    fn apply_over(
        &mut self,
        now: Timestamp,
        resource: &Arc<Resource>,
        applying: &Applying<'_>,
        existing: &Arc<Value>,
        stated: &Value,
        typing: Typing<'_>,
        entry: Entry,
    ) -> Result<WriteOutcome, Status> {
        let mut entries = read_entries(existing);
        if entries.is_empty() {
            let set = kept_fields(resource, Part::Main, typing.fields(existing, false));
            entries.push(Entry { manager: BEFORE.to_owned(), ..Entry::of("", "Update", resource, applying.at, Part::Main, now, set) });
        }
        let own = entries.iter().position(|there| there.is_of(&entry)).map(|place| entries.remove(place));
        let mut object = present(resource, &applying.at.version, existing);
        take(&mut object, &["metadata", "managedFields"]);
        let before = object.clone();
        merge::lay(typing, &mut object, stated);
        put(&mut object, &["metadata", "resourceVersion"], text(existing, "/metadata/resourceVersion"));
        let changed = merge::changed(typing, Some(&before), &object).shared(&entry.fields);
        settle_conflicts(&mut entries, &changed, self.writer.force)?;
        check_identity(resource, applying.name, existing, stated)?;
        if let Some(own) = &own {
            // Below what is dropped, what is still stated is held as well: kubectl, when it takes over what it had applied on
            // the client's side, brings a map together with its members and then states the members only.
            let mut held = entry.fields.clone();
            entries.iter().for_each(|entry| held.add(&entry.fields));
            merge::prune(typing, &mut object, &own.fields.without(&entry.fields), Some(&held));
        }
        // Who states the same as before has done nothing.
        let same = own.as_ref().is_some_and(|own| own.fields == entry.fields);
        entries.push(if same { own.unwrap_or(entry) } else { entry });
        let (decoded, unknown) = self.read_body(resource, applying.at, object)?;
        self.entries = Some(write_entries(entries));
        let written = self.write(now, resource, existing, decoded, applying.part, applying.options.dry_run);
        self.entries = None;
        let body = present(resource, &applying.at.version, &*written?);
        Ok(WriteOutcome::ok(body).warning_of(&unknown, applying.options))
    }
}

/// What the real server refuses before it looks at fields.
fn check_stated(resource: &Resource, applying: &Applying<'_>, stated: &Value) -> Result<(), Status> {
    let (api_version, kind) = (text(stated, "/apiVersion"), text(stated, "/kind"));
    if !stated.is_object() || api_version.is_empty() || kind.is_empty() {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        return Err(Status::bad_request(format!("invalid object type: {group}/{version}, Kind={kind}")));
    }
    if api_version != resource.api_version(&applying.at.version) || kind != resource.kind {
        let (expected, version) = (&resource.kind, resource.api_version(&applying.at.version));
        return Err(Status::bad_request(format!(
            "Incorrect version specified in apply patch. Specified patch version: {api_version}, Kind={kind}, expected: {version}, Kind={expected}"
        )));
    }
    if !value_at(stated, "/metadata/managedFields").is_null() {
        return Err(Status::bad_request("metadata.managedFields must be nil"));
    }
    Ok(())
}

/// What the real server looks at after the conflicts.
fn check_identity(resource: &Resource, name: &str, existing: &Value, stated: &Value) -> Result<(), Status> {
    let (sent, version) = (text(stated, "/metadata/name"), text(stated, "/metadata/resourceVersion"));
    if !sent.is_empty() && sent != name {
        return Err(name_differs(sent, name));
    }
    if !version.is_empty() && version != text(existing, "/metadata/resourceVersion") {
        return Err(Status::stale(resource, name));
    }
    Ok(())
}

/// Takes away from the others what changes, or refuses to.
fn settle_conflicts(entries: &mut Vec<Entry>, changed: &Fields, force: bool) -> Result<(), Status> {
    let conflicts: Vec<(String, Vec<String>)> =
        entries.iter().map(|entry| (entry.told(), entry.fields.shared(changed).ways())).filter(|(_, ways)| !ways.is_empty()).collect();
    if !conflicts.is_empty() && !force {
        return Err(conflict(&conflicts));
    }
    for entry in entries.iter_mut() {
        entry.fields = entry.fields.without(changed);
    }
    entries.retain(|entry| !entry.fields.is_empty());
    Ok(())
}

fn conflict(conflicts: &[(String, Vec<String>)]) -> Status {
    let count: usize = conflicts.iter().map(|(_, ways)| ways.len()).sum();
    let text = match conflicts {
        [(who, ways)] if count == 1 => format!("conflict with {who}: {}", ways.join("")),
        several => {
            let lines = several.iter().map(|(who, ways)| format!("conflicts with {who}:\n- {}", ways.join("\n- ")));
            lines.collect::<Vec<String>>().join("\n")
        }
    };
    let plural = if count == 1 { "" } else { "s" };
    let mut status = Status::new(409, "Conflict", format!("Apply failed with {count} conflict{plural}: {text}"));
    let cause =
        |who: &String, way: &String| json!({"reason": "FieldManagerConflict", "message": format!("conflict with {who}"), "field": way});
    let causes: Vec<Value> = conflicts.iter().flat_map(|(who, ways)| ways.iter().map(move |way| cause(who, way))).collect();
    status.details = json!({"causes": causes});
    status
}
