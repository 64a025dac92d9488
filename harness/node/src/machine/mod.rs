//! One node's guest: firmware, block devices, filesystems, mounts. What follows is of the simulated one; [`real`] has the kernel's.
//!
//! Modelled: DMI's serial and uuid; disks that come and go with the VM's hardware, by wwn and by name; a tree of
//! directories and files of its own that survives a reboot; mounts (stacked, bound, read-only) that do not; EBUSY;
//! I/O errors when a disk goes from under a mount, which stays in the table until it is unmounted. Every mount and
//! unmount is in the journal. Power that goes takes mounts, device names and containers; see [`SimulatedMachine::power_off`].
//!
//! Not modelled: partitions, device mapper, several mount namespaces, remount, tmpfs, NFS, full disks (ENOSPC), owners of
//! files other than root, and the time that any of it takes. A client could notice that `/` and `/dev` are not in the list of
//! mounts, and that a disk which leaves and returns between two looks was never missed.

mod absent;
mod container_runtime;
mod devices;
mod driver_view;
mod files;
mod growth;
mod hardware;
mod mount_table;
mod mounting;
mod observed;
mod ownership;
mod pod_access;
mod real;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use absent::AbsentMachine;
pub use container_runtime::{Container, ContainerMount, ContainerRuntime, Sandbox};
pub use hardware::{GuestDisk, Hardware, product_uuid, wwn_of};
pub use pod_access::PodAccessError;
pub(crate) use real::FileCopies;
pub use real::{
    DeviceTrouble, RealDevicesError, RealPlace, Trouble, grows_mounted_ext, kill_all_in, missing, mounts_nfs, release_loops_below,
};

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use seatrial_journal::{Change, ChangeKind, Event, Journal, patch_between};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::disks::Disks;
use mount_table::Entry;
use observed::Observed;
use real::RealGuest;
use state::State;

/// A node's guest, simulated; implements [`driver_host::Machine`].
pub struct SimulatedMachine {
    name: String,
    bios_uuid: String,
    hardware: Arc<dyn Hardware>,
    disks: Arc<Disks>,
    journal: Journal,
    state: Mutex<State>,
    containers: ContainerRuntime,
    power: Mutex<Power>,
    /// The kernel's devices and mounts, in the place of simulated ones.
    real: Option<RealGuest>,
    observed: Mutex<Observed>,
}

/// Whether the machine runs, how often it was started, and what its kernel drew then.
#[derive(Clone, Debug)]
struct Power {
    on: bool,
    boots: u32,
    boot_id: String,
}

impl SimulatedMachine {
    /// A machine that has just booted: `name` is its node's, `bios_uuid` its VM's.
    pub fn new(name: &str, bios_uuid: &str, hardware: Arc<dyn Hardware>, disks: Arc<Disks>, journal: Journal) -> Arc<Self> {
        Arc::new(Self::with_devices(name, bios_uuid, hardware, disks, journal, None))
    }

    fn with_devices(
        name: &str,
        bios_uuid: &str,
        hardware: Arc<dyn Hardware>,
        disks: Arc<Disks>,
        journal: Journal,
        real: Option<RealGuest>,
    ) -> Self {
        disks.join(name, Arc::clone(&hardware));
        Self {
            name: name.to_owned(),
            power: Mutex::new(Power { on: true, boots: 1, boot_id: boot_id(name, bios_uuid, 1) }),
            bios_uuid: bios_uuid.to_owned(),
            hardware,
            disks,
            journal,
            state: Mutex::default(),
            containers: ContainerRuntime::default(),
            real,
            observed: Mutex::default(),
        }
    }

    /// The node's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The BIOS uuid of the node's VM, in lower case.
    pub fn bios_uuid(&self) -> String {
        self.bios_uuid.to_ascii_lowercase()
    }

    /// What runs in containers here; survives kubelet, not a reboot.
    pub fn containers(&self) -> &ContainerRuntime {
        &self.containers
    }

    /// The power goes: containers, mounts and device names are lost at once. Directories and disks keep what they
    /// hold, since every write is on its disk at once. Processes on the machine are the caller's to kill.
    pub fn power_off(&self) {
        self.power.lock().expect("nothing panics while the power is locked").on = false;
        self.lose_what_is_in_memory();
    }

