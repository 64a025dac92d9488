//! One volume per claim: at no moment do the vCenters hold two volumes for one claim.
//!
//! A volume's name is `pvc-` and the claim's uid, made up by the provisioner; two volumes of one name are two answers to
//! one request, of which Kubernetes will only ever know one. Two vCenters count together: a claim has one home. Not
//! judged: volumes with names of another form.
//!
//! Whom it has hurt: kubernetes-sigs/vsphere-csi-driver#2507, #1289, #2224, #583.

use std::collections::BTreeMap;

use seatrial_journal::ChangeKind;

use crate::findings::Findings;
use crate::homes::{CLAIMS, VOLUMES};
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::view::KUBERNETES;
use crate::view::View;

/// The volumes of one name, as (vCenter, object), with the entry that added them.
type Volumes = BTreeMap<(String, String), u64>;

/// See the module.
#[derive(Default)]
pub struct OneVolumePerClaim {
    by_name: BTreeMap<String, Volumes>,
    findings: Findings,
}

impl Oracle for OneVolumePerClaim {
    fn name(&self) -> &'static str {
        "one-volume-per-claim"
    }

    fn when(&self) -> When {
        When::Always
    }

    fn on(&mut self, moment: &Moment) {
        let Some((change, id)) = moment.vcenter(VOLUMES) else { return };
        if change.kind == ChangeKind::Changed && change.patch.get("name").is_none() {
            return;
        }
        let place = (change.store.clone(), id.to_owned());
        for volumes in self.by_name.values_mut() {
            volumes.remove(&place);
        }
        self.by_name.retain(|_, volumes| !volumes.is_empty());
        let name = moment.view.get(&change.store, &change.object).and_then(|seen| seen.text(&["name"]));
        if let Some(name) = name.filter(|name| name.starts_with("pvc-")) {
            let volumes = self.by_name.entry(name.to_owned()).or_default();
            volumes.insert(place, moment.entry.seq);
            if volumes.len() > 1 {
                self.findings.add(message(moment.view, name, volumes), volumes.values().copied().collect());
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

fn message(view: &View, name: &str, volumes: &Volumes) -> String {
    let uid = name.trim_start_matches("pvc-");
    let claim = view.objects(KUBERNETES, CLAIMS).find(|(_, claim)| claim.text(&["metadata", "uid"]) == Some(uid));
    let claim = claim.map_or_else(|| format!("claim {name}"), |(claim, _)| format!("claim {claim} ({name})"));
    let ids: Vec<String> = volumes.keys().map(|(vcenter, id)| format!("{id} in {vcenter}")).collect();
    format!("{claim} has {} volumes, {}: Kubernetes will only ever know one of them", ids.len(), ids.join(", "))
}
