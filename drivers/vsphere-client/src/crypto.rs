//! Encryption: key providers, the keys of volumes, and their change by shallow recrypt.
//!
//! A shallow recrypt wraps a disk's own key with another key; the data stays as it is. There are three ways to it, by
//! release and by whether the disk is attached. Each starts a task. One that was interrupted opens with either key, and is
//! finished by asking for the same once more.

use vsphere_types::request::{
    CnsUpdateVolumeCrypto, ListKmsClusters, ReconfigVmTask, RetrieveVStorageObject, UpdateVStorageObjectCryptoTask,
};
use vsphere_types::{
    BaseConfigInfoFileBackingInfo, CnsVolumeCryptoUpdateSpec, CnsVolumeId, CryptoKeyId, CryptoSpecShallowRecrypt, DiskCryptoSpec, Id,
    KeyProviderId, MoRef, Object, VStorageObject, VirtualDeviceConfigSpec, VirtualDeviceConfigSpecBackingSpec,
    VirtualDeviceConfigSpecOperation, VirtualDisk, VirtualMachineConfigSpec,
};

use crate::calls::{downcast, lacks};
use crate::cns::volume_manager;
use crate::{ClientError, VsphereClient};

/// A fresh key of this provider.
pub fn fresh_key(provider: &str) -> CryptoKeyId {
    CryptoKeyId { key_id: String::new(), provider_id: Some(KeyProviderId { id: provider.to_owned() }) }
}

fn shallow_recrypt(provider: &str) -> Object {
    CryptoSpecShallowRecrypt { new_key_id: fresh_key(provider) }.into()
}

impl VsphereClient {
    /// The names of the key providers.
    ///
    /// # Errors
    /// The call failed.
    pub async fn key_providers(&self) -> Result<Vec<String>, ClientError> {
        let Some(manager) = self.caller.service_content().await?.crypto_manager.clone() else { return Ok(Vec::new()) };
        let providers = self.invoke(&manager, ListKmsClusters::default()).await?;
        Ok(providers.into_iter().map(|provider| provider.cluster_id.id).collect())
    }

    /// The key that a volume is encrypted under, as its file has it; `None` for one in clear.
    ///
    /// # Errors
    /// The volume is not there, or the call failed.
    pub async fn key_of_disk(&self, id: &str, datastore: &MoRef) -> Result<Option<CryptoKeyId>, ClientError> {
        let manager = self.disk_manager().await?;
        let request = RetrieveVStorageObject { id: Id { id: id.to_owned() }, datastore: datastore.clone(), disk_info_flags: Vec::new() };
        let found = self.invoke(&manager, request).await?;
        let disk: VStorageObject = downcast("RetrieveVStorageObject", &found)?;
        let backing: BaseConfigInfoFileBackingInfo = downcast("RetrieveVStorageObject", &disk.config.backing)?;
        Ok(backing.key_id)
    }

    /// Starts to bring a volume that is not attached under a key provider, by CNS: from 9.x.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_recrypt_volume(&self, id: &str, provider: &str) -> Result<MoRef, ClientError> {
        let spec = CnsVolumeCryptoUpdateSpec {
            volume_id: CnsVolumeId { id: id.to_owned() },
            disks_crypto: Some(disk_crypto(provider)),
            ..CnsVolumeCryptoUpdateSpec::default()
        };
        self.invoke(&volume_manager(), CnsUpdateVolumeCrypto { update_specs: vec![spec] }).await
    }

    /// Starts to bring a volume that is not attached under a key provider, as a first class disk: from 8.0 U3.
    ///
    /// # Errors
    /// The call failed.
    pub async fn recrypt_disk(&self, id: &str, datastore: &MoRef, provider: &str) -> Result<MoRef, ClientError> {
        let manager = self.disk_manager().await?;
        let request = UpdateVStorageObjectCryptoTask {
            id: Id { id: id.to_owned() },
            datastore: datastore.clone(),
            profile: Vec::new(),
            disks_crypto: Some(disk_crypto(provider)),
        };
        self.invoke(&manager, request).await
    }

    /// Starts to bring a disk of a virtual machine under a key provider, by a change of the machine.
    ///
    /// # Errors
    /// The call failed.
    pub async fn recrypt_attached(&self, vm: &MoRef, disk: VirtualDisk, provider: &str) -> Result<MoRef, ClientError> {
        let backing =
            VirtualDeviceConfigSpecBackingSpec { crypto: Some(shallow_recrypt(provider)), ..VirtualDeviceConfigSpecBackingSpec::default() };
        let edit = VirtualDeviceConfigSpec {
            operation: Some(VirtualDeviceConfigSpecOperation::Edit),
            device: disk.into(),
            backing: Some(backing),
            ..VirtualDeviceConfigSpec::default()
        };
        let spec = VirtualMachineConfigSpec { device_change: vec![edit.into()], ..VirtualMachineConfigSpec::default() };
        self.invoke(vm, ReconfigVmTask { spec: spec.into() }).await
    }

    async fn disk_manager(&self) -> Result<MoRef, ClientError> {
        let content = self.caller.service_content().await?;
        content.v_storage_object_manager.clone().ok_or_else(|| lacks("RetrieveServiceContent", "vStorageObjectManager"))
    }
}

fn disk_crypto(provider: &str) -> Object {
    DiskCryptoSpec { crypto: shallow_recrypt(provider), parent: None }.into()
}
