//! What is mounted where, and taking it off again.

use std::path::Path;

use driver_host::{MachineError, Mount};
use tonic::Status;

use super::Node;
use crate::status;

impl Node {
    /// The topmost mount at a path.
    pub(super) async fn mount_at(&self, target: &Path) -> Result<Option<Mount>, Status> {
        let mounts = self.machine.mounts().await.map_err(|error| status::of_machine(&error))?;
        Ok(mounts.into_iter().rfind(|mount| mount.target == target))
    }

    /// Takes off everything that is mounted at a path; nothing there is success.
    pub(super) async fn unmount_all(&self, target: &Path) -> Result<(), Status> {
        while self.mount_at(target).await?.is_some() {
            match self.machine.unmount(target).await {
                // Somebody else was faster; the next look tells.
                Ok(()) | Err(MachineError::NotFound(_)) => {}
                Err(error) => return Err(status::of_machine(&error)),
            }
        }
        Ok(())
    }
}

/// Whether a mount can be written to.
pub(super) fn is_read_only(options: &[String]) -> bool {
    options.iter().any(|option| option == "ro")
}
