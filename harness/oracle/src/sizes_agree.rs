//! Sizes agree: in a settled world a claim, its PersistentVolume, the volume in vCenter and what lies on it are equally large.
//!
//! A claim, and what lies on its volume, may be smaller while the claim says that it waits for a node: no pod uses it, or its node
//! does not manage. A file system that is mounted nowhere may be smaller, too: a volume that was made larger than the snapshot that it is
//! made of brings it along, and it is grown when it is first mounted. A volume whose growth has failed is as large as before on all sides. A claim has what it asked for, the others the
//! next whole MiB. Not judged: PersistentVolumes that nobody provisioned (who wrote them may have said what they liked), and claims that
//! ask for more and are not given it.
//!
//! Whom it has hurt: users whose claim says 2Gi and whose file system is full at 1Gi; kubernetes-sigs/vsphere-csi-driver#2311.

use crate::findings::Findings;
use crate::homes;
use crate::moment::Moment;
use crate::oracle::{Oracle, Violation, When};
use crate::sizes::{MIB, Sizes};
use crate::view::View;
use crate::words;

/// Who made a PersistentVolume.
const PROVISIONED_BY: &str = "pv.kubernetes.io/provisioned-by";

/// See the module.
#[derive(Default)]
pub struct SizesAgree {
    findings: Findings,
}

impl Oracle for SizesAgree {
    fn name(&self) -> &'static str {
        "sizes-agree"
    }

    fn when(&self) -> When {
        When::Settled
    }

    fn on(&mut self, _moment: &Moment) {}

    fn settled(&mut self, view: &View) {
        for (name, _, volume) in homes::persistent_volumes(view) {
            let bound = volume.text(&["status", "phase"]) == Some("Bound") && volume.text(&["metadata", "deletionTimestamp"]).is_none();
            if !bound || volume.text(&["metadata", "annotations", PROVISIONED_BY]).is_none() {
                continue;
            }
            let Some(sizes) = Sizes::of_volume(view, name, volume) else { continue };
            let Some(told) = sizes.persistent_volume else { continue };
            for (what, bytes) in differing(&sizes, told) {
                let whose = words::persistent_volume(name, volume);
                let message = format!("{whose} is said to have {told} bytes, and {what} has {bytes}");
                self.findings.add(message, sizes.entries.clone());
            }
        }
    }

    fn findings(&self, _view: &View) -> Vec<Violation> {
        self.findings.violations(self.name())
    }
}

/// What is not as large as the PersistentVolume says.
fn differing(sizes: &Sizes, told: u64) -> Vec<(&'static str, u64)> {
    let smaller_at_rest = sizes.waits_for_node || !sizes.mounted;
    let sides = [
        ("its volume in vCenter", sizes.disk, false),
        ("the claim", sizes.claim.map(whole), sizes.waits_for_node),
        ("the file system on it", sizes.filesystem, smaller_at_rest),
        ("the device that a pod has", sizes.device, sizes.waits_for_node),
    ];
    let differs = |(what, bytes, may_be_smaller): (&'static str, Option<u64>, bool)| {
        let bytes = bytes.filter(|bytes| *bytes != told && !(may_be_smaller && *bytes < told))?;
        Some((what, bytes))
    };
    sides.into_iter().filter_map(differs).collect()
}

/// Up to the next MiB, in which vSphere counts.
fn whole(bytes: u64) -> u64 {
    bytes.div_ceil(MIB).saturating_mul(MIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_waits_for_its_node_may_be_smaller_and_nothing_else_may() {
        let (small, large) = (Some(MIB), Some(2 * MIB));
        let all = Sizes { claim: small, persistent_volume: large, disk: large, filesystem: small, mounted: true, ..Sizes::default() };
        assert_eq!(differing(&all, 2 * MIB), [("the claim", MIB), ("the file system on it", MIB)]);
        assert_eq!(differing(&Sizes { claim: Some(2 * MIB - 7), filesystem: large, ..all.clone() }, 2 * MIB), []);
        assert_eq!(differing(&Sizes { mounted: false, ..all.clone() }, 2 * MIB), [("the claim", MIB)]);
        let waiting = Sizes { waits_for_node: true, ..all };
        assert_eq!(differing(&waiting, 2 * MIB), []);
        assert_eq!(differing(&Sizes { disk: small, ..waiting }, 2 * MIB), [("its volume in vCenter", MIB)]);
    }
}
