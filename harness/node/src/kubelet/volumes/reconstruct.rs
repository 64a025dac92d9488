//! What a restarted kubelet finds on its machine: everything that has a record may be mounted, so nothing is lost.

use std::path::Path;

use driver_host::MachineError;

use super::identity::{Identity, plugin_directory, pod_devices, pod_volumes, pods_directory};
use crate::kubelet::core::Core;

/// Reads all records and counts their volumes as uncertain.
pub(in crate::kubelet) fn reconstruct(core: &Core) -> Result<(), MachineError> {
    let machine = core.machine();
    let plugins = plugin_directory();
    for driver in machine.names_in(&plugins)? {
        let below = if driver == "volumeDevices" { "data/vol_data.json" } else { "vol_data.json" };
        for volume in machine.names_in(&plugins.join(&driver))? {
            found(core, &plugins.join(&driver).join(volume).join(below), None);
        }
    }
    for pod_uid in machine.names_in(&pods_directory())? {
        let (files, devices) = (pod_volumes(&pod_uid), pod_devices(&pod_uid));
        for volume in machine.names_in(&files)? {
            found(core, &files.join(volume).join("vol_data.json"), Some(&pod_uid));
        }
        for volume in machine.names_in(&devices)? {
            found(core, &devices.join(volume), Some(&pod_uid));
        }
    }
    Ok(())
}

fn found(core: &Core, record: &Path, pod_uid: Option<&str>) {
    // A directory without a record is left by a call that ended with a final error; there is nothing to undo.
    let Ok(bytes) = core.machine().read_file(record) else { return };
    match serde_json::from_slice::<Identity>(&bytes) {
        Ok(identity) => core.volumes.change(|state| state.found(&identity, pod_uid)),
        Err(error) => core.process.log(&format!("cannot read {}: {error}", record.display())),
    }
}
