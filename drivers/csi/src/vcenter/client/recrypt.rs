//! Recrypts, and what has to be known for them.

use vsphere_client::volume_result;
use vsphere_types::{CnsVolumeOperationResult, MoRef, VirtualDisk};

use super::super::{Key, RecryptWay, VCenterError};
use super::ClientVCenter;
use super::convert::{error, key};

impl ClientVCenter {
    pub(super) async fn read_key(&self, id: &str, datastore_url: &str) -> Result<Option<Key>, VCenterError> {
        let datastore = self.datastore_of(id, datastore_url).await?;
        let found = self.client().key_of_disk(id, &datastore).await.map_err(|failure| error("RetrieveVStorageObject", &failure))?;
        Ok(found.and_then(key))
    }

    pub(super) async fn datastore_of(&self, id: &str, datastore_url: &str) -> Result<MoRef, VCenterError> {
        let found = self.all_datastores().await?.into_iter().find(|datastore| datastore.url == datastore_url);
        found.map(|datastore| datastore.reference).ok_or_else(|| VCenterError::NoAnswer {
            operation: "RetrieveVStorageObject",
            reason: format!("volume {id} lies on {datastore_url}, which no datastore has"),
        })
    }

    pub(super) async fn begin_recrypt(&self, id: &str, way: &RecryptWay, provider: &str) -> Result<MoRef, VCenterError> {
        let operation = way.operation();
        let client = self.client();
        let task = match way {
            RecryptWay::Cns => client.cns_recrypt_volume(id, provider).await,
            RecryptWay::Disk { datastore } => client.recrypt_disk(id, datastore, provider).await,
            RecryptWay::Machine { vm } => {
                let disk = self.disk_on(id, vm).await?;
                client.recrypt_attached(vm, disk, provider).await
            }
        };
        task.map_err(|failure| error(operation, &failure))
    }

    /// The device that a volume is on a machine.
    async fn disk_on(&self, id: &str, vm: &MoRef) -> Result<VirtualDisk, VCenterError> {
        let disks = self.client().disks_of_vm(vm).await.map_err(|failure| error("RetrievePropertiesEx", &failure))?;
        let found = disks.into_iter().find(|disk| disk.v_disk_id.as_ref().is_some_and(|known| known.id == id));
        found.ok_or_else(|| VCenterError::NoAnswer {
            operation: "ReconfigVM_Task",
            reason: format!("volume {id} has just left {vm}; ask again"),
        })
    }

    pub(super) async fn end_recrypt(&self, task: &MoRef, way: &RecryptWay) -> Result<(), VCenterError> {
        let info = self.ended(way.operation(), task).await?;
        if *way != RecryptWay::Cns {
            return Ok(());
        }
        volume_result::<CnsVolumeOperationResult>(&info).map(drop).map_err(|failure| error(way.operation(), &failure))
    }
}
