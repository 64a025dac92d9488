//! Orphans: when settled, no volume without an owner and no owner without a volume.
//!
//! Judged: vCenters' volumes against PersistentVolumes, PersistentVolumes of our driver against vCenters' volumes,
//! VolumeAttachments against their PersistentVolume and node. A volume whose last PersistentVolume had the reclaim
//! policy Retain may stay: that is what Retain is for. Where two vCenters have a volume of one id, the one that knows the
//! PersistentVolume's name is its home. Not judged: snapshots (`snapshots-agree`), FCDs that were never a CNS volume, and a
//! PersistentVolume that no provisioner made and whose volume there never was: a slip of whoever wrote it.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#2507, #2111, #3996, #4036, #1593, #359.

use std::collections::BTreeSet;

use crate::findings::Findings;
use crate::homes::{ATTACHMENTS, NODES, PERSISTENT_VOLUMES, VOLUMES, home_of, persistent_volumes};
use crate::moment::Moment;
use crate::oracle::{DRIVER, Oracle, Violation, When};
use crate::retained::Retained;
use crate::view::KUBERNETES;
use crate::view::View;
use crate::words;

/// What external-provisioner writes on what it has made.
const PROVISIONED_BY: [&str; 3] = ["metadata", "annotations", "pv.kubernetes.io/provisioned-by"];

/// See the module.
#[derive(Default)]
pub struct Orphans {
    retained: Retained,
    /// Volumes that a vCenter has, or has had.
    known: BTreeSet<String>,
    /// Those among them that CNS knows, or has known.
    in_cns: BTreeSet<String>,
    findings: Findings,
}

impl Oracle for Orphans {
    fn name(&self) -> &'static str {
        "orphans"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, moment: &Moment) {
        self.retained.on(moment);
        if let Some(change) = moment.change()
            && let Some(id) = change.object.strip_prefix(VOLUMES)
        {
            self.known.insert(id.to_owned());
            if change.patch.get("inCns").and_then(serde_json::Value::as_bool) == Some(true) {
                self.in_cns.insert(id.to_owned());
            }
        }
    }

    fn settled(&mut self, view: &View) {
        let mut found = self.volumes_without_owner(view);
        found.extend(self.owners_without_volume(view));
        found.extend(attachments_without_ends(view));
        for (message, entries) in found {
            self.findings.add(message, entries);
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

impl Orphans {
    fn volumes_without_owner(&self, view: &View) -> Vec<(String, Vec<u64>)> {
        let owned: BTreeSet<(&str, &str)> =
            persistent_volumes(view).filter_map(|(name, handle, _)| Some((home_of(view, name, handle)?.0, handle))).collect();
        let ownerless =
            |(vcenter, id): (&str, &str)| self.in_cns.contains(id) && !owned.contains(&(vcenter, id)) && !self.retained.contains(id);
        let volumes = view.in_vcenters(VOLUMES).filter(|(vcenter, id, _)| ownerless((vcenter, id)));
        volumes
            .map(|(vcenter, id, seen)| {
                let name = seen.text(&["name"]).unwrap_or("without a name");
                let message =
                    format!("volume {id} ({name}) in {vcenter} has no PersistentVolume: it takes up space and nobody will delete it");
                (message, vec![seen.added])
            })
            .collect()
    }

    fn owners_without_volume(&self, view: &View) -> Vec<(String, Vec<u64>)> {
        let lost = persistent_volumes(view).filter(|(name, handle, _)| home_of(view, name, handle).is_none());
        let promised = lost.filter(|(_, handle, seen)| self.known.contains(*handle) || seen.text(&PROVISIONED_BY).is_some());
        promised
            .map(|(name, handle, seen)| {
                let what = words::persistent_volume(name, seen);
                let message = format!("{what} names volume {handle}, which no vCenter has: a pod that uses it can never start");
                (message, vec![seen.added, seen.changed])
            })
            .collect()
    }
}

fn attachments_without_ends(view: &View) -> Vec<(String, Vec<u64>)> {
    let mut found = Vec::new();
    for (name, seen) in view.objects(KUBERNETES, ATTACHMENTS).filter(|(_, seen)| seen.text(&["spec", "attacher"]) == Some(DRIVER)) {
        let ends = [
            ("PersistentVolume", PERSISTENT_VOLUMES, seen.text(&["spec", "source", "persistentVolumeName"])),
            ("node", NODES, seen.text(&["spec", "nodeName"])),
        ];
        for (kind, prefix, end) in ends {
            if let Some(end) = end.filter(|end| view.find(KUBERNETES, prefix, end).is_none()) {
                let message = format!("VolumeAttachment {name} names {kind} {end}, which is gone: nothing will ever detach its volume");
                found.push((message, vec![seen.added, seen.changed]));
            }
        }
    }
    found
}
