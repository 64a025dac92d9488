//! Attach truth: when settled, Kubernetes, vCenter's volumes and the VMs' hardware agree on what is attached where.
//!
//! Three places say "this volume is attached to this node": a VolumeAttachment's status, the volume's record in vCenter,
//! and a disk of the volume in the VM's hardware. What one of them says, all must say, whether the VM runs or not. A disk
//! that somebody attached by hand is a finding while it comes and goes, and a failure when it is still there as the world
//! settles for the last time: somebody should have cleared it. Volumes and VMs are told apart by their vCenter, for ids
//! repeat. Not judged: file volumes, which are attached to no VM, disks that belong
//! to no volume, a second VM that holds the disk without the volume's record naming it while it runs (see `double_attach`).
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#580, #266, #221, #2506, #2534; kubernetes/kubernetes#50281, #61707.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::by_hand::ByHand;
use crate::findings::Findings;
use crate::homes::{self, ATTACHMENTS, MACHINES, PERSISTENT_VOLUMES, VOLUMES};
use crate::moment::Moment;
use crate::oracle::{DRIVER, Oracle, Severity, Violation, When};
use crate::view::KUBERNETES;
use crate::view::{Seen, View};
use crate::words;

/// See the module.
#[derive(Default)]
pub struct AttachTruth {
    findings: Findings,
    by_hand: ByHand,
    /// What hangs somewhere by somebody's hand: at any time, and as the world last settled.
    once: Findings,
    still: Findings,
}

/// A volume and where it is attached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    vcenter: String,
    volume: String,
    place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A VM's id.
    Machine(String),
    /// A node that has no VM.
    Node(String),
}

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
        [self.kubernetes, self.vcenter, self.hardware].into_iter().flatten().collect()
    }

    /// What follows from what the three say.
    fn verdict(self) -> &'static str {
        match (self.kubernetes, self.vcenter, self.hardware) {
            (None, Some(_), Some(_)) => "Kubernetes knows nothing of it, so nobody will ever detach it",
            (Some(_), None, None) => "Kubernetes says so, vCenter and the VM's hardware do not: a pod there has no disk",
            (Some(_), Some(_), None) | (None, Some(_), None) => "the VM's hardware has no such disk",
            (Some(_), None, Some(_)) | (None, None, Some(_)) => "the volume's record in vCenter does not say so",
            _ => "all agree",
        }
    }
}

impl Oracle for AttachTruth {
    fn name(&self) -> &'static str {
        "attach-truth"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, moment: &Moment) {
        self.by_hand.on(moment);
    }

    fn settled(&mut self, view: &View) {
        self.still = Findings::default();
        for (pair, said) in testimony(view).into_iter().filter(|(_, said)| !said.agree()) {
            let word = |seen: Option<u64>| if seen.is_some() { "yes" } else { "no" };
            let place = match &pair.place {
                Place::Machine(id) => words::machine(view, &pair.vcenter, id),
                Place::Node(name) => format!("{name}, a node without a VM"),
            };
            let message = format!(
                "is {} attached to {place}? Kubernetes (VolumeAttachment): {}; vCenter (volume): {}; hardware (VM's disks): {}. {}",
                words::volume(view, &pair.vcenter, &pair.volume),
                word(said.kubernetes),
                word(said.vcenter),
                word(said.hardware),
                said.verdict()
            );
            if self.is_by_hand(&pair) {
                self.once.add(message.clone(), said.entries());
                self.still.add(message, said.entries());
            } else {
                self.findings.add(message, said.entries());
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        let still = self.still.violations(self.name());
        let mut gone = self.once.with_severity(self.name(), Severity::Finding);
        gone.retain(|gone| still.iter().all(|still| still.message != gone.message));
        [self.findings.violations(self.name()), still, gone].concat()
    }
}

impl AttachTruth {
    fn is_by_hand(&self, pair: &Pair) -> bool {
        matches!(&pair.place, Place::Machine(machine) if self.by_hand.attached(&pair.vcenter, &pair.volume, machine))
    }
}

/// What the three places say, for every pair that at least one of them calls attached.
fn testimony(view: &View) -> BTreeMap<Pair, Witnesses> {
    let mut said: BTreeMap<Pair, Witnesses> = BTreeMap::new();
    for (name, seen) in view.objects(KUBERNETES, ATTACHMENTS) {
        if let Some(pair) = in_kubernetes(view, name, seen) {
            said.entry(pair).or_default().kubernetes = Some(seen.changed);
        }
    }
    let pair = |vcenter: &str, volume: &str, machine: &str| Pair {
        vcenter: vcenter.to_owned(),
        volume: volume.to_owned(),
        place: Place::Machine(machine.to_owned()),
    };
    for (vcenter, id, seen) in view.in_vcenters(VOLUMES) {
        if let Some(vm) = seen.text(&["attachedTo"]) {
            said.entry(pair(vcenter, id, vm)).or_default().vcenter = Some(seen.changed);
        }
    }
    for (vcenter, vm, seen) in view.in_vcenters(MACHINES) {
        for volume in volumes_in(&seen.state) {
            said.entry(pair(vcenter, volume, vm)).or_default().hardware = Some(seen.changed);
        }
    }
    said
}

/// The volumes among a VM's disks.
pub(crate) fn volumes_in(machine: &Value) -> impl Iterator<Item = &str> {
    let disks = machine.get("disks").and_then(Value::as_object);
    disks.into_iter().flat_map(|disks| disks.values()).filter_map(|disk| disk.get("volume")?.as_str())
}

/// What a VolumeAttachment says. A volume can only be attached where its node's VM is, so that is its vCenter.
fn in_kubernetes(view: &View, name: &str, seen: &Seen) -> Option<Pair> {
    let attached = seen.state.pointer("/status/attached") == Some(&Value::Bool(true));
    if !attached || seen.text(&["spec", "attacher"]) != Some(DRIVER) {
        return None;
    }
    let owner = seen.text(&["spec", "source", "persistentVolumeName"])?;
    let node = seen.text(&["spec", "nodeName"])?;
    let volume = view.find(KUBERNETES, PERSISTENT_VOLUMES, owner).and_then(homes::volume_of);
    let volume = volume.map_or_else(|| format!("of VolumeAttachment {name}"), str::to_owned);
    Some(match homes::machine_of_node(view, node) {
        Some(machine) => Pair { vcenter: machine.vcenter.to_owned(), volume, place: Place::Machine(machine.id.to_owned()) },
        None => {
            let vcenter = homes::home_of(view, owner, &volume).map_or("no vCenter", |(vcenter, _)| vcenter).to_owned();
            Pair { vcenter, volume, place: Place::Node(node.to_owned()) }
        }
    })
}
