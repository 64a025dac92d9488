//! The record of a volume: CNS volume, first class disk, VM disk and file in one.
//!
//! Each of these is a view: a file of a disk is none of the first class before it is registered, and a first class disk no volume of
//! CNS. Not modelled: file volumes, the data itself: an encrypted volume is one that has a key, a snapshot is a name and a time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use vsphere_types::MoRef;

use super::key::KeyRef;

/// Where a volume is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The virtual machine.
    pub vm: MoRef,
    /// Device key.
    pub key: i32,
    /// The controller's device key.
    pub controller_key: i32,
    /// Unit on that controller.
    pub unit: i32,
    /// Whether the VM has the disk in its hardware: always, while the rules hold.
    pub in_hardware: bool,
}

/// A container cluster that a volume belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerCluster {
    /// `KUBERNETES`.
    pub kind: String,
    /// The client's name for itself; CNS does not check that it is unique.
    pub id: String,
    /// The user who created it.
    pub user: String,
    /// `VANILLA`, `WORKLOAD` or `GUEST_CLUSTER`.
    pub flavor: String,
    /// Whose Kubernetes it is.
    pub distribution: String,
}

/// What names an entity within CNS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntityKey {
    /// The container cluster's id.
    pub cluster: String,
    /// `PERSISTENT_VOLUME`, `PERSISTENT_VOLUME_CLAIM` or `POD`.
    pub kind: String,
    /// Its namespace, empty for a PersistentVolume.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// A Kubernetes object that refers to a volume.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Entity {
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// What it refers to in turn: a POD to its claim, a claim to its PersistentVolume.
    pub referred: Vec<EntityKey>,
}

/// A snapshot of a volume: one of CNS and of its first class disk at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Its id, a UUID.
    pub id: String,
    /// What the client called it; drivers find it again by this.
    pub description: String,
    /// When it was made.
    pub created: Timestamp,
}

/// The snapshot that a volume was made of. Both may be gone since: the volume does not depend on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeOf {
    /// Whose snapshot.
    pub volume: String,
    /// By which a guest finds that one.
    pub disk_uuid: String,
    /// Its id.
    pub snapshot: String,
}

/// A volume.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// Volume id = id of the first class disk.
    pub id: String,
    /// Its name; not unique.
    pub name: String,
    /// Where it lies.
    pub datastore: MoRef,
    /// `[vsan-a] fcd/….vmdk`.
    pub path: String,
    /// The object behind it on vSAN; nothing on other datastores.
    pub object_id: Option<String>,
    /// Its size.
    pub capacity_mb: u64,
    /// `6000C29…`, by which the guest finds it.
    pub disk_uuid: String,
    /// Storage policy that it was created with.
    pub policy: Option<String>,
    /// The key that its data's key is wrapped with; nothing when it is in clear.
    pub key: Option<KeyRef>,
    /// The key before that one, while changing it is not finished: either opens the volume then.
    pub old_key: Option<KeyRef>,
    /// When it was created.
    pub created: Timestamp,
    /// Whether CNS knows it; a volume deleted without its disk is a first class disk only.
    pub in_cns: bool,
    /// Whether it is in the catalogue of first class disks; else it is a file of a datastore only, and nobody knows its id.
    pub first_class: bool,
    /// Whether it outlives a VM that is deleted while it has it.
    pub keep: bool,
    /// Whether it takes space of its datastore.
    pub takes_space: bool,
    /// Container clusters that it belongs to, in the order of their coming.
    pub clusters: Vec<ContainerCluster>,
    /// Entities that refer to it.
    pub entities: BTreeMap<EntityKey, Entity>,
    /// Where it is plugged in: at most once, while the rules hold.
    pub attachments: Vec<Attachment>,
    /// Its snapshots, the oldest first: one chain, for nothing is ever reverted to one.
    pub snapshots: Vec<Snapshot>,
    /// What it was made of; nothing for one that began blank.
    pub made_of: Option<MadeOf>,
    /// What the first inventory calls it, if it was there then.
    pub by_hand: Option<String>,
}

impl Volume {
    /// Its file's path within the datastore.
    pub fn file(&self) -> &str {
        self.path.split_once("] ").map_or(self.path.as_str(), |(_, file)| file)
    }

    /// Its size in bytes.
    pub fn capacity_bytes(&self) -> u64 {
        self.capacity_mb.saturating_mul(1024 * 1024)
    }

    /// What it takes of its datastore.
    pub fn taken_bytes(&self) -> u64 {
        if self.takes_space { self.capacity_bytes() } else { 0 }
    }

    /// The keys of which one opens it: none in clear, two while a change of key is not finished.
    pub fn keys(&self) -> Vec<KeyRef> {
        self.key.iter().chain(&self.old_key).cloned().collect()
    }

    /// Its place on this VM.
    pub fn attachment_to(&self, vm: &MoRef) -> Option<&Attachment> {
        self.attachments.iter().find(|attachment| attachment.vm == *vm)
    }
}
