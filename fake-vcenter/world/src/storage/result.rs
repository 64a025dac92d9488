//! Results of CNS tasks: a batch result with one entry for the one volume of the call.

use vsphere_types::{
    CnsAsyncQueryResult, CnsPlacementResult, CnsQueryResult, CnsSnapshot, CnsSnapshotCreateResult, CnsSnapshotDeleteResult, CnsSnapshotId,
    CnsVolumeAttachResult, CnsVolumeCreateResult, CnsVolumeId, CnsVolumeOperationBatchResult, CnsVolumeOperationResult, DataObject, Fault,
    Value,
};

fn batch(entry: impl DataObject) -> Value {
    Value::of(CnsVolumeOperationBatchResult { volume_results: vec![entry.into_object()] })
}

fn volume(id: &str) -> Option<CnsVolumeId> {
    Some(CnsVolumeId { id: id.to_owned() })
}

/// The result of an operation that has nothing to tell but how it went.
pub fn plain(id: &str, outcome: Result<(), Fault>) -> Value {
    batch(CnsVolumeOperationResult { volume_id: volume(id), fault: outcome.err().map(Fault::into_localized) })
}

/// The result of attaching: the disk's uuid.
pub fn attached(id: &str, outcome: Result<String, Fault>) -> Value {
    let (disk_uuid, fault) = match outcome {
        Ok(uuid) => (Some(uuid), None),
        Err(fault) => (None, Some(fault.into_localized())),
    };
    batch(CnsVolumeAttachResult { volume_id: volume(id), fault, disk_uuid })
}

/// The result of creating: the volume's id, and how each offered datastore was judged.
pub fn created(name: &str, outcome: Result<String, Fault>, placement_results: Vec<CnsPlacementResult>) -> Value {
    let (volume_id, fault) = match outcome {
        Ok(id) => (volume(&id), None),
        Err(fault) => (None, Some(fault.into_localized())),
    };
    batch(CnsVolumeCreateResult { volume_id, fault, name: Some(name.to_owned()), placement_results })
}

/// The result of taking a snapshot. What it takes of the datastore is not known at once (unverified).
pub fn snapshot_taken(id: &str, outcome: Result<CnsSnapshot, Fault>) -> Value {
    let (snapshot, fault) = match outcome {
        Ok(snapshot) => (Some(snapshot), None),
        Err(fault) => (None, Some(fault.into_localized())),
    };
    batch(CnsSnapshotCreateResult { volume_id: volume(id), fault, snapshot, aggregated_snapshot_capacity_in_mb: Some(0) })
}

/// The result of deleting a snapshot.
pub fn snapshot_deleted(id: &str, snapshot: &str, outcome: Result<(), Fault>) -> Value {
    batch(CnsSnapshotDeleteResult {
        volume_id: volume(id),
        fault: outcome.err().map(Fault::into_localized),
        snapshot_id: Some(CnsSnapshotId { id: snapshot.to_owned() }),
        aggregated_snapshot_capacity_in_mb: Some(0),
    })
}

/// The result of a query that ran as a task.
pub fn queried(outcome: Result<CnsQueryResult, Fault>) -> Value {
    let (query_result, fault) = match outcome {
        Ok(result) => (Some(result), None),
        Err(fault) => (None, Some(fault.into_localized())),
    };
    batch(CnsAsyncQueryResult { volume_id: None, fault, query_result })
}
