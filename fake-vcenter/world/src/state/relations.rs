//! What follows from the records: who is in what, and who uses what. Lists are in the order of their making.

use vsphere_types::MoRef;

use super::index::{VmMark, VolumeMark};
use super::inventory::number_of;
use super::tables::State;
use super::vm::{PowerState, VirtualMachine};

fn sorted<'a>(objects: impl Iterator<Item = &'a MoRef>) -> Vec<MoRef> {
    let mut objects: Vec<MoRef> = objects.cloned().collect();
    objects.sort_by_cached_key(number_of);
    objects.dedup();
    objects
}

impl State {
    /// The entities whose parent this is.
    pub fn children(&self, parent: &MoRef) -> Vec<MoRef> {
        let (others, vms) = (self.others_in(parent), self.vms_at(parent));
        match (others.is_empty(), vms.is_empty()) {
            (true, _) => vms,
            (_, true) => others,
            _ => sorted(others.iter().chain(&vms)),
        }
    }

    /// The entities whose parent this is, but for virtual machines.
    fn others_in(&self, parent: &MoRef) -> Vec<MoRef> {
        let folders = self.folders.iter().filter(|(_, row)| row.parent.as_ref() == Some(parent)).map(|(key, _)| key);
        let datacenters = self.datacenters.iter().filter(|(_, row)| row.parent == *parent).map(|(key, _)| key);
        let clusters = self.clusters.iter().filter(|(_, row)| row.parent == *parent).map(|(key, _)| key);
        let hosts = self.hosts.iter().filter(|(_, row)| row.parent == *parent).map(|(key, _)| key);
        let pools = self.pools.iter().filter(|(_, row)| row.parent == *parent).map(|(key, _)| key);
        let datastores = self.datastores.iter().filter(|(_, row)| row.parent == *parent).map(|(key, _)| key);
        let networks = self.networks.iter().filter(|(_, row)| row.parent == *parent).map(|(key, _)| key);
        sorted(folders.chain(datacenters).chain(clusters).chain(hosts).chain(pools).chain(datastores).chain(networks))
    }

    /// The virtual machines of which this is true.
    pub fn vms_where(&self, wanted: impl Fn(&MoRef, &VirtualMachine) -> bool) -> Vec<MoRef> {
        sorted(self.vms.iter().filter(|(key, row)| wanted(key, row)).map(|(key, _)| key))
    }

    /// The virtual machines with something on this datastore: their own files or a volume.
    pub fn vms_on(&self, datastore: &MoRef) -> Vec<MoRef> {
        let own = self.vms_at(datastore);
        let attached = self.volumes_by(&VolumeMark::AttachedFrom(datastore.clone()));
        let others = attached.iter().flat_map(|volume| &volume.attachments).map(|place| &place.vm);
        let elsewhere = |vm: &&MoRef| self.vms.get(*vm).is_none_or(|row| row.datastore != *datastore);
        let others: Vec<&MoRef> = others.filter(elsewhere).collect();
        if others.is_empty() { own } else { sorted(own.iter().chain(others)) }
    }

    /// The datastores that a virtual machine has something on.
    pub fn datastores_of(&self, vm: &MoRef) -> Vec<MoRef> {
        let own = self.vms.get(vm).map(|row| &row.datastore);
        sorted(own.into_iter().chain(self.volumes_of(vm).into_iter().map(|volume| &volume.datastore)))
    }

    /// The hosts that mount this datastore.
    pub fn hosts_with(&self, datastore: &MoRef) -> Vec<MoRef> {
        sorted(self.hosts.iter().filter(|(_, row)| row.datastores.contains(datastore)).map(|(key, _)| key))
    }

    /// The hosts of a cluster.
    pub fn hosts_of(&self, cluster: &MoRef) -> Vec<MoRef> {
        sorted(self.hosts.iter().filter(|(_, row)| row.parent == *cluster).map(|(key, _)| key))
    }

    /// An entity's name.
    pub fn name_of(&self, entity: &MoRef) -> Option<&str> {
        Some(match entity.kind.as_str() {
            "Folder" => &self.folders.get(entity)?.name,
            "Datacenter" => &self.datacenters.get(entity)?.name,
            "ClusterComputeResource" => &self.clusters.get(entity)?.name,
            "HostSystem" => &self.hosts.get(entity)?.name,
            "ResourcePool" => &self.pools.get(entity)?.name,
            "Datastore" => &self.datastores.get(entity)?.name,
            "Network" => &self.networks.get(entity)?.name,
            "VirtualMachine" => &self.vms.get(entity)?.name,
            _ => return None,
        })
    }

    /// Where an entity is; nothing for the root folder.
    pub fn parent_of(&self, entity: &MoRef) -> Option<&MoRef> {
        match entity.kind.as_str() {
            "Folder" => self.folders.get(entity)?.parent.as_ref(),
            "Datacenter" => Some(&self.datacenters.get(entity)?.parent),
            "ClusterComputeResource" => Some(&self.clusters.get(entity)?.parent),
            "HostSystem" => Some(&self.hosts.get(entity)?.parent),
            "ResourcePool" => Some(&self.pools.get(entity)?.parent),
            "Datastore" => Some(&self.datastores.get(entity)?.parent),
            "Network" => Some(&self.networks.get(entity)?.parent),
            "VirtualMachine" => Some(&self.vms.get(entity)?.parent),
            _ => None,
        }
    }

    /// Whether an entity is this container or somewhere inside of it.
    pub fn is_within(&self, entity: &MoRef, container: &MoRef) -> bool {
        let mut current = Some(entity);
        while let Some(place) = current {
            if place == container {
                return true;
            }
            current = self.parent_of(place);
        }
        false
    }

    /// All entities of the inventory.
    pub fn entities(&self) -> Vec<MoRef> {
        let folders = self.folders.iter().map(|(key, _)| key).chain(self.datacenters.iter().map(|(key, _)| key));
        let compute = self.clusters.iter().map(|(key, _)| key).chain(self.hosts.iter().map(|(key, _)| key));
        let storage = self.datastores.iter().map(|(key, _)| key).chain(self.networks.iter().map(|(key, _)| key));
        let machines = self.pools.iter().map(|(key, _)| key).chain(self.vms.iter().map(|(key, _)| key));
        sorted(folders.chain(compute).chain(storage).chain(machines))
    }

    /// Whether there is such an entity.
    pub fn has_entity(&self, entity: &MoRef) -> bool {
        self.name_of(entity).is_some()
    }

    /// The entity of this name directly inside another; the first of several.
    pub fn child_named(&self, parent: &MoRef, name: &str) -> Option<MoRef> {
        let machine = self.vms_by(&VmMark::Name(name.to_owned()), |row| row.parent == *parent).into_iter().next();
        let other = self.others_in(parent).into_iter().find(|child| self.name_of(child) == Some(name));
        [machine, other].into_iter().flatten().min_by_key(number_of)
    }

    /// Whether a VM runs in truth: vCenter's last knowledge may be older than its host's end.
    pub fn runs(&self, vm: &MoRef) -> bool {
        self.vms.get(vm).is_some_and(|record| {
            let host_up = self.hosts.get(&record.host).is_some_and(|host| host.failed.is_none());
            record.power == PowerState::PoweredOn && host_up
        })
    }
}
