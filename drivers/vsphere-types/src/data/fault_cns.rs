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
        volume_id: CnsVolumeId = "volumeId",
    }

    /// The root of reasons against a datastore.
    CnsPlacementFault: CnsFault {}

    /// The datastore does not satisfy the policy.
    CnsInCompatibleFault: CnsPlacementFault {
        errors: Vec<LocalizedMethodFault> = "errors",
    }

    /// The virtual machine has no controller with room.
    CnsMissingControllerFault: CnsFault {}

    /// The session lacks a privilege on the datastore.
    CnsMissingPrivilegeFault: CnsPlacementFault {
        privileges: Vec<String> = "privileges",
    }

    /// The disk is not a volume.
    CnsNotRegisteredFault: CnsFault {
        volume_id: CnsVolumeId = "volumeId",
    }

    /// Another datastore was better.
    CnsRankedLowerFault: CnsPlacementFault {}

    /// There is no such snapshot.
    CnsSnapshotNotFoundFault: CnsFault {
        volume_id: Option<CnsVolumeId> = "volumeId",
        snapshot_id: CnsSnapshotId = "SnapshotId",
    }

    /// There is a volume of that id already.
    CnsVolumeAlreadyExistsFault: CnsFault {
        volume_id: CnsVolumeId = "volumeId",
        datastore: Option<MoRef> = "datastore" -> "Datastore",
    }

    /// There is no such volume.
    CnsVolumeNotFoundFault: CnsFault {
        volume_id: CnsVolumeId = "volumeId",
    }
}
