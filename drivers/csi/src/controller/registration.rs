//! Volumes that are none of CNS yet: first class disks that somebody made by hand and named in a PersistentVolume.
//!
//! Upstream's syncer registers such a disk when its PersistentVolume appears. This controller looks for it where CNS first says that
//! there is no such volume: when it is attached, and when it is deleted, for a disk that nobody ever attached would stay for ever.

use tonic::Status;

use super::Controller;
use crate::pool::Member;
use crate::status;
use crate::vcenter::{VCenter, VCenterError};

/// How CNS says that it does not know a volume.
const UNKNOWN: [&str; 3] = ["NotFound", "CnsVolumeNotFoundFault", "CnsNotRegisteredFault"];

/// Whether this is CNS saying that it does not know a volume.
pub(super) fn is_unknown(error: &VCenterError) -> bool {
    UNKNOWN.iter().any(|fault| error.is_fault(fault))
}

impl Controller {
    /// The vCenter that has the volume, or a first class disk of its id, which is made a volume then.
    pub(super) async fn owner_or_registered(&self, id: &str) -> Result<Option<Member>, Status> {
        let pool = &self.shared.pool;
        if let Some(owner) = pool.owner(id).await.map_err(|error| status::of_pool(&error))? {
            return Ok(Some(owner));
        }
        if !self.shared.behaviours.register_disks {
            return Ok(None);
        }
        let (disk, what) = (id.to_owned(), format!("disk {id}"));
        let found = pool.find(&what, move |member| {
            let disk = disk.clone();
            Box::pin(async move { Ok(member.register_disk(&disk).await?.then_some(())) })
        });
        let Some((member, ())) = found.await.map_err(|error| status::of_pool(&error))? else { return Ok(None) };
        self.log(&format!("disk {id} of {} is registered as a volume", member.host()));
        pool.remember(id, &member);
        Ok(Some(member))
    }

    /// Whether a volume that CNS does not know was a first class disk, and is a volume now.
    pub(super) async fn registered(&self, vcenter: &dyn VCenter, id: &str) -> Result<bool, Status> {
        if !self.shared.behaviours.register_disks {
            return Ok(false);
        }
        let registered = vcenter.register_disk(id).await.map_err(|error| status::of_vcenter(&error))?;
        if registered {
            self.log(&format!("disk {id} of {} is registered as a volume", vcenter.host()));
        }
        Ok(registered)
    }
}
