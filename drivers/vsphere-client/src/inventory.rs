//! What drivers look up in the inventory: virtual machines, their disks, datastores.

use vsphere_types::request::FindByUuid;
use vsphere_types::{DatastoreSummary, MoRef, Object, VirtualDisk};

use crate::calls::lacks;
use crate::properties::property_spec;
use crate::traversal::step;
use crate::{ClientError, VsphereClient};

/// A datastore, as far as placement goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Datastore {
    /// The datastore.
    pub reference: MoRef,
    /// Its name, unique in its datacenter only.
    pub name: String,
    /// `ds:///vmfs/volumes/…/`: what tells it apart in all vCenters. Valid while it is accessible, as are the sizes.
    pub url: String,
    /// Its size in bytes.
    pub capacity: i64,
    /// How much of it is free, in bytes.
    pub free_space: i64,
    /// Whether any host reaches it.
    pub accessible: bool,
    /// `VMFS`, `NFS`, `vsan`, …
    pub kind: String,
    /// `normal`, `enteringMaintenance` or `inMaintenance`, when vCenter says it.
    pub maintenance_mode: Option<String>,
}

impl VsphereClient {
    /// The virtual machine with this BIOS uuid, in all datacenters.
    ///
    /// # Errors
    /// The call failed.
    pub async fn find_vm_by_uuid(&self, uuid: &str) -> Result<Option<MoRef>, ClientError> {
        let content = self.caller.service_content().await?;
        let index = content.search_index.clone().ok_or_else(|| lacks("RetrieveServiceContent", "searchIndex"))?;
        let search = FindByUuid { datacenter: None, uuid: uuid.to_owned(), vm_search: true, instance_uuid: Some(false) };
        self.invoke(&index, search).await
    }

    /// The disks of a virtual machine.
    ///
    /// # Errors
    /// The virtual machine is gone, vCenter does not know its hardware (its host is lost), or the call failed.
    pub async fn disks_of_vm(&self, vm: &MoRef) -> Result<Vec<VirtualDisk>, ClientError> {
        self.machine(vm).await?.disks()?.ok_or_else(|| lacks("RetrievePropertiesEx", &format!("the hardware of {vm}")))
    }

    /// All datastores of all datacenters, in the order in which vCenter gives them.
    ///
    /// # Errors
    /// The call failed.
    pub async fn datastores(&self) -> Result<Vec<Datastore>, ClientError> {
        let root = self.caller.service_content().await?.root_folder.clone();
        let found = self.retrieve_below(&root, "name", property_spec("Datastore", &["summary"]), to_datastores()).await?;
        found.into_iter().map(|found| Ok(datastore(found.object, found.properties.require("summary")?))).collect()
    }
}

/// Down the folders to the datacenters, and from each to its datastores.
fn to_datastores() -> Vec<Object> {
    vec![step("folders", "Folder", "childEntity", &["folders", "datastores"]), step("datastores", "Datacenter", "datastore", &[])]
}

fn datastore(reference: MoRef, summary: DatastoreSummary) -> Datastore {
    Datastore {
        reference,
        name: summary.name,
        url: summary.url,
        capacity: summary.capacity,
        free_space: summary.free_space,
        accessible: summary.accessible,
        kind: summary.kind,
        maintenance_mode: summary.maintenance_mode,
    }
}
