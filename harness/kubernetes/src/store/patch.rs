//! PATCH: the kinds of patches against the object as it stands; what is applied goes its own way.

use jiff::Timestamp;
use seatrial_journal::merge_patch;
use serde_json::Value;

use super::command::{FieldValidation, Part, Patch, Place, WriteOptions, WriteOutcome};
use super::resource::Resource;
use super::status::{FieldError, Status};
use super::update::{check_part, name_differs};
use super::value::{copy, text};
use super::{Store, json_patch, present, strategic_merge, told};
use crate::schema;

impl Store {
    pub(super) fn patch(
        &mut self,
        now: Timestamp,
        at: &Place,
        name: &str,
        patch: &Patch,
        part: Part,
        options: WriteOptions,
    ) -> Result<WriteOutcome, Status> {
        if let Patch::Apply(stated) = patch {
            return self.apply_patch(now, (at, name), stated, part, options);
        }
        let resource = self.resource(at)?;
        check_part(&resource, part)?;
        if resource.custom && matches!(patch, Patch::Strategic(_)) {
            return Err(unsupported(true));
        }
        let existing = self.find(&resource, &at.namespace, name).cloned().ok_or_else(|| Status::not_found(&resource, name))?;
        if part == Part::Scale {
            let scale = super::scale::scale_of(&existing);
            let patched = apply_patch(&resource, name, scale, patch)?;
            return self.update_scale(now, at, name, &patched, options.dry_run);
        }
        let mut current = present(&resource, &at.version, &existing);
        // A removed version means "whatever it is"; kept, it is the version that was met.
        current = apply_patch(&resource, name, current, patch)?;
        let (mut object, unknown) = self.read_body(&resource, at, current)?;
        if options.validation == FieldValidation::Strict && !unknown.is_empty() {
            let detail = format!("strict decoding error: {}", unknown.join(", "));
            return Err(Status::invalid_kind("", "", "", &[FieldError::invalid("patch", &patch.document().to_string().into(), &detail)]));
        }
        if text(&object, "/metadata/name") != name {
            return Err(name_differs(text(&object, "/metadata/name"), name));
        }
        let (uid, version) = (text(&object, "/metadata/uid"), text(&object, "/metadata/resourceVersion"));
        if !version.is_empty() && version != text(&existing, "/metadata/resourceVersion") {
            return Err(Status::stale(&resource, name));
        }
        if !uid.is_empty() && uid != text(&existing, "/metadata/uid") {
            return Err(Status::invalid(&resource, name, &[FieldError::immutable("metadata.uid", &uid.into())]));
        }
        copy(&mut object, &existing, &["apiVersion"]);
        let written = self.write(now, &resource, &existing, object, part, options.dry_run)?;
        Ok(WriteOutcome::ok(told(&resource, &at.version, &written)).warning_of(&unknown, options))
    }
}

fn apply_patch(resource: &Resource, name: &str, mut object: Value, patch: &Patch) -> Result<Value, Status> {
    match patch {
        Patch::Json(patch) => json_patch::apply(&mut object, patch).map_err(|error| match error {
            json_patch::JsonPatchError::CopiesTooLarge { .. } => Status::new(413, "RequestEntityTooLarge", error.to_string()),
            error if error.is_malformed() => Status::bad_request(error.to_string()),
            _ => Status::unprocessable(resource, name),
        })?,
        Patch::Merge(patch) if !patch.is_object() => return Err(Status::bad_request("the patch is not an object")),
        Patch::Merge(patch) => merge_patch(&mut object, patch),
        // Applied before anything of this is asked.
        Patch::Apply(_) => {}
        Patch::Strategic(patch) => {
            let name = schema::kind(&resource.name.group, &resource.kind).unwrap_or_default();
            strategic_merge::apply(&name, &mut object, patch).map_err(|error| Status::bad_request(error.to_string()))?;
        }
    }
    Ok(object)
}

/// 415 with the patch types that are accepted; custom resources have no strategic merge.
pub fn unsupported(custom: bool) -> Status {
    let strategic = if custom { "" } else { "application/strategic-merge-patch+json, " };
    let text = format!(
        "the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, {strategic}application/apply-patch+yaml"
    );
    Status::new(415, "UnsupportedMediaType", text)
}
