//! Space adds up: when settled, what is free on a datastore and what its volumes take are its capacity, less what others use.
//!
//! What others use (what was there before, virtual machines' own files) is not told, but it stays as it is: it is what is missing the
//! first time, and never less than nothing. A volume takes what it holds, whatever is written on it; snapshots take nothing here. Not
//! judged: datastores without a volume so far, and moments at which something else has filled one.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#2111, #4036: disks that nobody lists and that fill a datastore all the same.

use std::collections::BTreeMap;

use crate::findings::Findings;
use crate::homes::VOLUMES;
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::{Seen, View};

const DATASTORES: &str = "Datastore/";
const MIB: u64 = 1 << 20;

/// See the module.
#[derive(Default)]
pub struct SpaceAddsUp {
    /// By vCenter and datastore, what others use of it.
    others: BTreeMap<(String, String), i128>,
    findings: Findings,
}

impl Oracle for SpaceAddsUp {
    fn name(&self) -> &'static str {
        "space-adds-up"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, _moment: &Moment) {}

    fn settled(&mut self, view: &View) {
        for (vcenter, id, datastore) in view.in_vcenters(DATASTORES) {
            let (Some(capacity), Some(free)) = (number(datastore, "capacity"), number(datastore, "free")) else { continue };
            let (taken, last) = taken(view, vcenter, id);
            let others = i128::from(capacity) - i128::from(free) - i128::from(taken);
            let before = *self.others.entry((vcenter.to_owned(), id.to_owned())).or_insert(others);
            if others >= 0 && others == before {
                continue;
            }
            let name = datastore.text(&["name"]).unwrap_or(id);
            let message = format!(
                "datastore {name} of {vcenter} has {} MiB of {} MiB free, and its volumes take {} MiB: {} MiB that nobody accounts for",
                free / MIB,
                capacity / MIB,
                taken / MIB,
                (others - before.max(0)) / i128::from(MIB),
            );
            self.findings.add(message, [datastore.changed].into_iter().chain(last).collect());
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

/// What the volumes on a datastore take, and the entry of the last of them.
fn taken(view: &View, vcenter: &str, datastore: &str) -> (u64, Option<u64>) {
    let here = view.objects(vcenter, VOLUMES).filter(|(_, volume)| volume.text(&["datastore"]) == Some(datastore));
    here.fold((0, None), |(taken, last), (_, volume)| {
        let size = number(volume, "capacityMb").unwrap_or_default().saturating_mul(MIB);
        (u64::saturating_add(taken, size), last.max(Some(volume.changed)))
    })
}

fn number(seen: &Seen, member: &str) -> Option<u64> {
    seen.state.get(member)?.as_u64()
}
