//! What drivers call things, for manifests that have to say it: a PersistentVolume or VolumeSnapshotContent for what is there already.
//!
//! `${volumesnapshot/first}` in a text of a manifest stands for the driver's id of that snapshot, `${persistentvolumeclaim/data}` for
//! that of the claim's volume, as they were last seen at the beginning of a step; also when the objects are gone.

use std::collections::BTreeMap;

use seatrial_oracle::View;
use serde_json::Value;

use super::StepFailure;
use super::expect::bound_volume;

/// The ids by `kind/name`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handles(BTreeMap<String, String>);

impl Handles {
    /// Looks at what there is in the namespace `default`.
    pub(crate) fn look(&mut self, view: &View) {
        for (name, claim) in view.objects("kubernetes", "persistentvolumeclaims/default/") {
            if let Some(volume) = bound_volume(view, claim) {
                self.0.insert(format!("persistentvolumeclaim/{name}"), volume);
            }
        }
        for (name, snapshot) in view.objects("kubernetes", "volumesnapshots/default/") {
            let content = snapshot.text(&["status", "boundVolumeSnapshotContentName"]);
            let content = content.and_then(|content| view.get("kubernetes", &format!("volumesnapshotcontents/{content}")));
            if let Some(handle) = content.and_then(|content| content.text(&["status", "snapshotHandle"])) {
                self.0.insert(format!("volumesnapshot/{name}"), handle.to_owned());
            }
        }
    }

    /// The objects with ids in the places of their placeholders.
    pub(super) fn fill(&self, objects: &[Value]) -> Result<Vec<Value>, StepFailure> {
        objects.iter().map(|object| self.filled(object)).collect()
    }

    fn filled(&self, value: &Value) -> Result<Value, StepFailure> {
        Ok(match value {
            Value::String(text) => Value::String(self.text(text)?),
            Value::Array(elements) => elements.iter().map(|element| self.filled(element)).collect::<Result<_, _>>()?,
            Value::Object(members) => {
                members.iter().map(|(key, member)| Ok((key.clone(), self.filled(member)?))).collect::<Result<_, StepFailure>>()?
            }
            other => other.clone(),
        })
    }

    fn text(&self, text: &str) -> Result<String, StepFailure> {
        let Some((before, (name, after))) = text.split_once("${").and_then(|(before, rest)| Some((before, rest.split_once('}')?))) else {
            return Ok(text.to_owned());
        };
        let is_ours = ["persistentvolumeclaim/", "volumesnapshot/"].iter().any(|kind| name.starts_with(kind));
        let meant = match self.0.get(name) {
            Some(handle) => handle.clone(),
            None if is_ours => {
                return Err(StepFailure::new(format!(
                    "the manifest speaks of the id of {name}, and nothing of that name has had one so far"
                )));
            }
            // Placeholders of others': a sidecar's templates.
            None => format!("${{{name}}}"),
        };
        Ok(format!("{before}{meant}{}", self.text(after)?))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn placeholders_are_filled_wherever_they_stand() {
        let handles = Handles(BTreeMap::from([("volumesnapshot/first".to_owned(), "v+s".to_owned())]));
        let object = json!({"spec": {"source": {"snapshotHandle": "${volumesnapshot/first}"}, "list": ["a ${pvc.name} b", 1]}});
        let filled = handles.fill(&[object]).unwrap();
        assert_eq!(filled[0], json!({"spec": {"source": {"snapshotHandle": "v+s"}, "list": ["a ${pvc.name} b", 1]}}));
        let refused = handles.fill(&[json!("${volumesnapshot/other}")]).unwrap_err();
        assert!(refused.to_string().contains("volumesnapshot/other"), "{refused}");
    }
}
