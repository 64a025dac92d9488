//! `expect`: a claim's volume in vCenter is as it should be.

use std::collections::BTreeMap;

use seatrial_oracle::{Seen, View};
use seatrial_scenario::{Attached, Expect, ExpectVolume};

use super::StepFailure;
use crate::world::World;

/// The volume that each claim had when it was first seen bound.
#[derive(Clone, Debug, Default)]
pub(crate) struct FirstSeen(BTreeMap<String, String>);

impl FirstSeen {
    /// Looks at all bound claims.
    pub(crate) fn look(&mut self, view: &View) {
        for (name, claim) in view.objects("kubernetes", "persistentvolumeclaims/default/") {
            if let Some(volume) = bound_volume(view, claim) {
                self.0.entry(name.to_owned()).or_insert(volume);
            }
        }
    }
}

fn bound_volume(view: &View, claim: &Seen) -> Option<String> {
    let volume = claim.text(&["spec", "volumeName"])?;
    let volume = view.get("kubernetes", &format!("persistentvolumes/{volume}"))?;
    Some(volume.text(&["spec", "csi", "volumeHandle"])?.to_owned())
}

/// Looks at what the step names.
pub(super) fn expect(world: &World, seen: &mut FirstSeen, step: &Expect) -> Result<(), StepFailure> {
    match step {
        Expect::Volume(step) => volume(world, seen, step),
        Expect::Object(_) | Expect::Pod(_) | Expect::Event(_) | Expect::Finding(_) | Expect::Node(_) => Err(StepFailure::not_yet()),
    }
}

/// Looks at the claim's volume, where it is attached and whether it is still the same.
fn volume(world: &World, seen: &mut FirstSeen, step: &ExpectVolume) -> Result<(), StepFailure> {
    if step.datastore.is_some() || step.policy.is_some() || step.key_provider.is_some() || step.key.is_some() {
        return Err(StepFailure::not_yet());
    }
    let view = world.view();
    seen.look(&view);
    let claim = view.get("kubernetes", &format!("persistentvolumeclaims/default/{}", step.volume));
    let Some(claim) = claim else { return Err(StepFailure::new(format!("there is no claim {}", step.volume))) };
    let Some(id) = bound_volume(&view, claim) else {
        return Err(StepFailure::new(format!("claim {} is not bound to a volume", step.volume)));
    };
    let Some(volume) = view.get(&step.vcenter, &format!("Volume/{id}")) else {
        return Err(StepFailure::new(format!("{} holds no volume {id}, which claim {} is bound to", step.vcenter, step.volume)));
    };
    if step.id_unchanged && seen.0.get(&step.volume.value).is_some_and(|first| *first != id) {
        return Err(StepFailure::new(format!(
            "claim {} is bound to volume {id}; at first it was {}",
            step.volume, seen.0[&step.volume.value]
        )));
    }
    match &step.attached {
        None => Ok(()),
        Some(wanted) => attached(&view, step, wanted, volume),
    }
}

fn attached(view: &View, step: &ExpectVolume, wanted: &Attached, volume: &Seen) -> Result<(), StepFailure> {
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
        return Ok(());
    }
    let found = name.map_or_else(|| "attached nowhere".to_owned(), |name| format!("attached to {name}"));
    Err(StepFailure::new(format!("the volume of claim {} is {found} instead of {wanted}", step.volume)))
}
