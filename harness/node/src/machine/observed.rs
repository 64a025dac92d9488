//! What the journal is told of a guest with real devices: the kernel is looked at after whatever may have changed it.
//!
//! Mounts, and what is on disks when they are mounted or written by a pod. What a program does to a disk behind everybody's back is
//! seen when the disk is mounted next.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, MutexGuard};

use driver_host::Mount;
use seatrial_journal::{Change, ChangeKind, Event, Journal, patch_between};
use serde_json::{Value, json};

use super::SimulatedMachine;
use super::hardware::{GuestDisk, Hardware, product_serial, product_uuid};
use super::real::{Look, RealDevicesError, RealGuest, RealPlace, Seen, Trouble, grows_mounted_ext};
use crate::disks::Disks;

/// How `resize2fs` says that the kernel does not let it.
const NO_RIGHT: &str = "Permission denied to resize";
/// What that means.
const WITHOUT_RIGHT: &str = "this machine lacks CAP_SYS_RESOURCE, without which nobody may grow an ext4 that is mounted";

/// What it means that a raw device is bound upon itself.
const WITHOUT_DEVTMPFS: &str =
    "has a raw device bound twice: a node's /dev is no devtmpfs here, by which some drivers see that they have bound it already";

/// What the journal knows.
#[derive(Default)]
pub(super) struct Observed {
    revision: u64,
    mounts: BTreeMap<PathBuf, Value>,
    /// The disks that the kernel was shown last.
    shown: Vec<GuestDisk>,
}

impl SimulatedMachine {
    /// A machine that has just booted, whose devices and mounts are the kernel's; `hardware_version` is its VM's (`vmx-19`).
    ///
    /// # Errors
    /// [`RealDevicesError`], naming the step that failed.
    pub fn on_real_devices(
        place: RealPlace,
        (bios_uuid, hardware_version): (&str, &str),
        hardware: Arc<dyn Hardware>,
        disks: Arc<Disks>,
        journal: Journal,
    ) -> Result<Arc<Self>, RealDevicesError> {
        let name = place.node.clone();
        let real = RealGuest::new(place, product_serial(bios_uuid), product_uuid(bios_uuid, hardware_version))?;
        Ok(Arc::new(Self::with_devices(&name, bios_uuid, hardware, disks, journal, Some(real))))
    }

    /// The mount namespace that a program of this machine's has to be started in, as a path; none where mounts are simulated or the machine is off.
    pub fn namespace(&self) -> Option<PathBuf> {
        self.real.as_ref()?.namespace()
    }

    /// The same for a program whose files are those of an image, which a container holds in the mount namespace that is given as a path: it sees
    /// them, and this machine's devices and kubelet's folders among them.
    ///
    /// # Errors
    /// [`RealDevicesError`], naming the step that failed.
    pub fn namespace_of_image(&self, container: &std::path::Path) -> Result<Option<PathBuf>, RealDevicesError> {
        self.real.as_ref().map_or(Ok(None), |real| real.namespace_of_image(container))
    }

    /// Lets the kernel see what the hardware shows, and tells the journal what it sees. Nothing where mounts are simulated.
    pub fn look(&self) {
        let Some(real) = &self.real else { return };
        if !self.is_on() {
            return;
        }
        // The hardware has locks of its own; it is asked before ours is taken.
        let shown = self.hardware.disks();
        let Look { mounts, contents, writable, failures } = real.look(&shown);
        self.observed().shown = shown;
        for line in failures {
            self.failed(&line);
        }
        if let Some(target) = bound_twice(&mounts) {
            let _ = self
                .real
                .as_ref()
                .map(|real| real.tell(Trouble::Lacking(format!("node {}: {} {WITHOUT_DEVTMPFS}", self.name, target.display()))));
        }
        self.tell_of_mounts(&mounts);
        self.disks.mounted_on(&self.name, &writable.into_iter().collect());
        for (uuid, seen) in contents {
            self.tell_of_disk(&uuid, seen, false);
        }
    }

    /// The same, if the hardware shows other disks than at the last look.
    pub fn follow_hardware(&self) {
        let shown = if self.is_on() { self.hardware.disks() } else { return };
        if self.observed().shown != shown {
            self.look();
        }
    }

