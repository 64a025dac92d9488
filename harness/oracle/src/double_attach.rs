//! Double attach: at no moment is a volume for one writer a disk of two running VMs.
//!
//! Judged on the VMs' hardware, whatever Kubernetes and the volume's record say: two guests that write to one file system
//! destroy it. Not judged: volumes whose PersistentVolume allows several nodes (ReadWriteMany, ReadOnlyMany), a VM that
//! holds the disk while it is off, the modes of the disks (independent, multi-writer), VMs of two vCenters that share a
//! datastore, what a guest has mounted.
//!
//! Whom it has hurt: kubernetes/kubernetes#50944, #50281.

use seatrial_journal::ChangeKind;
use serde_json::Value;

use crate::attach_truth::volumes_in;
use crate::findings::Findings;
use crate::homes::{self, MACHINES};
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::{Seen, View};
use crate::words;

/// See the module.
#[derive(Default)]
pub struct DoubleAttach {
    findings: Findings,
}

impl Oracle for DoubleAttach {
    fn name(&self) -> &'static str {
        "double-attach"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        let Some((change, machine)) = moment.vcenter(MACHINES) else { return };
        if change.kind == ChangeKind::Removed || (change.patch.get("disks").is_none() && change.patch.get("power").is_none()) {
            return;
        }
        let Some(seen) = moment.view.get(&change.store, &change.object).filter(|seen| runs(seen)) else { return };
        for volume in volumes_in(&seen.state) {
            self.look(moment, &change.store, volume, (machine, seen));
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl DoubleAttach {
    /// Looks for another running VM that has the volume among its disks.
    fn look(&mut self, moment: &Moment, vcenter: &str, volume: &str, (machine, seen): (&str, &Seen)) {
        let view = moment.view;
        let has = |seen: &Seen| runs(seen) && volumes_in(&seen.state).any(|other| other == volume);
        let others = view.objects(vcenter, MACHINES).filter(|(other, seen)| *other != machine && has(seen));
        for (other, other_seen) in others {
            let owner = homes::owner_of(view, vcenter, volume);
            if owner.is_some_and(|(_, owner)| is_shared(owner)) {
                continue;
            }
            let mut names = [words::machine(view, vcenter, machine), words::machine(view, vcenter, other)];
            names.sort_unstable();
            let message = format!(
                "{} is a disk of two running VMs, {} and {}: both can write to it, and its file system will not survive that",
                words::volume(view, vcenter, volume),
                names[0],
                names[1]
            );
            self.findings.add(message, vec![other_seen.changed, seen.changed, moment.entry.seq]);
        }
    }
}

fn runs(machine: &Seen) -> bool {
    machine.text(&["power"]) == Some("poweredOn")
}

/// Whether a PersistentVolume may be used on several nodes at once.
fn is_shared(persistent_volume: &Seen) -> bool {
    let modes = persistent_volume.state.pointer("/spec/accessModes").and_then(Value::as_array);
    modes.into_iter().flatten().filter_map(Value::as_str).any(|mode| mode == "ReadWriteMany" || mode == "ReadOnlyMany")
}
