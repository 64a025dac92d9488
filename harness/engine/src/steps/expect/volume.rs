//! A claim's volume in vCenter.

use std::collections::BTreeMap;

use seatrial_oracle::{Seen, View};
use seatrial_scenario::{Attached, Count, Encrypted, ExpectVolume, KeyChange};

use crate::steps::StepFailure;
use crate::steps::handles::Handles;

/// The volume that each claim had when it was first seen bound, and the key that it was last seen with.
#[derive(Clone, Debug, Default)]
pub(crate) struct FirstSeen {
    volumes: BTreeMap<String, String>,
    keys: BTreeMap<String, Option<String>>,
    /// What drivers call things.
    pub(in crate::steps) handles: Handles,
}

impl FirstSeen {
    /// Looks at all bound claims.
    pub(crate) fn look(&mut self, view: &View) {
        for (name, claim) in view.objects("kubernetes", "persistentvolumeclaims/default/") {
            let Some(volume) = bound_volume(view, claim) else { continue };
            let found = view.in_vcenters("Volume/").find(|(_, object, _)| object.strip_prefix("Volume/").unwrap_or(object) == volume);
            if let Some((_, _, found)) = found {
                self.keys.entry(volume.clone()).or_insert_with(|| found.text(&["keyId"]).map(str::to_owned));
            }
            self.volumes.entry(name.to_owned()).or_insert(volume);
        }
    }
}

/// The volume that a claim is bound to.
pub(crate) fn bound_volume(view: &View, claim: &Seen) -> Option<String> {
    let volume = claim.text(&["spec", "volumeName"])?;
    let volume = view.get("kubernetes", &format!("persistentvolumes/{volume}"))?;
    Some(volume.text(&["spec", "csi", "volumeHandle"])?.to_owned())
}

/// The volume of a claim in the namespace `default`.
pub(crate) fn volume_of(view: &View, claim: &str) -> Result<String, StepFailure> {
    let found = view.get("kubernetes", &format!("persistentvolumeclaims/default/{claim}"));
    let Some(found) = found else { return Err(StepFailure::new(format!("there is no claim {claim}"))) };
    bound_volume(view, found).ok_or_else(|| StepFailure::new(format!("claim {claim} is not bound to a volume")))
}

/// Looks at the claim's volume, where it is attached and whether it is still the same.
pub(super) fn expect(view: &View, seen: &mut FirstSeen, step: &ExpectVolume) -> Result<(), StepFailure> {
    seen.look(view);
    let id = volume_of(view, &step.volume)?;
    let Some(volume) = view.get(&step.vcenter, &format!("Volume/{id}")) else {
        return Err(StepFailure::new(format!("{} holds no volume {id}, which claim {} is bound to", step.vcenter, step.volume)));
    };
    let mut wrong = Vec::new();
    if step.id_unchanged && seen.volumes.get(&step.volume.value).is_some_and(|first| *first != id) {
        wrong.push(format!("volume {id}; at first it was {}", seen.volumes[&step.volume.value]));
    }
    wrong.extend(step.attached.as_ref().and_then(|wanted| attached(view, step, wanted, volume)));
    wrong.extend(step.datastore.as_ref().and_then(|wanted| differs("on datastore", wanted, datastore(view, step, volume).as_deref())));
    wrong.extend(step.policy.as_ref().and_then(|wanted| differs("of policy", wanted, policy(view, step, volume).as_deref())));
    wrong.extend(step.key_provider.as_ref().and_then(|wanted| encrypted(wanted, volume.text(&["keyProvider"]))));
    wrong.extend(step.snapshots.as_ref().and_then(|wanted| snapshots_differ(**wanted, snapshots_of(volume))));
    let key = volume.text(&["keyId"]).map(str::to_owned);
    wrong.extend(step.key.as_ref().and_then(|wanted| key_change(**wanted, seen.keys.get(&id), key.as_ref())));
    if step.key.is_some() {
        seen.keys.insert(id, key);
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(StepFailure::new(format!("the volume of claim {} is {}", step.volume, wrong.join(", and "))))
    }
}

fn differs(what: &str, wanted: &str, found: Option<&str>) -> Option<String> {
    (found != Some(wanted)).then(|| format!("{what} {} instead of {wanted}", found.unwrap_or("none")))
}