    /// Writes as a program does that leaves syncing to the kernel.
    #[cfg(test)]
    pub(super) fn write_without_sync(&self, path: &std::path::Path, bytes: &[u8]) {
        let content = bytes.to_vec();
        let written = self.real.as_ref().map(|real| real.files("write", path, move |path| std::fs::write(path, &content)));
        assert!(matches!(written, Some(Ok(()))), "{written:?}");
    }

    pub(super) fn disk_was_written(&self, seen: Option<(String, Seen)>) {
        if let Some((uuid, seen)) = seen {
            self.tell_of_disk(&uuid, seen, true);
        }
    }

    /// Nothing is mounted any more.
    pub(super) fn forget_what_was_seen(&self) {
        self.observed().shown = Vec::new();
        self.tell_of_mounts(&[]);
        self.disks.mounted_on(&self.name, &std::collections::BTreeSet::new());
    }

    pub(super) fn boot_real_guest(&self) {
        if let Some(Err(error)) = self.real.as_ref().map(RealGuest::boot) {
            self.failed(&error.to_string());
        }
    }

    /// The kernel has not given what it should: the world is at its end.
    fn failed(&self, why: &str) {
        self.journal.record(Event::Log { process: format!("node/{}", self.name), line: why.to_owned() });
        let _ = self.real.as_ref().map(|real| real.tell(Trouble::Failed(format!("node {}: {why}", self.name))));
    }

    /// A driver could not grow a filesystem, and says why: it may be the machine that cannot.
    pub(crate) fn could_not_grow(&self, why: &str) {
        if why.contains(NO_RIGHT) && !grows_mounted_ext() {
            let _ = self.real.as_ref().map(|real| real.tell(Trouble::Lacking(WITHOUT_RIGHT.to_owned())));
        }
    }

    fn tell_of_disk(&self, uuid: &str, seen: Seen, written: bool) {
        match seen {
            Seen::Filesystem(seen) => self.disks.seen(uuid, seen, written),
            Seen::Raw(bytes) if written => self.disks.write_raw(uuid, &bytes),
            Seen::Raw(_) => {}
        }
    }

    fn tell_of_mounts(&self, mounts: &[(Mount, Option<u64>)]) {
        let mut observed = self.observed();
        // The topmost counts, where several are mounted at one place.
        let now: BTreeMap<PathBuf, Value> = mounts.iter().map(|(mount, size)| (mount.target.clone(), image(mount, *size))).collect();
        let before = std::mem::replace(&mut observed.mounts, now.clone());
        for (target, old) in &before {
            match now.get(target) {
                None => self.tell(&mut observed, target, ChangeKind::Removed, Value::Null),
                Some(new) if new != old => self.tell(&mut observed, target, ChangeKind::Changed, patch_between(old, new)),
                Some(_) => {}
            }
        }
        for (target, new) in now.iter().filter(|(target, _)| !before.contains_key(*target)) {
            self.tell(&mut observed, target, ChangeKind::Added, new.clone());
        }
    }

    fn tell(&self, observed: &mut Observed, target: &std::path::Path, kind: ChangeKind, patch: Value) {
        observed.revision += 1;
        let (store, object) = (format!("node/{}", self.name), format!("Mount/{}", target.display()));
        self.journal.record(Event::Change(Change { store, revision: observed.revision, object, kind, patch, cause: None }));
    }

    fn observed(&self) -> MutexGuard<'_, Observed> {
        self.observed.lock().expect("nothing panics while what was seen is locked")
    }
}

/// The first place at which a raw device is bound more than once.
fn bound_twice(mounts: &[(Mount, Option<u64>)]) -> Option<&PathBuf> {
    let raw = || mounts.iter().filter(|(_, size)| size.is_some()).map(|(mount, _)| &mount.target);
    raw().enumerate().find_map(|(place, target)| raw().take(place).any(|before| before == target).then_some(target))
}

/// A mount as the journal tells it; of a device that is bound, how large it is.
fn image(mount: &Mount, size: Option<u64>) -> Value {
    let mut image = json!({ "device": mount.device, "fsType": mount.fs_type, "options": mount.options });
    if let Some(bytes) = size {
        image["deviceBytes"] = bytes.into();
    }
    image
}
