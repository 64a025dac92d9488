//! Faults of CNS.

use crate::table::faults;
use crate::{CnsSnapshotId, CnsVolumeId, LocalizedMethodFault, MoRef};

faults! {
    /// An operation on volumes failed.
    CnsFault: VimFault {
        reason: String = "reason",
    }

    /// The disk is a volume already.
    CnsAlreadyRegisteredFault: CnsFault {
        reason: String = "reason" since "vSAN 6.7U3",
        volume_id: CnsVolumeId = "volumeId",
    }

    /// The datastore does not satisfy the policy.
    CnsInCompatibleFault: CnsPlacementFault {
        reason: String = "reason" since "vSAN 6.7U3",
        errors: Vec<LocalizedMethodFault> = "errors",
    }

    /// The virtual machine has no controller with room.
    CnsMissingControllerFault: CnsFault {
        reason: String = "reason" since "vSAN 6.7U3",
    }

    /// The session lacks a privilege on the datastore.
    CnsMissingPrivilegeFault: CnsPlacementFault {
        reason: String = "reason" since "vSAN 6.7U3",
        privileges: Vec<String> = "privileges",
    }

    /// The disk is not a volume.
    CnsNotRegisteredFault: CnsFault {
        reason: String = "reason" since "vSAN 6.7U3",
        volume_id: CnsVolumeId = "volumeId",
    }

    /// The root of reasons against a datastore.
    CnsPlacementFault: CnsFault {
        reason: String = "reason" since "vSAN 6.7U3",
    }

    /// Another datastore was better.
    CnsRankedLowerFault: CnsPlacementFault {
        reason: String = "reason" since "vSAN 6.7U3",
    }

    /// There is no such snapshot.
    CnsSnapshotNotFoundFault: CnsFault {
        reason: String = "reason" since "vSAN 6.7U3",
        volume_id: Option<CnsVolumeId> = "volumeId",
        snapshot_id: CnsSnapshotId = "SnapshotId",
    }

    /// There is a volume of that id already.
    CnsVolumeAlreadyExistsFault: CnsFault {
        reason: String = "reason" since "vSAN 6.7U3",
        volume_id: CnsVolumeId = "volumeId",
        datastore: Option<MoRef> = "datastore" -> "Datastore",
    }

    /// There is no such volume.
    CnsVolumeNotFoundFault: CnsFault {
        reason: String = "reason" since "vSAN 6.7U3",
        volume_id: CnsVolumeId = "volumeId",
    }
}
