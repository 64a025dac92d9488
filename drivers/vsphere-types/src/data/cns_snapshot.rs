//! CNS: snapshots. These types are not in pyVmomi; their fields are those that govmomi knows.

use jiff::Timestamp;

use crate::table::{data_objects, faults};
use crate::{CnsCursor, CnsSnapshotId, CnsVolumeId, LocalizedMethodFault, MoRef, Object};

data_objects! {
    /// A snapshot of a volume.
    CnsSnapshot: DynamicData {
        snapshot_id: CnsSnapshotId = "snapshotId",
        volume_id: CnsVolumeId = "volumeId",
        description: Option<String> = "description",
        create_time: Timestamp = "createTime",
        changed_block_tracking_id: Option<String> = "changedBlockTrackingId",
    }

    /// What became of one snapshot.
    CnsSnapshotOperationResult: CnsVolumeOperationResult {}

    /// A snapshot that was made.
    CnsSnapshotCreateResult: CnsSnapshotOperationResult {
        snapshot: Option<CnsSnapshot> = "snapshot",
        aggregated_snapshot_capacity_in_mb: Option<i64> = "aggregatedSnapshotCapacityInMb",
    }

    /// A snapshot that was removed.
    CnsSnapshotDeleteResult: CnsSnapshotOperationResult {
        snapshot_id: Option<CnsSnapshotId> = "snapshotId",
        aggregated_snapshot_capacity_in_mb: Option<i64> = "aggregatedSnapshotCapacityInMb",
    }

    /// Which snapshots.
    CnsSnapshotQueryFilter: DynamicData {
        snapshot_query_specs: Vec<CnsSnapshotQuerySpec> = "snapshotQuerySpecs",
        cursor: Option<CnsCursor> = "cursor",
    }

    /// Snapshots of one volume, or one of them.
    CnsSnapshotQuerySpec: DynamicData {
        volume_id: CnsVolumeId = "volumeId",
        snapshot_id: Option<CnsSnapshotId> = "snapshotId",
    }

    /// A page of snapshots; the result of a query's task.
    CnsSnapshotQueryResult: DynamicData {
        entries: Vec<CnsSnapshotQueryResultEntry> = "entries",
        cursor: CnsCursor = "cursor",
    }

    /// A snapshot, or why it was not found.
    CnsSnapshotQueryResultEntry: DynamicData {
        snapshot: Option<CnsSnapshot> = "snapshot",
        error: Option<LocalizedMethodFault> = "error",
    }

    /// What lies below a volume.
    CnsVolumeInfo: DynamicData {}

    /// The first class disk below a block volume.
    CnsBlockVolumeInfo: CnsVolumeInfo {
        v_storage_object: Option<Object> = "vStorageObject" -> "VStorageObject" [required],
    }

    /// What was found below one volume.
    CnsQueryVolumeInfoResult: CnsVolumeOperationResult {
        volume_info: Option<Object> = "volumeInfo" -> "CnsVolumeInfo",
    }
}

/// The fault, in a table of its own.
pub(crate) mod created {
    use super::{CnsSnapshotId, CnsVolumeId, MoRef, faults};

    faults! {
        /// The snapshot was made, but CNS could not note it.
        CnsSnapshotCreatedFault: CnsFault {
            volume_id: CnsVolumeId = "volumeId",
            snapshot_id: CnsSnapshotId = "SnapshotId",
            datastore: MoRef = "datastore" -> "Datastore",
        }
    }
}
pub use created::CnsSnapshotCreatedFault;
