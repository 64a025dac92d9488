//! Data kept: at no moment does data go that somebody still owns.
//!
//! Judged: files that disappear from a disk, a file system that is made anew or becomes another kind, a disk that
//! disappears while its volume stays, a volume that is deleted while a claim is bound to it or although its
//! PersistentVolume said Retain. An encrypted volume keeps its bytes through every change of key. Not judged: the content
//! of files, which pods may change at will (steps of the scenario read it back).
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#3996, #539; kubernetes/cloud-provider-vsphere#180.

use std::collections::BTreeMap;

use seatrial_journal::{Change, ChangeKind};
use serde_json::Value;

use crate::findings::Findings;
use crate::homes::{self, VOLUMES};
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::retained::Retained;
use crate::view::DISKS;
use crate::view::{Seen, View};
use crate::words;

/// See the module.
pub struct DataKept {
    disks: View,
    retained: Retained,
    findings: Findings,
    /// Disks that went away while a volume owned them: the entry that removed each. Forgotten if the volume goes, too.
    torn_out: BTreeMap<String, u64>,
}

impl Default for DataKept {
    fn default() -> Self {
        let disks = View::of(|store, _| store == DISKS);
        Self { disks, retained: Retained::default(), findings: Findings::default(), torn_out: BTreeMap::new() }
    }
}

impl Oracle for DataKept {
    fn name(&self) -> &'static str {
        "data-kept"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        let Some(change) = moment.change() else { return };
        self.retained.on(moment);
        if change.store == DISKS {
            self.disk(moment, change);
        } else if let (Some((change, id)), Some(volume)) = (moment.vcenter(VOLUMES), moment.removed) {
            self.deleted(moment, &change.store, id, volume);
        }
    }

    fn findings(&self, view: &View) -> Vec<Violation> {
        let torn_out = self.torn_out.iter().filter_map(|(uuid, removed)| {
            let owner = view.in_vcenters(VOLUMES).find(|(_, _, seen)| seen.text(&["diskUuid"]) == Some(uuid));
            let (vcenter, id, seen) = owner?;
            let volume = words::volume(view, vcenter, id);
            Some((format!("disk {uuid} is gone with its files, but {volume} still owns it"), vec![seen.added, *removed]))
        });
        let mut findings = self.findings.clone();
        for (message, entries) in torn_out {
            findings.add(message, entries);
        }
        findings.violations(self.name())
    }
}

impl DataKept {
    fn disk(&mut self, moment: &Moment, change: &Change) {
        let uuid = change.object.strip_prefix("Disk/").unwrap_or(&change.object);
        if let Some(before) = self.disks.get(DISKS, &change.object) {
            let lost = losses(uuid, before, change);
            if change.kind == ChangeKind::Removed && !files(&before.state).is_empty() {
                self.torn_out.insert(uuid.to_owned(), moment.entry.seq);
            }
            for message in lost {
                self.findings.add(message, vec![before.changed, moment.entry.seq]);
            }
        }
        self.disks.on(moment.entry);
    }

    fn deleted(&mut self, moment: &Moment, vcenter: &str, id: &str, volume: &Seen) {
        let entries = |owner: Option<&Seen>| {
            let mut entries = vec![volume.added, moment.entry.seq];
            entries.extend(owner.map(|owner| owner.changed));
            entries
        };
        let in_use =
            |owner: &Seen| owner.text(&["status", "phase"]) == Some("Bound") && owner.text(&["metadata", "deletionTimestamp"]).is_none();
        // Another vCenter may have a volume of this id, and the claim be bound to that one.
        let owner = homes::owner_of(moment.view, vcenter, id).map(|(_, owner)| owner);
        if let Some((claim, owner)) = owner.filter(|owner| in_use(owner)).and_then(|owner| Some((homes::claim_of(owner)?, owner))) {
            let message = format!("volume {id} in {vcenter} was deleted while claim {claim} is bound to it: its data is lost");
            self.findings.add(message, entries(Some(owner)));
        } else if self.retained.contains(id) {
            let message = format!("volume {id} in {vcenter} was deleted although its PersistentVolume said Retain: its data is lost");
            self.findings.add(message, entries(owner));
        }
    }
}

/// What a disk loses by a change.
fn losses(uuid: &str, before: &Seen, change: &Change) -> Vec<String> {
    let mut losses = Vec::new();
    if change.kind != ChangeKind::Changed {
        return losses;
    }
    if let (Some(old), Some(new)) = (before.text(&["fsType"]), change.patch.get("fsType").map(Value::as_str))
        && new != Some(old)
    {
        let new = new.unwrap_or("nothing");
        losses.push(format!("disk {uuid} held a file system {old} and now holds {new}: somebody formatted a disk that was in use"));
    }
    let changed = change.patch.get("files");
    for path in files(&before.state) {
        // A patch that replaces all files by something else removes them all.
        let gone = changed.is_some_and(|changed| changed.as_object().is_none_or(|changed| changed.get(path).is_some_and(Value::is_null)));
        if gone {
            losses.push(format!("file {path} on disk {uuid} is gone, and nothing deleted its volume"));
        }
    }
    losses
}

fn files(state: &Value) -> Vec<&String> {
    state.get("files").and_then(Value::as_object).map(|files| files.keys().collect()).unwrap_or_default()
}
