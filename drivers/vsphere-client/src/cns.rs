//! CNS. Calls that change something start a task and answer its reference; what became of the volume stands in the
//! task's result, which the functions here read.

use vsphere_types::request::{CnsAttachVolume, CnsCreateVolume, CnsDeleteVolume, CnsDetachVolume, CnsQueryAllVolume, CnsQueryVolume};
use vsphere_types::{
    CnsCursor, CnsQueryFilter, CnsQueryResult, CnsQuerySelection, CnsVolume, CnsVolumeAttachDetachSpec, CnsVolumeAttachResult,
    CnsVolumeCreateResult, CnsVolumeCreateSpec, CnsVolumeId, CnsVolumeOperationBatchResult, CnsVolumeOperationResult, DataObject, MoRef,
    Request, TaskInfo, Value,
};

use crate::calls::{downcast, lacks};
use crate::{ClientError, VsphereClient};

/// As many volumes as CNS gives at once.
const PAGE: i64 = 1000;

pub(crate) fn volume_manager() -> MoRef {
    MoRef::new("CnsVolumeManager", "cns-volume-manager")
}

impl VsphereClient {
    /// Starts to make or register a volume.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_create_volume(&self, spec: CnsVolumeCreateSpec) -> Result<MoRef, ClientError> {
        self.invoke(&volume_manager(), CnsCreateVolume { create_specs: vec![spec] }).await
    }

    /// Starts to delete a volume, with its disk or, by only forgetting it, without.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_delete_volume(&self, id: &str, delete_disk: bool) -> Result<MoRef, ClientError> {
        let volume_ids = vec![CnsVolumeId { id: id.to_owned() }];
        self.invoke(&volume_manager(), CnsDeleteVolume { volume_ids, delete_disk }).await
    }

    /// Starts to attach a volume to a virtual machine.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_attach_volume(&self, id: &str, vm: &MoRef) -> Result<MoRef, ClientError> {
        self.invoke(&volume_manager(), CnsAttachVolume { attach_specs: vec![attach_detach(id, vm)] }).await
    }

    /// Starts to detach a volume from a virtual machine.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_detach_volume(&self, id: &str, vm: &MoRef) -> Result<MoRef, ClientError> {
        self.invoke(&volume_manager(), CnsDetachVolume { detach_specs: vec![attach_detach(id, vm)] }).await
    }

    /// All volumes that a filter selects, page by page. The filter's own cursor is not used.
    ///
    /// # Errors
    /// A call failed.
    pub async fn cns_query_volumes(&self, filter: CnsQueryFilter) -> Result<Vec<CnsVolume>, ClientError> {
        self.cns_pages(filter, |filter| CnsQueryVolume { filter: filter.into(), selection: None }).await
    }

    /// All volumes that a filter selects, with the fields that are asked for only.
    ///
    /// # Errors
    /// A call failed.
    pub async fn cns_query_all_volumes(&self, filter: CnsQueryFilter, selection: CnsQuerySelection) -> Result<Vec<CnsVolume>, ClientError> {
        self.cns_pages(filter, |filter| CnsQueryAllVolume { filter: filter.into(), selection: selection.clone() }).await
    }

    /// Asks page by page; `ask` makes the request of a filter.
    async fn cns_pages<R: Request<Returns = CnsQueryResult>>(
        &self,
        mut filter: CnsQueryFilter,
        ask: impl Fn(CnsQueryFilter) -> R,
    ) -> Result<Vec<CnsVolume>, ClientError> {
        let mut volumes = Vec::new();
        let mut offset = 0;
        loop {
            filter.cursor = Some(CnsCursor { offset, limit: PAGE, ..CnsCursor::default() });
            let page = self.invoke(&volume_manager(), ask(filter.clone())).await?;
            let got = page.volumes.len();
            volumes.extend(page.volumes);
            // The cursor that comes back is the next one. One that does not move would be asked for ever.
            let finished = got == 0 || page.cursor.offset <= offset || page.cursor.offset >= page.cursor.total_records.unwrap_or(0);
            if finished {
                return Ok(volumes);
            }
            offset = page.cursor.offset;
        }
    }
}

fn attach_detach(id: &str, vm: &MoRef) -> CnsVolumeAttachDetachSpec {
    CnsVolumeAttachDetachSpec { volume_id: CnsVolumeId { id: id.to_owned() }, vm: vm.clone(), ..CnsVolumeAttachDetachSpec::default() }
}

/// What became of the one volume of a task that ended well.
///
/// # Errors
/// [`ClientError::Volume`] when the volume did not fare well; or the task's result is not one of CNS.
pub fn volume_result<T: DataObject>(info: &TaskInfo) -> Result<T, ClientError> {
    let operation = info.description_id.as_str();
    let batch = info.result.as_ref().and_then(Value::as_object).ok_or_else(|| lacks(operation, "a result"))?;
    let batch: CnsVolumeOperationBatchResult = downcast(operation, batch)?;
    let result = batch.volume_results.first().ok_or_else(|| lacks(operation, "volumeResults"))?;
    let common: CnsVolumeOperationResult = downcast(operation, result)?;
    if let Some(fault) = common.fault {
        let volume = common.volume_id.map(|id| id.id).unwrap_or_default();
        return Err(ClientError::Volume { task: info.task.clone(), volume, fault: Box::new(fault.into()) });
    }
    downcast(operation, result)
}

/// The volume that a create task has made.
///
/// # Errors
/// As [`volume_result`]; or the result does not name the volume.
pub fn created_volume(info: &TaskInfo) -> Result<(String, CnsVolumeCreateResult), ClientError> {
    let result: CnsVolumeCreateResult = volume_result(info)?;
    let id = result.volume_id.clone().ok_or_else(|| lacks(&info.description_id, "volumeId"))?;
    Ok((id.id, result))
}

/// The uuid of the disk that an attach task has added.
///
/// # Errors
/// As [`volume_result`]; or the result does not name the disk.
pub fn attached_disk(info: &TaskInfo) -> Result<String, ClientError> {
    let result: CnsVolumeAttachResult = volume_result(info)?;
    result.disk_uuid.ok_or_else(|| lacks(&info.description_id, "diskUUID"))
}