    /// The machine boots: it has nothing but what lay on its disks, and another boot id.
    pub fn power_on(&self) {
        let mut power = self.power.lock().expect("nothing panics while the power is locked");
        if !power.on {
            let boots = power.boots.saturating_add(1);
            *power = Power { on: true, boots, boot_id: boot_id(&self.name, &self.bios_uuid, boots) };
            self.boot_real_guest();
        }
    }

    /// Whether the machine runs.
    pub fn is_on(&self) -> bool {
        self.power.lock().expect("nothing panics while the power is locked").on
    }

    /// The id that the kernel drew at the last boot.
    pub fn boot_id(&self) -> String {
        self.power.lock().expect("nothing panics while the power is locked").boot_id.clone()
    }

    /// Power off and on again.
    pub fn reboot(&self) {
        self.power_off();
        self.power_on();
    }

    fn lose_what_is_in_memory(&self) {
        self.containers.clear();
        if let Some(real) = &self.real {
            real.power_off();
            return self.forget_what_was_seen();
        }
        let mut state = self.lock();
        let gone = state.mounts.take_all();
        state.devices.clear();
        let targets: BTreeSet<&str> = gone.iter().map(|entry| entry.target.as_str()).collect();
        for target in targets {
            let before = gone.iter().rev().find(|entry| entry.target == target).map(|entry| image(&state, entry));
            self.record(&mut state, target, before);
        }
        self.disks.mounted_on(&self.name, &BTreeSet::new());
    }

    /// Tells the bank of disks which filesystems can be written from here.
    fn report_of_mounts(&self, state: &State) {
        let writable = state.mounts.entries().iter().filter(|entry| !entry.read_only);
        let devices = writable.filter_map(|entry| match &entry.source.place {
            mount_table::Place::Disk(name) => state.devices.named(name).filter(|device| device.present),
            mount_table::Place::Root | mount_table::Place::Devices => None,
        });
        let disks = devices.map(|device| device.disk_uuid.clone()).collect();
        self.disks.mounted_on(&self.name, &disks);
    }

    /// The state, after a look at the hardware.
    fn refreshed(&self) -> MutexGuard<'_, State> {
        // The hardware has locks of its own; it is asked before ours is taken.
        let shown = if self.is_on() { self.hardware.disks() } else { Vec::new() };
        let mut guard = self.lock();
        let State { devices, mounts, .. } = &mut *guard;
        devices.refresh(&shown, |name| mounts.uses_device(name));
        guard
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while the machine's state is locked")
    }

    /// Tells the journal what is mounted at `target` now, after `before` was.
    fn record(&self, state: &mut State, target: &str, before: Option<Value>) {
        let after = state.mounts.mounted_at(target).map(|entry| image(state, entry));
        let (kind, patch) = match (before, after) {
            (None, None) => return,
            (None, Some(after)) => (ChangeKind::Added, after),
            (Some(_), None) => (ChangeKind::Removed, Value::Null),
            (Some(before), Some(after)) => (ChangeKind::Changed, patch_between(&before, &after)),
        };
        state.revision += 1;
        let (store, object) = (format!("node/{}", self.name), format!("Mount/{target}"));
        self.journal.record(Event::Change(Change { store, revision: state.revision, object, kind, patch, cause: None }));
    }
}

fn boot_id(name: &str, bios_uuid: &str, boots: u32) -> String {
    let digest = Sha256::digest(format!("{name}/{bios_uuid}/{boots}").as_bytes());
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// A mount as the journal tells it; of a device that is bound, how large the guest knows it to be.
fn image(state: &State, entry: &Entry) -> Value {
    let mut image = json!({ "device": entry.device_path(), "fsType": entry.fs_type, "options": entry.options });
    let bound = entry.device_name().filter(|_| entry.source.place == mount_table::Place::Devices);
    if let Some(device) = bound.and_then(|name| state.devices.named(name)) {
        image["deviceBytes"] = device.capacity_bytes.into();
    }
    image
}
