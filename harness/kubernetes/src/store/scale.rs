//! The scale subresource of workloads.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Store;
use super::command::{Part, Place, WriteOutcome};
use super::status::{FieldError, Status};
use super::update::check_part;
use super::value::{part, put, text};

impl Store {
    /// Reads `/scale`.
    ///
    /// # Errors
    /// 404 when the object or the subresource is not there.
    pub fn scale(&self, at: &Place, name: &str) -> Result<Value, Status> {
        check_part(self.resource(at)?.as_ref(), Part::Scale)?;
        self.get(at, name).map(|object| scale_of(&object))
    }

    pub(super) fn update_scale(
        &mut self,
        now: Timestamp,
        at: &Place,
        name: &str,
        scale: &Value,
        dry_run: bool,
    ) -> Result<WriteOutcome, Status> {
        let resource = self.resource(at)?;
        check_part(&resource, Part::Scale)?;
        let existing = self.find(&resource, &at.namespace, name).cloned().ok_or_else(|| Status::not_found(&resource, name))?;
        let version = text(scale, "/metadata/resourceVersion");
        if !version.is_empty() && version != text(&existing, "/metadata/resourceVersion") {
            return Err(Status::stale(&resource, name));
        }
        let replicas = part(scale, "/spec/replicas").as_i64().unwrap_or(0);
        if i32::try_from(replicas).is_err() || replicas < 0 {
            let error = FieldError::invalid("spec.replicas", &replicas.into(), "must be greater than or equal to 0");
            return Err(Status::invalid_kind("autoscaling", "Scale", name, &[error]));
        }
        let mut object = existing.as_ref().clone();
        put(&mut object, &["spec", "replicas"], replicas);
        self.write(now, &resource, &existing, object, Part::Main, dry_run).map(|object| WriteOutcome::ok(scale_of(&object)))
    }
}

/// The Scale of an object.
pub(super) fn scale_of(object: &Value) -> Value {
    let metadata = &object["metadata"];
    let labels = part(object, "/spec/selector/matchLabels").as_object().cloned().unwrap_or_default();
    let selector: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    json!({
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {
            "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"],
            "resourceVersion": metadata["resourceVersion"], "creationTimestamp": metadata["creationTimestamp"],
        },
        "spec": {"replicas": part(object, "/spec/replicas").as_i64().unwrap_or(0)},
        "status": {"replicas": part(object, "/status/replicas").as_i64().unwrap_or(0), "selector": selector.join(",")},
    })
}
