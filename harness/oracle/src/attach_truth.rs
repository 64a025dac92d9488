//! Attach truth: when settled, Kubernetes, vCenter's volumes and the VMs' hardware agree on what is attached where.
//!
//! Three places say "this volume is attached to this node": a VolumeAttachment's status, the volume's record in vCenter,
//! and a disk of the volume in the VM's hardware. What one of them says, all must say. A node and its VM have the same
//! name. Not judged: file volumes, which are attached to no VM, and disks that belong to no volume.

use std::collections::BTreeMap;

use seatrial_journal::Entry;
use serde_json::Value;

use crate::findings::Findings;
use crate::orphans::volume_of;
use crate::view::{KUBERNETES, is_vcenter};
use crate::{DRIVER, Oracle, View, Violation, When};

/// See the module.
pub struct AttachTruth {
    view: View,
    findings: Findings,
}

/// A volume and a node.
type Pair = (String, String);

/// Which entry says that a pair is attached, by witness.
#[derive(Clone, Copy, Default)]
struct Witnesses {
    kubernetes: Option<u64>,
    vcenter: Option<u64>,
    hardware: Option<u64>,
}

impl Witnesses {
    fn agree(self) -> bool {
        self.kubernetes.is_some() && self.vcenter.is_some() && self.hardware.is_some()
    }

    fn entries(self) -> Vec<u64> {
        let mut entries: Vec<u64> = [self.kubernetes, self.vcenter, self.hardware].into_iter().flatten().collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }
}

impl Default for AttachTruth {
    fn default() -> Self {
        let keep = |store: &str, object: &str| match store {
            KUBERNETES => object.starts_with("persistentvolumes/") || object.starts_with("volumeattachments/"),
            _ => is_vcenter(store) && (object.starts_with("Volume/") || object.starts_with("VirtualMachine/")),
        };
        Self { view: View::of(keep), findings: Findings::default() }
    }
}

impl Oracle for AttachTruth {
    fn name(&self) -> &'static str {
        "attach-truth"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, entry: &Entry) {
        self.view.on(entry);
    }

    fn settled(&mut self) {
        for ((volume, node), said) in self.testimony().into_iter().filter(|(_, said)| !said.agree()) {
            let word = |seen: Option<u64>| if seen.is_some() { "yes" } else { "no" };
            let message = format!(
                "is volume {volume} attached to {node}? Kubernetes (VolumeAttachment): {}; vCenter (volume): {}; hardware (VM's disks): {}",
                word(said.kubernetes),
                word(said.vcenter),
                word(said.hardware)
            );
            self.findings.add(message, said.entries());
        }
    }

    fn findings(&self) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl AttachTruth {
    /// What the three places say, for every pair that at least one of them calls attached.
    fn testimony(&self) -> BTreeMap<Pair, Witnesses> {
        let mut said: BTreeMap<Pair, Witnesses> = BTreeMap::new();
        for (pair, entry) in self.in_kubernetes() {
            said.entry(pair).or_default().kubernetes = Some(entry);
        }
        for (vcenter, id, seen) in self.view.in_vcenters("Volume/") {
            if let Some(vm) = seen.text(&["attachedTo"]) {
                let name = self.view.get(vcenter, &format!("VirtualMachine/{vm}")).and_then(|vm| vm.text(&["name"]));
                let node = name.map_or_else(|| format!("{vm}, which is not in {vcenter}"), str::to_owned);
                said.entry((id.to_owned(), node)).or_default().vcenter = Some(seen.changed);
            }
        }
        for (_, id, seen) in self.view.in_vcenters("VirtualMachine/") {
            let node = seen.text(&["name"]).unwrap_or(id);
            let disks = seen.state.get("disks").and_then(Value::as_object);
            for volume in disks.into_iter().flat_map(|disks| disks.values()).filter_map(|disk| disk.get("volume")?.as_str()) {
                said.entry((volume.to_owned(), node.to_owned())).or_default().hardware = Some(seen.changed);
            }
        }
        said
    }

    fn in_kubernetes(&self) -> Vec<(Pair, u64)> {
        let attachments = self.view.objects(KUBERNETES, "volumeattachments/");
        let pair = |name: &str, seen: &crate::Seen| {
            let attached = seen.state.pointer("/status/attached") == Some(&Value::Bool(true));
            if !attached || seen.text(&["spec", "attacher"]) != Some(DRIVER) {
                return None;
            }
            let persistent_volume = seen.text(&["spec", "source", "persistentVolumeName"])?;
            let found = self.view.get(KUBERNETES, &format!("persistentvolumes/{persistent_volume}"));
            let volume = found.and_then(volume_of).map_or_else(|| format!("of VolumeAttachment {name}"), str::to_owned);
            Some(((volume, seen.text(&["spec", "nodeName"])?.to_owned()), seen.changed))
        };
        attachments.filter_map(|(name, seen)| pair(name, seen)).collect()
    }
}
