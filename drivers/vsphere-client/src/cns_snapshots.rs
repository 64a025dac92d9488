//! CNS: snapshots. As with volumes, a call starts a task; queries are tasks, too.

use vsphere_types::request::{CnsCreateSnapshots, CnsDeleteSnapshots, CnsQuerySnapshots};
use vsphere_types::{
    CnsSnapshot, CnsSnapshotCreateResult, CnsSnapshotCreateSpec, CnsSnapshotDeleteSpec, CnsSnapshotId, CnsSnapshotQueryFilter,
    CnsSnapshotQueryResult, CnsVolumeId, MoRef, TaskInfo, Value,
};

use crate::calls::{downcast, lacks};
use crate::cns::{volume_manager, volume_result};
use crate::{ClientError, VsphereClient};

impl VsphereClient {
    /// Starts to take a snapshot.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_create_snapshot(&self, spec: CnsSnapshotCreateSpec) -> Result<MoRef, ClientError> {
        self.invoke(&volume_manager(), CnsCreateSnapshots { snapshot_specs: vec![spec] }).await
    }

    /// Starts to delete a snapshot.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_delete_snapshot(&self, volume: &str, snapshot: &str) -> Result<MoRef, ClientError> {
        let spec = CnsSnapshotDeleteSpec {
            volume_id: CnsVolumeId { id: volume.to_owned() },
            snapshot_id: CnsSnapshotId { id: snapshot.to_owned() },
        };
        self.invoke(&volume_manager(), CnsDeleteSnapshots { snapshot_delete_specs: vec![spec] }).await
    }

    /// Starts to look for snapshots: those of one volume, one of them, or all; a page of them.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_query_snapshots(&self, filter: CnsSnapshotQueryFilter) -> Result<MoRef, ClientError> {
        self.invoke(&volume_manager(), CnsQuerySnapshots { snapshot_query_filter: filter }).await
    }
}

/// The snapshot that a task has taken.
///
/// # Errors
/// As [`volume_result`]; or the result does not tell the snapshot.
pub fn taken_snapshot(info: &TaskInfo) -> Result<CnsSnapshot, ClientError> {
    let result: CnsSnapshotCreateResult = volume_result(info)?;
    result.snapshot.ok_or_else(|| lacks(&info.description_id, "snapshot"))
}

/// The snapshots that a query's task has found.
///
/// # Errors
/// The task's result is not one of CNS.
pub fn found_snapshots(info: &TaskInfo) -> Result<CnsSnapshotQueryResult, ClientError> {
    let operation = info.description_id.as_str();
    let result = info.result.as_ref().and_then(Value::as_object).ok_or_else(|| lacks(operation, "a result"))?;
    downcast(operation, result)
}
