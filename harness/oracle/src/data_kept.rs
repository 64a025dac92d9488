//! Data kept: at no moment does a file vanish from a disk that a volume still owns.
//!
//! Judged: files that disappear, a file system that is made anew or becomes another kind, a disk that disappears while its
//! volume stays. Not judged: the content of files, which pods may change at will (steps of the scenario read it back).

use std::collections::BTreeMap;

use seatrial_journal::Entry;
use serde_json::Value;

use crate::findings::Findings;
use crate::view::{DISKS, is_vcenter};
use crate::{Oracle, View, Violation, When};

/// See the module.
pub struct DataKept {
    view: View,
    findings: Findings,
    /// Disks that went away while a volume owned them: the entry that removed each. Forgotten if the volume goes, too.
    torn_out: BTreeMap<String, u64>,
}

impl Default for DataKept {
    fn default() -> Self {
        let keep = |store: &str, object: &str| store == DISKS || (is_vcenter(store) && object.starts_with("Volume/"));
        Self { view: View::of(keep), findings: Findings::default(), torn_out: BTreeMap::new() }
    }
}

impl Oracle for DataKept {
    fn name(&self) -> &'static str {
        "data-kept"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, entry: &Entry) {
        let seatrial_journal::Event::Change(change) = &entry.event else { return };
        let before = self.view.get(&change.store, &change.object).cloned();
        if !self.view.on(entry) {
            return;
        }
        let Some(uuid) = change.object.strip_prefix("Disk/").filter(|_| change.store == DISKS) else { return };
        let Some(before) = before else { return };
        let entries = vec![before.changed, entry.seq];
        match self.view.get(DISKS, &change.object).map(|seen| seen.state.clone()) {
            Some(after) => {
                for message in losses(uuid, &before.state, &after) {
                    self.findings.add(message, entries.clone());
                }
            }
            None if !files(&before.state).is_empty() => {
                self.torn_out.insert(uuid.to_owned(), entry.seq);
            }
            None => {}
        }
    }

    fn findings(&self) -> Vec<Violation> {
        let torn_out = self.torn_out.iter().filter_map(|(uuid, removed)| {
            let owner = self.view.in_vcenters("Volume/").find(|(_, _, seen)| seen.text(&["diskUuid"]) == Some(uuid));
            let (vcenter, id, _) = owner?;
            Some((format!("disk {uuid} is gone with its files, but volume {id} in {vcenter} still owns it"), vec![*removed]))
        });
        let mut findings = self.findings.clone();
        for (message, entries) in torn_out {
            findings.add(message, entries);
        }
        findings.violations(self.name())
    }
}

/// What a disk has lost from one state to the next.
fn losses(uuid: &str, before: &Value, after: &Value) -> Vec<String> {
    let kind = |state: &Value| state.get("fsType").and_then(Value::as_str).map(str::to_owned);
    let mut losses = Vec::new();
    if let (Some(old), new) = (kind(before), kind(after))
        && new.as_deref() != Some(&old)
    {
        let new = new.unwrap_or_else(|| "nothing".to_owned());
        losses.push(format!("disk {uuid} held a file system {old} and now holds {new}: somebody formatted a disk that was in use"));
    }
    let left = files(after);
    for path in files(before).into_iter().filter(|path| !left.contains(path)) {
        losses.push(format!("file {path} on disk {uuid} is gone, and nothing deleted its volume"));
    }
    losses
}

fn files(state: &Value) -> Vec<&String> {
    state.get("files").and_then(Value::as_object).map(|files| files.keys().collect()).unwrap_or_default()
}
