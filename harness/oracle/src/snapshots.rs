//! Snapshots: when settled, Kubernetes and vCenters know of the same ones.
//!
//! Judged: snapshots of vCenters' volumes against VolumeSnapshotContents of our driver, by the id `<volume>+<snapshot>`, both ways.
//! A snapshot whose last content had the deletion policy Retain may stay: that is what Retain is for; and so may one that an
//! administrator took by hand. A snapshot that is deleted while a content still names it is told at once. In vCenter CNS and
//! the manager of first class disks tell of one state, so one of them is judged here. Not judged: snapshots whose volume CNS has forgotten.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#2311, #2623, #2093, #1335.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_journal::{Change, ChangeKind};
use serde_json::Value;

use crate::findings::Findings;
use crate::homes::VOLUMES;
use crate::moment::Moment;
use crate::oracle::{DRIVER, Oracle, Violation, When};
use crate::view::KUBERNETES;
use crate::view::{Seen, View};
use crate::words;

/// What causes a snapshot that an administrator takes.
const BY_HAND: &str = "snapshot-by-hand";

/// Snapshots, as claims are.
pub(crate) const SNAPSHOTS: &str = "volumesnapshots/";
/// What is behind them, as volumes are.
pub(crate) const CONTENTS: &str = "volumesnapshotcontents/";

/// See the module.
#[derive(Default)]
pub struct SnapshotsAgree {
    /// Snapshots whose content said Retain last.
    retained: BTreeSet<String>,
    /// Snapshots that an administrator took.
    by_hand: BTreeSet<String>,
    /// The snapshots of each vCenter's volumes.
    there: BTreeMap<(String, String), BTreeSet<String>>,
    findings: Findings,
}

impl Oracle for SnapshotsAgree {
    fn name(&self) -> &'static str {
        "snapshots-agree"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, moment: &Moment) {
        if let Some((change, volume)) = moment.vcenter(VOLUMES) {
            self.volume(moment, change, volume);
        }
        let changed = moment.kubernetes(CONTENTS).filter(|(change, _)| change.kind != ChangeKind::Removed);
        let content = changed.and_then(|(change, _)| moment.view.get(&change.store, &change.object));
        let Some((handle, content)) = content.and_then(|content| Some((handle_of(content)?, content))) else { return };
        if content.text(&["spec", "deletionPolicy"]) == Some("Retain") {
            self.retained.insert(handle.to_owned());
        } else {
            self.retained.remove(handle);
        }
    }

    fn settled(&mut self, view: &View) {
        let contents = view.objects(KUBERNETES, CONTENTS).filter(|(_, content)| content.text(&["spec", "driver"]) == Some(DRIVER));
        let known: BTreeMap<&str, (&str, &Seen)> =
            contents.filter_map(|(name, content)| Some((handle_of(content)?, (name, content)))).collect();
        let taken = taken(view);
        for (handle, (vcenter, volume, snapshot, seen)) in &taken {
            let may_stay = self.retained.contains(handle) || self.by_hand.contains(handle);
            if !known.contains_key(handle.as_str()) && !may_stay {
                let volume = words::volume(view, vcenter, volume);
                let message = format!(
                    "snapshot {snapshot} of {volume} has no VolumeSnapshotContent: nobody will delete it, and its volume can neither grow nor be deleted"
                );
                self.findings.add(message, vec![seen.added, seen.changed]);
            }
        }
        for (handle, (name, content)) in known {
            if !taken.contains_key(handle) {
                let message =
                    format!("VolumeSnapshotContent {name} names snapshot {handle}, which no vCenter has: no volume can be made of it");
                self.findings.add(message, vec![content.added, content.changed]);
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl SnapshotsAgree {
    fn volume(&mut self, moment: &Moment, change: &Change, volume: &str) {
        let seen = moment.view.get(&change.store, &change.object).filter(|_| change.kind != ChangeKind::Removed);
        let now: BTreeSet<String> = seen.into_iter().flat_map(|seen| handles(volume, seen)).collect();
        let whose = (change.store.clone(), volume.to_owned());
        let before = self.there.remove(&whose).unwrap_or_default();
        if change.cause.as_deref() == Some(BY_HAND) {
            self.by_hand.extend(now.difference(&before).cloned());
        } else {
            for gone in before.difference(&now) {
                self.gone(moment, gone);
            }
        }
        if !now.is_empty() {
            self.there.insert(whose, now);
        }
    }

    /// A snapshot is no longer there: somebody may still want it.
    fn gone(&mut self, moment: &Moment, handle: &str) {
        for (name, content) in moment.view.objects(KUBERNETES, CONTENTS).filter(|(_, content)| handle_of(content) == Some(handle)) {
            if content.text(&["metadata", "deletionTimestamp"]).is_none() {
                let message = format!("snapshot {handle} was deleted while VolumeSnapshotContent {name} still names it");
                self.findings.add(message, vec![content.added, moment.entry.seq]);
            }
        }
    }
}

/// The driver's ids of a volume's snapshots.
fn handles(volume: &str, seen: &Seen) -> Vec<String> {
    let snapshots = seen.state.get("snapshots").and_then(Value::as_object).into_iter().flatten();
    snapshots.map(|(snapshot, _)| format!("{volume}+{snapshot}")).collect()
}

/// The driver's id of a content's snapshot, as soon as there is one.
fn handle_of(content: &Seen) -> Option<&str> {
    content.text(&["status", "snapshotHandle"]).or_else(|| content.text(&["spec", "source", "snapshotHandle"]))
}

/// All snapshots of all vCenters by the driver's id: vCenter, volume, snapshot, and the volume's object.
fn taken(view: &View) -> BTreeMap<String, (&str, &str, &str, &Seen)> {
    let mut taken = BTreeMap::new();
    for (vcenter, volume, seen) in view.in_vcenters(VOLUMES) {
        let snapshots = seen.state.get("snapshots").and_then(Value::as_object).into_iter().flatten();
        for (snapshot, _) in snapshots {
            taken.insert(format!("{volume}+{snapshot}"), (vcenter, volume, snapshot.as_str(), seen));
        }
    }
    taken
}
