//! What there is, seen without being a client: as it is in truth, not as vCenter knows it.

use vsphere_types::MoRef;

use crate::state::{KeyRef, MadeOf, VmMark};
use crate::world::World;

/// A disk as the guest of a running VM sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestDisk {
    /// `6000C29…`; the device is `wwn-0x` and this in lower case without dashes.
    pub disk_uuid: String,
    /// The volume behind it.
    pub volume: String,
    /// Its size.
    pub capacity_bytes: u64,
}

/// A virtual machine in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VmFacts {
    /// Its reference.
    pub vm: MoRef,
    /// Its name.
    pub name: String,
    /// `config.uuid`.
    pub bios_uuid: String,
    /// Whether it runs in truth: one whose host has failed does not, whatever vCenter still shows.
    pub running: bool,
    /// The host that it is on.
    pub host: MoRef,
    /// The guest's addresses.
    pub addresses: Vec<String>,
    /// How often it has been switched on or reset: another number means another boot.
    pub boot_id: u64,
    /// The provider of the key that it is encrypted with; nothing for one in clear.
    pub key_provider: Option<String>,
    /// The id of that key.
    pub key_id: Option<String>,
}

/// A datastore in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatastoreFacts {
    /// Its reference.
    pub datastore: MoRef,
    /// Its name.
    pub name: String,
    /// Its identity.
    pub url: String,
    /// Its size.
    pub capacity_bytes: u64,
    /// What is free of it.
    pub free_bytes: u64,
}

/// A volume in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VolumeFacts {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub datastore: MoRef,
    /// Its size.
    pub capacity_mb: u64,
    /// `6000C29…`.
    pub disk_uuid: String,
    /// The VMs that it is attached to.
    pub attached_to: Vec<MoRef>,
    /// Whether CNS knows it.
    pub in_cns: bool,
    /// The storage policy that it has.
    pub policy: Option<String>,
    /// The key that opens it, nothing in clear; while a change of key is not finished, the one before opens it too.
    pub key: Option<KeyRef>,
    /// The key before that one, while changing it is not finished.
    pub old_key: Option<KeyRef>,
    /// The snapshot that it was made of, whose bytes it began with.
    pub made_of: Option<MadeOf>,
}

impl World {
    /// The disks that the guest of a VM sees; none while it does not run.
    pub fn guest_disks(&self, vm_name: &str) -> Vec<GuestDisk> {
        let Some(facts) = self.vm_named(vm_name).filter(|facts| facts.running) else { return Vec::new() };
        let volumes = self.parts.state.volumes_of(&facts.vm).into_iter();
        volumes
            .map(|volume| GuestDisk {
                disk_uuid: volume.disk_uuid.clone(),
                volume: volume.id.clone(),
                capacity_bytes: volume.capacity_bytes(),
            })
            .collect()
    }

    /// All virtual machines, in the order of their making.
    pub fn vms(&self) -> Vec<VmFacts> {
        let state = &self.parts.state;
        state.vms_where(|_, _| true).into_iter().filter_map(|vm| self.vm_facts(vm)).collect()
    }

    fn vm_facts(&self, vm: MoRef) -> Option<VmFacts> {
        let state = &self.parts.state;
        let record = state.vms.get(&vm)?;
        Some(VmFacts {
            name: record.name.clone(),
            bios_uuid: record.bios_uuid.clone(),
            running: state.runs(&vm),
            host: record.host.clone(),
            addresses: record.guest.addresses.clone(),
            boot_id: record.boot_id,
            key_provider: record.key.as_ref().map(|key| key.provider.clone()),
            key_id: record.key.as_ref().map(|key| key.id.clone()),
            vm,
        })
    }

    /// The virtual machine of this name.
    pub fn vm_named(&self, name: &str) -> Option<VmFacts> {
        let found = self.parts.state.vms_by(&VmMark::Name(name.to_owned()), |_| true).into_iter().next()?;
        self.vm_facts(found)
    }

    /// All datastores, in the order of their ids.
    pub fn datastores(&self) -> Vec<DatastoreFacts> {
        let state = &self.parts.state;
        let facts = |(datastore, record): (&MoRef, &crate::state::Datastore)| DatastoreFacts {
            datastore: datastore.clone(),
            name: record.name.clone(),
            url: record.url.clone(),
            capacity_bytes: record.capacity_bytes,
            free_bytes: state.free_bytes(datastore),
        };
        state.datastores.iter().map(facts).collect()
    }

    /// All hosts, in the order of their ids.
    pub fn hosts(&self) -> Vec<MoRef> {
        self.parts.state.hosts.iter().map(|(host, _)| host.clone()).collect()
    }

    /// All volumes, in the order of their ids.
    pub fn volumes(&self) -> Vec<VolumeFacts> {
        let facts = |volume: &crate::state::Volume| VolumeFacts {
            id: volume.id.clone(),
            name: volume.name.clone(),
            datastore: volume.datastore.clone(),
            capacity_mb: volume.capacity_mb,
            disk_uuid: volume.disk_uuid.clone(),
            attached_to: volume.attachments.iter().map(|attachment| attachment.vm.clone()).collect(),
            in_cns: volume.in_cns,
            policy: volume.policy.clone(),
            key: volume.key.clone(),
            old_key: volume.old_key.clone(),
            made_of: volume.made_of.clone(),
        };
        self.parts.state.volumes.values().map(facts).collect()
    }
}
