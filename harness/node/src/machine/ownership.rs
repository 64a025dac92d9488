//! A volume that is given to a group: what kubelet does for `fsGroup`, as its `volume_linux.go` has it.
//!
//! Modelled: the group of all that is on the volume, what the group may do there, and the setgid bit of directories; all of it is left as it
//! is where only the root is looked at (`OnRootMismatch`) and is as it should be. Not modelled: the time that it takes on many files, and the
//! events that tell of it.

use std::path::Path;

use driver_host::MachineError;

use super::SimulatedMachine;
use super::state::normal;
use crate::tree::Ownership;

const ACTION: &str = "change the group of";

impl SimulatedMachine {
    /// Gives what is mounted at `path` to a group.
    ///
    /// # Errors
    /// [`MachineError`], naming the path: not there, read-only, or the disk went from under the mount.
    pub(crate) fn give_to_group(&self, path: &Path, ownership: Ownership) -> Result<(), MachineError> {
        if let Some(real) = &self.real {
            self.look();
            return real.give_to_group(path, ownership).map(|seen| self.disk_was_written(seen));
        }
        let path = normal(path)?;
        let mut state = self.refreshed();
        let location = state.find(&path).location;
        let root = state.look(&self.disks, ACTION, (&path, &location), crate::tree::Tree::access)?;
        if ownership.on_root_mismatch && root.is_some_and(|root| root.is_of(ownership.group)) {
            return Ok(());
        }
        state.change(&self.disks, ACTION, &path, |tree, path| tree.give_to_group(path, ownership.group))
    }
}
