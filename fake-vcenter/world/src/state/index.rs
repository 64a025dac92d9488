//! What rows are found by, so that nobody has to look through all of them.
//!
//! An index is as the last transaction left the tables; it is brought up to date when the next one ends. Whoever asks in between
//! gets what is in the index but for the rows that the running transaction has touched, and looks at those one by one: so a
//! transaction that is undone, or looked at as it was before, needs nothing to be done about indexes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use vsphere_types::MoRef;

use super::inventory::number_of;
use super::vm::VirtualMachine;
use super::volume::Volume;
use crate::table::Table;

/// Something that virtual machines are found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VmMark {
    /// Its folder, pool, host, datastore or network.
    At(MoRef),
    /// BIOS uuid or instance uuid.
    Uuid(String),
    /// An address of its guest.
    Address(String),
    /// Its guest's name, in lower case.
    HostName(String),
    /// Its own name.
    Name(String),
    /// It has a key.
    Keyed,
}

impl VmMark {
    /// All that this machine is found by.
    pub fn of(vm: &VirtualMachine) -> Vec<Self> {
        let at = [&vm.parent, &vm.pool, &vm.host, &vm.datastore, &vm.network].map(|place| Self::At(place.clone()));
        let uuids = [&vm.bios_uuid, &vm.instance_uuid].map(|uuid| Self::Uuid(uuid.clone()));
        let addresses = vm.guest.addresses.iter().map(|address| Self::Address(address.clone()));
        let host_name = vm.guest.host_name.iter().map(|name| Self::HostName(name.to_ascii_lowercase()));
        let keyed = vm.has_keys().then_some(Self::Keyed);
        at.into_iter().chain(uuids).chain(addresses).chain(host_name).chain([Self::Name(vm.name.clone())]).chain(keyed).collect()
    }

    /// Whether this machine is found by it: one of [`VmMark::of`], without making them all.
    pub fn is_of(&self, vm: &VirtualMachine) -> bool {
        match self {
            Self::At(place) => [&vm.parent, &vm.pool, &vm.host, &vm.datastore, &vm.network].contains(&place),
            Self::Uuid(uuid) => vm.bios_uuid == *uuid || vm.instance_uuid == *uuid,
            Self::Address(address) => vm.guest.addresses.contains(address),
            Self::HostName(name) => vm.guest.host_name.as_ref().is_some_and(|own| own.to_ascii_lowercase() == *name),
            Self::Name(name) => vm.name == *name,
            Self::Keyed => vm.has_keys(),
        }
    }
}

/// Something that volumes are found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VolumeMark {
    /// A machine that it is attached to.
    On(MoRef),
    /// Its datastore, while it is attached to something.
    AttachedFrom(MoRef),
    /// The path of its file.
    Path(String),
    /// It has snapshots.
    Snapshots,
}

impl VolumeMark {
    /// All that this volume is found by.
    pub fn of(volume: &Volume) -> Vec<Self> {
        let machines = volume.attachments.iter().map(|place| Self::On(place.vm.clone()));
        let from = (!volume.attachments.is_empty()).then(|| Self::AttachedFrom(volume.datastore.clone()));
        let snapshots = (!volume.snapshots.is_empty()).then_some(Self::Snapshots);
        machines.chain(from).chain([Self::Path(volume.path.clone())]).chain(snapshots).collect()
    }

    /// Whether this volume is found by it: one of [`VolumeMark::of`], without making them all.
    pub fn is_of(&self, volume: &Volume) -> bool {
        match self {
            Self::On(vm) => volume.attachments.iter().any(|place| place.vm == *vm),
            Self::AttachedFrom(datastore) => !volume.attachments.is_empty() && volume.datastore == *datastore,
            Self::Path(path) => volume.path == *path,
            Self::Snapshots => !volume.snapshots.is_empty(),
        }
    }
}

/// Rows by mark: pairs rather than a set for each mark, for most marks have one row.
#[derive(Clone, Debug)]
pub struct Marks<M, K>(BTreeSet<(M, K)>);

impl<M, K> Default for Marks<M, K> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

/// A key before which no other one comes.
pub trait Least {
    /// That key.
    fn least() -> Self;
}

impl Least for String {
    fn least() -> Self {
        Self::new()
    }
}

/// A machine by its number and reference, shared by all of its marks.
pub type NumberedVm = Arc<(u64, MoRef)>;

impl Least for NumberedVm {
    fn least() -> Self {
        Self::new((0, MoRef::new("", "")))
    }
}

impl<M: Ord + Clone, K: Ord + Clone + Least> Marks<M, K> {
    /// The rows with this mark, in the order of their keys.
    pub fn with<'a>(&'a self, mark: &'a M) -> impl Iterator<Item = &'a K> {
        self.0.range((mark.clone(), K::least())..).take_while(move |(other, _)| other == mark).map(|(_, key)| key)
    }

    fn change(&mut self, key: &K, was: Vec<M>, is: Vec<M>) {
        for mark in was.into_iter().filter(|mark| !is.contains(mark)) {
            self.0.remove(&(mark, key.clone()));
        }
        self.0.extend(is.into_iter().map(|mark| (mark, key.clone())));
    }
}

/// All indexes.
#[derive(Clone, Debug, Default)]
pub struct Indexes {
    /// Machines, by number and reference.
    pub vms: Marks<VmMark, NumberedVm>,
    /// Volumes, by id.
    pub volumes: Marks<VolumeMark, String>,
    /// Bytes that volumes take of each datastore.
    pub taken: BTreeMap<MoRef, u64>,
    /// The volumes that CNS knows, in the order of their making.
    pub catalogue: BTreeSet<(Timestamp, String)>,
}

impl Indexes {
    /// Takes in what the ending transaction has changed.
    pub fn follow(&mut self, vms: &Table<MoRef, VirtualMachine>, volumes: &Table<String, Volume>) {
        let vm_marks = |vm: Option<&VirtualMachine>| vm.map(VmMark::of).unwrap_or_default();
        for (vm, was, is) in vms.drift().filter(|(_, was, is)| was != is) {
            self.vms.change(&Arc::new((number_of(vm), vm.clone())), vm_marks(was), vm_marks(is));
        }
        let volume_marks = |volume: Option<&Volume>| volume.map(VolumeMark::of).unwrap_or_default();
        for (id, was, is) in volumes.drift().filter(|(_, was, is)| was != is) {
            self.volumes.change(id, volume_marks(was), volume_marks(is));
            if let Some(volume) = was {
                self.catalogue.remove(&(volume.created, volume.id.clone()));
                let taken = self.taken.entry(volume.datastore.clone()).or_default();
                *taken = taken.saturating_sub(volume.taken_bytes());
            }
            if let Some(volume) = is {
                if volume.in_cns {
                    self.catalogue.insert((volume.created, volume.id.clone()));
                }
                *self.taken.entry(volume.datastore.clone()).or_default() += volume.taken_bytes();
            }
        }
    }
}
