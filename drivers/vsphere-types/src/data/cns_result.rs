//! CNS: what comes back.

use crate::table::data_objects;
use crate::{CnsCursor, CnsVolume, CnsVolumeId, LocalizedMethodFault, MoRef, Object};

data_objects! {
    /// A page of volumes.
    CnsQueryResult: DynamicData {
        volumes: Vec<CnsVolume> = "volumes",
        cursor: CnsCursor = "cursor",
    }

    /// What became of one volume.
    CnsVolumeOperationResult: DynamicData {
        volume_id: Option<CnsVolumeId> = "volumeId",
        fault: Option<LocalizedMethodFault> = "fault",
    }

    /// What became of each volume of a call; the result of its task.
    CnsVolumeOperationBatchResult: DynamicData {
        volume_results: Vec<Object> = "volumeResults" -> "CnsVolumeOperationResult",
    }

    /// A volume that was made.
    CnsVolumeCreateResult: CnsVolumeOperationResult {
        name: Option<String> = "name",
        placement_results: Vec<CnsPlacementResult> = "placementResults" since "vSAN 7.0U2",
    }

    /// A volume that was attached.
    CnsVolumeAttachResult: CnsVolumeOperationResult {
        disk_uuid: Option<String> = "diskUUID",
    }

    /// The page that a query task found.
    CnsAsyncQueryResult: CnsVolumeOperationResult {
        query_result: Option<CnsQueryResult> = "queryResult",
    }

    /// Why a datastore was taken or not.
    CnsPlacementResult: DynamicData {
        datastore: MoRef = "datastore" -> "Datastore",
        placement_faults: Vec<LocalizedMethodFault> = "placementFaults",
        clusters: Vec<MoRef> = "clusters" -> "ClusterComputeResource" since "9.1.0.0",
    }
}
