//! One volume per claim: at no moment do the vCenters hold two volumes for one claim.
//!
//! A volume's name is `pvc-` and the claim's uid, made up by the provisioner; two volumes of one name are two answers to
//! one request, of which Kubernetes will only ever know one. Not judged: volumes with names of another form.

use std::collections::BTreeMap;

use seatrial_journal::{ChangeKind, Entry, Event};

use crate::findings::Findings;
use crate::view::is_vcenter;
use crate::{Oracle, View, Violation, When};

/// See the module.
pub struct OneVolumePerClaim {
    view: View,
    /// The volumes of each name, as (vCenter, object), with the entry that added them.
    by_name: BTreeMap<String, BTreeMap<(String, String), u64>>,
    findings: Findings,
}

impl Default for OneVolumePerClaim {
    fn default() -> Self {
        let keep = |store: &str, object: &str| is_vcenter(store) && object.starts_with("Volume/");
        Self { view: View::of(keep), by_name: BTreeMap::new(), findings: Findings::default() }
    }
}

impl Oracle for OneVolumePerClaim {
    fn name(&self) -> &'static str {
        "one-volume-per-claim"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, entry: &Entry) {
        let Event::Change(change) = &entry.event else { return };
        let place = (change.store.clone(), change.object.clone());
        let name = |view: &View| view.get(&place.0, &place.1).and_then(|seen| seen.text(&["name"])).map(str::to_owned);
        let before = name(&self.view);
        if !self.view.on(entry) {
            return;
        }
        let after = name(&self.view);
        if before == after && change.kind != ChangeKind::Added {
            return;
        }
        if let Some(volumes) = before.and_then(|before| self.by_name.get_mut(&before)) {
            volumes.remove(&place);
        }
        if let Some(name) = after.filter(|name| name.starts_with("pvc-")) {
            let volumes = self.by_name.entry(name.clone()).or_default();
            volumes.insert(place, entry.seq);
            if volumes.len() > 1 {
                self.findings.add(message(&name, volumes), volumes.values().copied().collect());
            }
        }
    }

    fn findings(&self) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

fn message(name: &str, volumes: &BTreeMap<(String, String), u64>) -> String {
    let word = |(vcenter, object): &(String, String)| format!("{} in {vcenter}", object.trim_start_matches("Volume/"));
    let words: Vec<String> = volumes.keys().map(word).collect();
    format!("claim {name} has {} volumes: {}", words.len(), words.join(", "))
}