/// How many snapshots a volume has.
pub(crate) fn snapshots_of(volume: &Seen) -> u64 {
    volume.state.get("snapshots").and_then(serde_json::Value::as_object).map_or(0, |snapshots| snapshots.len() as u64)
}

fn snapshots_differ(wanted: Count, found: u64) -> Option<String> {
    (!wanted.holds(found)).then(|| format!("with {found} snapshots instead of {wanted}"))
}

fn datastore(view: &View, step: &ExpectVolume, volume: &Seen) -> Option<String> {
    let datastore = view.get(&step.vcenter, &format!("Datastore/{}", volume.text(&["datastore"])?))?;
    Some(datastore.text(&["name"])?.to_owned())
}

/// The policy's name: the volume's record bears its id.
fn policy(view: &View, step: &ExpectVolume, volume: &Seen) -> Option<String> {
    let id = volume.text(&["policy"])?;
    let named = view.get(&step.vcenter, &format!("Policy/{id}")).and_then(|policy| policy.text(&["name"]));
    Some(named.unwrap_or(id).to_owned())
}

fn encrypted(wanted: &Encrypted, found: Option<&str>) -> Option<String> {
    let holds = match wanted {
        Encrypted::None => found.is_none(),
        Encrypted::With(provider) => found == Some(provider),
    };
    let wanted = match wanted {
        Encrypted::None => "no provider",
        Encrypted::With(provider) => provider,
    };
    (!holds).then(|| format!("encrypted with a key of {} instead of {wanted}", found.unwrap_or("no provider")))
}

fn key_change(wanted: KeyChange, before: Option<&Option<String>>, now: Option<&String>) -> Option<String> {
    let changed = before.is_some_and(|before| before.as_ref() != now);
    let words = |key: Option<&String>| key.map_or_else(|| "no key".to_owned(), |key| format!("key {key}"));
    match (wanted, changed) {
        (KeyChange::Changed, false) => Some(format!("still encrypted with {}", words(now))),
        (KeyChange::Unchanged, true) => {
            Some(format!("encrypted with {} where it was {}", words(now), words(before.and_then(Option::as_ref))))
        }
        _ => None,
    }
}

fn attached(view: &View, step: &ExpectVolume, wanted: &Attached, volume: &Seen) -> Option<String> {
    let name = volume.text(&["attachedTo"]).map(|vm| {
        let name = view.get(&step.vcenter, &format!("VirtualMachine/{vm}")).and_then(|vm| vm.text(&["name"]));
        name.unwrap_or(vm).to_owned()
    });
    let holds = match wanted {
        Attached::None => name.is_none(),
        Attached::Anywhere => name.is_some(),
        Attached::Node(node) => name.as_deref() == Some(node),
    };
    if holds {
        return None;
    }
    let found = name.map_or_else(|| "attached nowhere".to_owned(), |name| format!("attached to {name}"));
    Some(format!("{found} instead of {wanted}{}", in_kubernetes(view, volume)))
}

/// What Kubernetes says of a volume's attachments, and why the driver could not bring them about or to an end.
fn in_kubernetes(view: &View, volume: &Seen) -> String {
    let name = volume.text(&["name"]);
    let attachments = view.objects("kubernetes", "volumeattachments/").map(|(_, seen)| seen);
    let of_volume = attachments.filter(|seen| name.is_some() && seen.text(&["spec", "source", "persistentVolumeName"]) == name);
    let told: Vec<String> = of_volume.map(attachment).collect();
    if told.is_empty() { " (Kubernetes has no VolumeAttachment of it)".to_owned() } else { format!(" ({})", told.join("; ")) }
}

fn attachment(seen: &Seen) -> String {
    let text = |path: &[&str]| seen.text(path).filter(|text| !text.is_empty());
    let attached = seen.state.pointer("/status/attached") == Some(&serde_json::Value::Bool(true));
    let state = match (attached, text(&["metadata", "deletionTimestamp"]).is_some()) {
        (true, false) => "attached",
        (false, false) => "not attached yet",
        (_, true) => "to be detached",
    };
    let error = text(&["status", "attachError", "message"]).or_else(|| text(&["status", "detachError", "message"]));
    let error = error.map(|error| format!(", because: {error}")).unwrap_or_default();
    format!("its VolumeAttachment to {} is {state}{error}", text(&["spec", "nodeName"]).unwrap_or("no node"))
}
