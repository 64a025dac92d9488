//! CNS: making a volume larger, and the snapshots that forbid it.

use vsphere_types::request::{CnsExtendVolume, CnsQuerySnapshots};
use vsphere_types::{
    CnsSnapshotQueryFilter, CnsSnapshotQueryResult, CnsSnapshotQuerySpec, CnsVolumeExtendSpec, CnsVolumeId, MoRef, TaskInfo, Value,
};

use crate::calls::{downcast, lacks};
use crate::cns::volume_manager;
use crate::{ClientError, VsphereClient};

impl VsphereClient {
    /// Starts to make a volume larger.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_extend_volume(&self, id: &str, capacity_in_mb: i64) -> Result<MoRef, ClientError> {
        let spec = CnsVolumeExtendSpec { volume_id: CnsVolumeId { id: id.to_owned() }, capacity_in_mb };
        self.invoke(&volume_manager(), CnsExtendVolume { extend_specs: vec![spec] }).await
    }

    /// Starts to look for a volume's snapshots; [`snapshot_ids`] reads what the task has found.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_query_snapshots(&self, id: &str) -> Result<MoRef, ClientError> {
        let spec = CnsSnapshotQuerySpec { volume_id: CnsVolumeId { id: id.to_owned() }, snapshot_id: None };
        let snapshot_query_filter = CnsSnapshotQueryFilter { snapshot_query_specs: vec![spec], cursor: None };
        self.invoke(&volume_manager(), CnsQuerySnapshots { snapshot_query_filter }).await
    }
}

/// The ids of the snapshots that a query's task has found, the first page of them.
///
/// # Errors
/// The task's result is not one of a query for snapshots.
pub fn snapshot_ids(info: &TaskInfo) -> Result<Vec<String>, ClientError> {
    let operation = info.description_id.as_str();
    let result = info.result.as_ref().and_then(Value::as_object).ok_or_else(|| lacks(operation, "a result"))?;
    let result: CnsSnapshotQueryResult = downcast(operation, result)?;
    Ok(result.entries.into_iter().filter_map(|entry| Some(entry.snapshot?.snapshot_id.id)).collect())
}
