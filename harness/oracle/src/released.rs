//! Released: a volume with the reclaim policy Delete is gone within ten minutes of its release, or of healing.
//!
//! Ten minutes have room for a forced detach (six) and for the provisioner's backoff. Counted from the moment at which the
//! PersistentVolume is Released, or is gone, while its volume is still there. A volume that a VM holds counts, too: whoever
//! deletes waits for the detach, and the detach comes. One that somebody attached by hand counts from when it is let go, one with snapshots from when the last of them is gone. Not judged: policy Retain, PersistentVolumes of other drivers.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#266, #1593, #1335.

use std::collections::BTreeMap;
use std::time::Duration;

use seatrial_journal::{ChangeKind, Elapsed};

use crate::by_hand::ByHand;
use crate::findings::Findings;
use crate::homes::{self, PERSISTENT_VOLUMES, VOLUMES};
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::{Seen, View};
use crate::words;

/// How long a volume may outlive its release.
pub const VOLUME_OUTLIVES_CLAIM: Duration = Duration::from_secs(600);

/// See the module.
#[derive(Default)]
pub struct Released {
    /// Released volumes, by vCenter and id: whose they were, since when, by which entry.
    waiting: BTreeMap<(String, String), (String, Elapsed, u64)>,
    by_hand: ByHand,
    findings: Findings,
}

impl Oracle for Released {
    fn name(&self) -> &'static str {
        "released"
    }

    fn when(&self) -> When {
        When::Within(VOLUME_OUTLIVES_CLAIM)
    }

    fn on(&mut self, moment: &Moment) {
        self.by_hand.on(moment);
        if let Some((change, name)) = moment.kubernetes(PERSISTENT_VOLUMES) {
            let seen = moment.removed.or_else(|| moment.view.get(&change.store, &change.object));
            if let Some(seen) = seen {
                self.persistent_volume(moment, name, seen, change.kind == ChangeKind::Removed);
            }
        } else if let Some((change, id)) = moment.vcenter(VOLUMES).filter(|(change, _)| change.kind == ChangeKind::Removed) {
            self.waiting.remove(&(change.store.clone(), id.to_owned()));
        }
        if !self.waiting.is_empty() {
            self.look(moment);
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl Released {
    fn persistent_volume(&mut self, moment: &Moment, name: &str, seen: &Seen, gone: bool) {
        let Some(handle) = homes::volume_of(seen) else { return };
        let Some((vcenter, _)) = homes::home_of(moment.view, name, handle) else { return };
        let place = (vcenter.to_owned(), handle.to_owned());
        let deletes = seen.text(&["spec", "persistentVolumeReclaimPolicy"]) == Some("Delete");
        let released = gone || seen.text(&["status", "phase"]).is_some_and(|phase| phase == "Released" || phase == "Failed");
        if !(deletes && released) {
            self.waiting.remove(&place);
        } else {
            let since = || (words::persistent_volume(name, seen), moment.entry.at, moment.entry.seq);
            self.waiting.entry(place).or_insert_with(since);
        }
    }

    /// Tells of each volume that is late, once.
    fn look(&mut self, moment: &Moment) {
        let now = moment.entry.at;
        let (findings, calm) = (&mut self.findings, moment.calm);
        let by_hand = &self.by_hand;
        self.waiting.retain(|(vcenter, id), (whose, since, entry)| {
            let volume = moment.view.find(vcenter, VOLUMES, id);
            let has_snapshots = volume.is_some_and(|volume| volume.state.get("snapshots").is_some());
            if by_hand.holds(vcenter, id) || has_snapshots {
                *since = now;
            }
            if calm.lasted(*since, now) <= VOLUME_OUTLIVES_CLAIM {
                return true;
            }
            let held = volume.and_then(|volume| volume.text(&["attachedTo"]));
            let held = held.map_or_else(String::new, |vm| format!("; it is attached to {}", words::machine(moment.view, vcenter, vm)));
            let message = format!(
                "volume {id} in {vcenter} is still there {} minutes after {whose}, whose policy is Delete, let go of it and all outages have ended{held}",
                VOLUME_OUTLIVES_CLAIM.as_secs() / 60
            );
            findings.add(message, volume.map(|volume| volume.added).into_iter().chain([*entry, moment.entry.seq]).collect());
            false
        });
    }
}
