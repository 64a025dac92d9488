//! Orphans: when settled, no volume without an owner and no owner without a volume.
//!
//! Judged: vCenter's volumes against PersistentVolumes, PersistentVolumes of our driver against vCenter's volumes,
//! VolumeAttachments against their PersistentVolume and node. A volume whose last PersistentVolume had the reclaim
//! policy Retain may stay: that is what Retain is for. Not judged: snapshots, FCDs that are no CNS volume.

use std::collections::BTreeSet;

use seatrial_journal::{Change, Entry, Event};

use crate::findings::Findings;
use crate::view::{KUBERNETES, is_vcenter};
use crate::{DRIVER, Oracle, Seen, View, Violation, When};

const PERSISTENT_VOLUMES: &str = "persistentvolumes/";
const ATTACHMENTS: &str = "volumeattachments/";

/// See the module.
pub struct Orphans {
    view: View,
    /// Volumes that a PersistentVolume with policy Retain named last.
    retained: BTreeSet<String>,
    findings: Findings,
}

impl Default for Orphans {
    fn default() -> Self {
        let keep = |store: &str, object: &str| match store {
            KUBERNETES => [PERSISTENT_VOLUMES, ATTACHMENTS, "nodes/"].iter().any(|prefix| object.starts_with(prefix)),
            _ => is_vcenter(store) && object.starts_with("Volume/"),
        };
        Self { view: View::of(keep), retained: BTreeSet::new(), findings: Findings::default() }
    }
}

impl Oracle for Orphans {
    fn name(&self) -> &'static str {
        "orphans"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, entry: &Entry) {
        if self.view.on(entry)
            && let Event::Change(change) = &entry.event
        {
            self.note_policy(change);
        }
    }

    fn settled(&mut self) {
        let mut found = self.volumes_without_owner();
        found.extend(self.owners_without_volume());
        found.extend(self.attachments_without_ends());
        for (message, entries) in found {
            self.findings.add(message, entries);
        }
    }

    fn findings(&self) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl Orphans {
    /// Keeps whether a PersistentVolume's volume is to outlive it. A PersistentVolume that goes leaves its last word.
    fn note_policy(&mut self, change: &Change) {
        let persistent_volume = self.view.get(&change.store, &change.object).filter(|_| change.object.starts_with(PERSISTENT_VOLUMES));
        let Some((handle, seen)) = persistent_volume.and_then(|seen| Some((volume_of(seen)?, seen))) else { return };
        if seen.text(&["spec", "persistentVolumeReclaimPolicy"]) == Some("Retain") {
            self.retained.insert(handle.to_owned());
        } else {
            self.retained.remove(handle);
        }
    }

    fn volumes_without_owner(&self) -> Vec<(String, Vec<u64>)> {
        let owned: BTreeSet<&str> = persistent_volumes(&self.view).map(|(_, handle, _)| handle).collect();
        let volumes = self.view.in_vcenters("Volume/").filter(|(_, id, _)| !owned.contains(id) && !self.retained.contains(*id));
        volumes
            .map(|(vcenter, id, seen)| {
                let name = seen.text(&["name"]).unwrap_or("without a name");
                let message =
                    format!("volume {id} ({name}) in {vcenter} has no PersistentVolume: it takes up space and nobody will delete it");
                (message, vec![seen.added])
            })
            .collect()
    }

    fn owners_without_volume(&self) -> Vec<(String, Vec<u64>)> {
        let there: BTreeSet<&str> = self.view.in_vcenters("Volume/").map(|(_, id, _)| id).collect();
        let lost = persistent_volumes(&self.view).filter(|(_, handle, _)| !there.contains(handle));
        lost.map(|(name, handle, seen)| {
            let message =
                format!("PersistentVolume {name} names volume {handle}, which no vCenter has: a pod that uses it can never start");
            (message, vec![seen.added])
        })
        .collect()
    }

    fn attachments_without_ends(&self) -> Vec<(String, Vec<u64>)> {
        let mut found = Vec::new();
        for (name, seen) in self.view.objects(KUBERNETES, ATTACHMENTS).filter(|(_, seen)| seen.text(&["spec", "attacher"]) == Some(DRIVER))
        {
            let ends = [
                ("PersistentVolume", PERSISTENT_VOLUMES, seen.text(&["spec", "source", "persistentVolumeName"])),
                ("node", "nodes/", seen.text(&["spec", "nodeName"])),
            ];
            for (kind, prefix, end) in ends {
                if let Some(end) = end.filter(|end| self.view.get(KUBERNETES, &format!("{prefix}{end}")).is_none()) {
                    let message = format!("VolumeAttachment {name} names {kind} {end}, which is gone: nothing will ever detach its volume");
                    found.push((message, vec![seen.added]));
                }
            }
        }
        found
    }
}

/// The PersistentVolumes of our driver: name, volume, object.
fn persistent_volumes(view: &View) -> impl Iterator<Item = (&str, &str, &Seen)> {
    view.objects(KUBERNETES, PERSISTENT_VOLUMES).filter_map(|(name, seen)| Some((name, volume_of(seen)?, seen)))
}

/// The volume that a PersistentVolume names, if it is one of our driver.
pub(crate) fn volume_of(persistent_volume: &Seen) -> Option<&str> {
    let ours = persistent_volume.text(&["spec", "csi", "driver"]) == Some(DRIVER);
    persistent_volume.text(&["spec", "csi", "volumeHandle"]).filter(|_| ours)
}
