//! What things are called that have their names from others: by drivers, for manifests that have to say it (a PersistentVolume or
//! VolumeSnapshotContent for what is there already), and in steps that speak of the node of a pod or the PersistentVolume of a claim.
//!
//! `${volumesnapshot/first}` in a text of a manifest stands for the driver's id of that snapshot, `${persistentvolumeclaim/data}` for
//! that of the claim's volume, `${disk/old}` for that of a disk that was there beforehand, as they were last seen at the beginning of a
//! step; also when the objects are gone.

use std::collections::BTreeMap;

use seatrial_oracle::View;
use seatrial_scenario::{Action, Heal, NODE_OF, Target, VOLUME_OF, derived_from};
use serde_json::Value;

use super::StepFailure;
use super::expect::bound_volume;

/// The ids by `kind/name`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Handles {
    ids: BTreeMap<String, String>,
    /// Names by `node-of/POD`, `persistentvolume-of/CLAIM`.
    derived: BTreeMap<String, String>,
    /// What failed by a derived name, in the scenario's words, and as it was meant then.
    failed: BTreeMap<String, Target>,
}

impl Handles {
    /// Looks at what there is in the namespace `default`.
    pub(crate) fn look(&mut self, view: &View) {
        for (name, pod) in view.objects("kubernetes", "pods/default/") {
            if let Some(node) = pod.text(&["spec", "nodeName"]) {
                self.derived.insert(format!("{NODE_OF}{name}"), node.to_owned());
            }
        }
        for (name, claim) in view.objects("kubernetes", "persistentvolumeclaims/default/") {
            if let Some(volume) = claim.text(&["spec", "volumeName"]) {
                self.derived.insert(format!("{VOLUME_OF}{name}"), volume.to_owned());
            }
        }
        for (_, id, disk) in view.in_vcenters("Volume/") {
            if let Some(name) = disk.text(&["byHand"]) {
                self.ids.insert(format!("disk/{name}"), id.to_owned());
            }
        }
        for (name, claim) in view.objects("kubernetes", "persistentvolumeclaims/default/") {
            if let Some(volume) = bound_volume(view, claim) {
                self.ids.insert(format!("persistentvolumeclaim/{name}"), volume);
            }
        }
        for (name, snapshot) in view.objects("kubernetes", "volumesnapshots/default/") {
            let content = snapshot.text(&["status", "boundVolumeSnapshotContentName"]);
            let content = content.and_then(|content| view.get("kubernetes", &format!("volumesnapshotcontents/{content}")));
            if let Some(handle) = content.and_then(|content| content.text(&["status", "snapshotHandle"])) {
                self.ids.insert(format!("volumesnapshot/{name}"), handle.to_owned());
            }
        }
    }

    /// The step with names in the places of derived ones. What is healed is what the same words meant when it failed.
    pub(super) fn placed(&mut self, action: &Action) -> Result<Action, StepFailure> {
        let words = match action {
            Action::Fail(step) => Some(step.target.to_string()),
            Action::Heal(step) => {
                if let Some(target) = self.failed.remove(&step.target.to_string()) {
                    return Ok(Action::Heal(Heal { target }));
                }
                None
            }
            _ => None,
        };
        let mut placed = action.clone();
        placed.each_name(|name| {
            let Some((_, of)) = derived_from(name) else { return Ok::<_, StepFailure>(()) };
            *name = self.derived.get(name).cloned().ok_or_else(|| {
                let lacks =
                    if name.starts_with(NODE_OF) { format!("pod {of} has had no node") } else { format!("claim {of} has had no volume") };
                StepFailure::new(format!("the step speaks of {name}, and {lacks} so far"))
            })?;
            Ok(())
        })?;
        if let (Some(words), Action::Fail(step)) = (words, &placed)
            && step.target.to_string() != words
        {
            self.failed.insert(words, step.target.clone());
        }
        Ok(placed)
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
        let is_ours = ["persistentvolumeclaim/", "volumesnapshot/", "disk/"].iter().any(|kind| name.starts_with(kind));
        let meant = match self.ids.get(name) {
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
        let ids = BTreeMap::from([("volumesnapshot/first".to_owned(), "v+s".to_owned())]);
        let handles = Handles { ids, ..Handles::default() };
        let object = json!({"spec": {"source": {"snapshotHandle": "${volumesnapshot/first}"}, "list": ["a ${pvc.name} b", 1]}});
        let filled = handles.fill(&[object]).unwrap();
        assert_eq!(filled[0], json!({"spec": {"source": {"snapshotHandle": "v+s"}, "list": ["a ${pvc.name} b", 1]}}));
        let refused = handles.fill(&[json!("${volumesnapshot/other}")]).unwrap_err();
        assert!(refused.to_string().contains("volumesnapshot/other"), "{refused}");
    }
}
