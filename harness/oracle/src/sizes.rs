//! How large a claim, its volume and what lies on it are, each as its own side tells.

use crate::homes::{self, CLAIMS, PERSISTENT_VOLUMES};
use crate::view::{DISKS, KUBERNETES};
use crate::view::{Seen, View};

const STORAGE: &str = "storage";
pub(crate) const MIB: u64 = 1024 * 1024;

/// The sizes that belong to one claim, in bytes; nothing where there is no such thing, or none that tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// `status.capacity` of the claim.
    pub claim: Option<u64>,
    /// `spec.capacity` of its PersistentVolume.
    pub persistent_volume: Option<u64>,
    /// The volume in vCenter, and with it the disk of a VM that it is.
    pub disk: Option<u64>,
    /// The file system on it.
    pub filesystem: Option<u64>,
    /// The raw device that pods have, as far as the machine of the first of them knows.
    pub device: Option<u64>,
    /// Whether that file system is mounted for writing somewhere.
    pub mounted: bool,
    /// Whether the claim waits for a node to go on.
    pub waits_for_node: bool,
    /// The entries that tell, in the order of the fields.
    pub(crate) entries: Vec<u64>,
}

impl Sizes {
    /// Those of a claim, by namespace and name; `None` when it is not bound.
    pub fn of_claim(view: &View, claim: &str) -> Option<Self> {
        let seen = view.find(KUBERNETES, CLAIMS, claim)?;
        let volume = seen.text(&["spec", "volumeName"])?;
        Self::of_volume(view, volume, view.find(KUBERNETES, PERSISTENT_VOLUMES, volume)?)
    }

    /// Those of a PersistentVolume and the claim that it is for.
    pub(crate) fn of_volume(view: &View, name: &str, volume: &Seen) -> Option<Self> {
        let handle = homes::volume_of(volume)?;
        let claim = homes::claim_of(volume).and_then(|claim| view.find(KUBERNETES, CLAIMS, &claim));
        let home = homes::home_of(view, name, handle).map(|(_, seen)| seen);
        let disk = home.and_then(|home| disk_of(view, home));
        let device = device(view, name);
        let stage = claim.and_then(|claim| claim.text(&["status", "allocatedResourceStatuses", STORAGE]));
        Some(Self {
            claim: claim.and_then(|claim| quantity(claim.text(&["status", "capacity", STORAGE])?)),
            persistent_volume: volume.text(&["spec", "capacity", STORAGE]).and_then(quantity),
            disk: home.and_then(|home| home.state.get("capacityMb")?.as_u64()).map(|mebibytes| mebibytes.saturating_mul(MIB)),
            filesystem: disk.and_then(|disk| disk.state.get("fsBytes")?.as_u64()),
            device: device.and_then(|device| device.state.get("deviceBytes")?.as_u64()),
            mounted: disk.and_then(|disk| disk.state.get("mountedOn")?.as_array()).is_some_and(|machines| !machines.is_empty()),
            waits_for_node: stage.is_some_and(|stage| stage.starts_with("NodeResize")),
            entries: [claim, Some(volume), home, disk, device].into_iter().flatten().map(|seen| seen.changed).collect(),
        })
    }
}

/// What is on the disk of a claim's volume, by the claim's namespace and name.
pub fn disk_of_claim<'a>(view: &'a View, claim: &str) -> Option<&'a Seen> {
    let volume = view.find(KUBERNETES, CLAIMS, claim)?.text(&["spec", "volumeName"])?;
    let handle = homes::volume_of(view.find(KUBERNETES, PERSISTENT_VOLUMES, volume)?)?;
    disk_of(view, homes::home_of(view, volume, handle)?.1)
}

fn disk_of<'a>(view: &'a View, home: &Seen) -> Option<&'a Seen> {
    view.get(DISKS, &format!("Disk/{}", home.text(&["diskUuid"])?))
}

/// The mount of a PersistentVolume's raw device for a pod.
fn device<'a>(view: &'a View, volume: &str) -> Option<&'a Seen> {
    let published = format!("/volumeDevices/publish/{volume}/");
    view.machines()
        .find_map(|machine| {
            view.objects(machine, "Mount/").find(|(target, seen)| target.contains(&published) && seen.state.get("deviceBytes").is_some())
        })
        .map(|(_, seen)| seen)
}

/// A quantity of Kubernetes in whole bytes, rounded up.
pub(crate) fn quantity(text: &str) -> Option<u64> {
    const UNITS: [(&str, u128); 11] = [
        ("Ki", 1 << 10),
        ("Mi", 1 << 20),
        ("Gi", 1 << 30),
        ("Ti", 1 << 40),
        ("Pi", 1 << 50),
        ("k", 1_000),
        ("M", 1_000_000),
        ("G", 1_000_000_000),
        ("T", 1_000_000_000_000),
        ("P", 1_000_000_000_000_000),
        ("", 1),
    ];
    let (number, factor) = UNITS.iter().find_map(|(unit, factor)| text.strip_suffix(unit).map(|number| (number, *factor)))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits: u128 = format!("{whole}{fraction}").parse().ok()?;
    let parts = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    u64::try_from(digits.checked_mul(factor)?.div_ceil(parts)).ok()
}

#[cfg(test)]
mod tests {
    use super::quantity;

    #[test]
    fn quantities_are_read_as_kubernetes_writes_them() {
        let table =
            [("1Gi", Some(1 << 30)), ("1.5Ki", Some(1536)), ("2G", Some(2_000_000_000)), ("7", Some(7)), ("lots", None), ("", None)];
        for (text, bytes) in table {
            assert_eq!(quantity(text), bytes, "{text}");
        }
    }
}
