//! How the harness's own sidecars are started beside a driver from outside: by the flags that its descriptor gives them.

use seatrial_kubernetes::loops::{AttacherConfig, FlagError, ProvisionerConfig, ResizerConfig, SnapshotterConfig};

use super::kinds::{Sidecar, Subject};
use super::model::Descriptor;
use super::words::{Words, check_world, fill};
use super::wrong::DescriptorError;

/// With which flags upstream's manifests start theirs: topology only where there are zones, as their comments ask for.
const UPSTREAM: [(Sidecar, &[&str]); 4] = [
    (Sidecar::Provisioner, &["--timeout=300s", "--default-fstype=ext4", "--feature-gates=Topology=${zones}", "--strict-topology=${zones}"]),
    (Sidecar::Attacher, &["--timeout=300s"]),
    (Sidecar::Resizer, &["--timeout=300s", "--handle-volume-inuse-error=false"]),
    (Sidecar::Snapshotter, &["--timeout=300s"]),
];

/// The configurations of those that take flags.
pub(crate) struct Sidecars {
    pub provisioner: ProvisionerConfig,
    pub attacher: AttacherConfig,
    pub resizer: ResizerConfig,
    pub snapshotter: SnapshotterConfig,
}

impl Sidecars {
    /// As a descriptor has them, or else as upstream's manifests do, for a driver that listens there.
    pub(crate) fn of(descriptor: &Descriptor, socket: &str, words: &Words) -> Result<Self, FlagError> {
        let flags = |sidecar| -> Vec<String> {
            let usual = UPSTREAM.iter().filter(|(usual, _)| *usual == sidecar).flat_map(|(_, flags)| *flags).copied();
            match descriptor.sidecars.get(&sidecar) {
                Some(written) => written.iter().map(|flag| fill(flag, words)).collect(),
                None => usual.map(|flag| fill(flag, words)).collect(),
            }
        };
        Ok(Self {
            provisioner: ProvisionerConfig::from_flags(socket, &flags(Sidecar::Provisioner))?,
            attacher: AttacherConfig::from_flags(socket, &flags(Sidecar::Attacher))?,
            resizer: ResizerConfig::from_flags(socket, &flags(Sidecar::Resizer))?,
            snapshotter: SnapshotterConfig::from_flags(socket, &flags(Sidecar::Snapshotter))?,
        })
    }
}

/// Refuses flags of sidecars that stand back, and those that say nothing.
pub(super) fn check(descriptor: &Descriptor) -> Result<(), DescriptorError> {
    if descriptor.subject != Subject::Csi && !descriptor.sidecars.is_empty() {
        return Err(DescriptorError::SidecarsOfNoCsiDriver);
    }
    if let Some(&sidecar) = descriptor.replaces.iter().find(|sidecar| descriptor.sidecars.contains_key(sidecar)) {
        return Err(DescriptorError::FlagsOfReplaced { sidecar });
    }
    descriptor.sidecars.values().flatten().try_for_each(|flag| check_world(flag)).map_err(DescriptorError::SidecarPlaceholder)?;
    for zones in ["true", "false"] {
        let words = Words::from([("zones", zones.to_owned())]);
        Sidecars::of(descriptor, "", &words).map_err(DescriptorError::Flag)?;
    }
    Ok(())
}
