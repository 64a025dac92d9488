//! Machines and volumes by what they are found by: the indexes, and what the running transaction has touched.

use vsphere_types::MoRef;

use super::index::{VmMark, VolumeMark};
use super::inventory::number_of;
use super::tables::State;
use super::vm::VirtualMachine;
use super::volume::Volume;

impl State {
    /// The machines with this mark of which something is true, in the order of their making.
    pub fn vms_by(&self, mark: &VmMark, wanted: impl Fn(&VirtualMachine) -> bool) -> Vec<MoRef> {
        let settled = self.indexes.vms.with(mark).map(|numbered| &numbered.1).filter(|vm| !self.vms.touches(vm));
        let wanted = |vm: &MoRef| self.vms.get(vm).is_some_and(&wanted);
        let mut found: Vec<MoRef> = settled.filter(|vm| wanted(vm)).cloned().collect();
        let fresh = self.vms.drift().filter_map(|(vm, _, is)| is.filter(|is| mark.is_of(is)).map(|_| vm));
        let before = found.len();
        found.extend(fresh.filter(|vm| wanted(vm)).cloned());
        if found.len() > before {
            found.sort_by_cached_key(number_of);
        }
        found
    }

    /// The machines in this folder or pool, or on this host, datastore or network.
    pub fn vms_at(&self, place: &MoRef) -> Vec<MoRef> {
        self.vms_by(&VmMark::At(place.clone()), |_| true)
    }

    /// The volumes with this mark, in the order of their ids.
    pub fn volumes_by(&self, mark: &VolumeMark) -> Vec<&Volume> {
        let settled = self.indexes.volumes.with(mark).filter(|id| !self.volumes.touches(id));
        let mut found: Vec<&Volume> = settled.filter_map(|id| self.volumes.get(id)).collect();
        let fresh = self.volumes.drift().filter_map(|(_, _, is)| is.filter(|is| mark.is_of(is)));
        let before = found.len();
        found.extend(fresh);
        if found.len() > before {
            found.sort_by(|left, right| left.id.cmp(&right.id));
        }
        found
    }

    /// The volumes that are attached to a machine, in the order of their ids.
    pub fn volumes_on(&self, vm: &MoRef) -> Vec<&Volume> {
        self.volumes_by(&VolumeMark::On(vm.clone()))
    }

    /// The volumes that are disks in a VM's hardware, in the order of their device keys.
    pub fn volumes_of(&self, vm: &MoRef) -> Vec<&Volume> {
        let plugged = |volume: &&Volume| volume.attachment_to(vm).is_some_and(|attachment| attachment.in_hardware);
        let mut volumes: Vec<&Volume> = self.volumes_on(vm).into_iter().filter(plugged).collect();
        volumes.sort_by_key(|volume| volume.attachment_to(vm).map(|attachment| attachment.key));
        volumes
    }

    /// Whether a machine has something on a datastore: its own files or a volume.
    pub fn vm_is_on(&self, vm: &MoRef, datastore: &MoRef) -> bool {
        self.vms.get(vm).is_some_and(|row| row.datastore == *datastore)
            || self.volumes_on(vm).iter().any(|volume| volume.datastore == *datastore)
    }

    /// Bytes that are free on a datastore: its size without what others use and what volumes take.
    pub fn free_bytes(&self, datastore: &MoRef) -> u64 {
        let Some(record) = self.datastores.get(datastore).filter(|record| !record.full) else { return 0 };
        let mut taken = self.indexes.taken.get(datastore).copied().unwrap_or_default();
        let here = |volume: Option<&Volume>| volume.filter(|volume| volume.datastore == *datastore).map_or(0, Volume::taken_bytes);
        for (_, was, is) in self.volumes.drift() {
            taken = taken.saturating_sub(here(was)).saturating_add(here(is));
        }
        record.capacity_bytes.saturating_sub(record.used_bytes).saturating_sub(taken)
    }

    /// The volumes that CNS knows, in the order of their making.
    pub fn catalogue(&self) -> Box<dyn Iterator<Item = &Volume> + '_> {
        if self.volumes.is_touched() {
            let mut known: Vec<&Volume> = self.volumes.values().filter(|volume| volume.in_cns).collect();
            known.sort_by(|left, right| (left.created, &left.id).cmp(&(right.created, &right.id)));
            return Box::new(known.into_iter());
        }
        Box::new(self.indexes.catalogue.iter().filter_map(|(_, id)| self.volumes.get(id)))
    }
}
