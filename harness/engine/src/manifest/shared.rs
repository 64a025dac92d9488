//! Claims for file systems that many nodes write at once: file volumes, which nodes mount by NFS.

use seatrial_scenario::Scenario;
use serde_json::Value;

use super::classes::{Claim, is_to_be_refused};
use super::file::text;
use super::manifests::Manifests;

/// Access modes that a disk with a file system on it cannot have; a driver for vSphere makes a file share for them.
const OF_MANY_NODES: [&str; 2] = ["ReadWriteMany", "ReadOnlyMany"];

/// The first claim for a file volume which the scenario wants to be given, in words.
pub(crate) fn file_volume(scenario: &Scenario, manifests: &Manifests) -> Option<String> {
    manifests.placed(scenario).into_iter().find_map(|(object, place)| {
        let name = text(object, "/metadata/name");
        let (claim, mode) = match text(object, "/kind") {
            "PersistentVolumeClaim" => (Claim::Called(name.to_owned()), of_many_nodes(object)?),
            "StatefulSet" => {
                let templates = object.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array)?;
                let (template, mode) = templates.iter().find_map(|template| Some((template, of_many_nodes(template)?)))?;
                (Claim::Of(format!("{}-{name}", text(template, "/metadata/name"))), mode)
            }
            _ => return None,
        };
        // A volume that is there already is what it is.
        let is_made = text(object, "/spec/volumeName").is_empty() && !is_to_be_refused(scenario, &claim);
        is_made.then(|| format!("{} {name} ({place}), which is {mode}", text(object, "/kind")))
    })
}

/// The mode by which a claim is for a file volume.
fn of_many_nodes(claim: &Value) -> Option<&'static str> {
    let modes = claim.pointer("/spec/accessModes").and_then(Value::as_array)?;
    let wanted = OF_MANY_NODES.into_iter().find(|mode| modes.iter().any(|asked| asked == mode));
    wanted.filter(|_| text(claim, "/spec/volumeMode") != "Block")
}
