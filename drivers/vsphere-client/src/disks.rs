//! First class disks that CNS may not know, by the service that finds them by their ids alone (VSLM).

use vsphere_types::request::{RetrieveContent, VslmRetrieveVStorageObject};
use vsphere_types::{MoRef, VStorageObject, VslmServiceInstanceContent};

use crate::calls::downcast;
use crate::{ClientError, VsphereClient};

impl VsphereClient {
    /// The first class disk of this id; one that is not there is a fault.
    ///
    /// # Errors
    /// A call failed.
    pub async fn first_class_disk(&self, id: &str) -> Result<VStorageObject, ClientError> {
        let manager = self.disk_service().await?.v_storage_object_manager.clone();
        let id = vsphere_types::Id { id: id.to_owned() };
        let found = self.invoke(&manager, VslmRetrieveVStorageObject { id }).await?;
        downcast("VslmRetrieveVStorageObject", &found)
    }

    /// The singletons of the service of first class disks; asked once.
    async fn disk_service(&self) -> Result<&VslmServiceInstanceContent, ClientError> {
        self.caller
            .disk_service
            .get_or_try_init(|| async { self.invoke(&MoRef::new("VslmServiceInstance", "ServiceInstance"), RetrieveContent {}).await })
            .await
    }
}
