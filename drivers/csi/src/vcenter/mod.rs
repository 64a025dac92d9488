//! What the controller asks of a vCenter: some two dozen calls, narrow enough to be scripted in a test.
//!
//! `client.rs` implements them on `vsphere_client`. Each call keeps the session by itself; none of them repeats a
//! call that may have had an effect, because only the caller knows how to find out whether it had.

pub(crate) mod client;
mod error;
mod recrypt;
mod snapshots;
mod version;

use async_trait::async_trait;
use jiff::Timestamp;
use vsphere_types::MoRef;

use std::collections::BTreeMap;

pub use error::{Refusal, VCenterError};
pub use recrypt::RecryptWay;
pub use snapshots::{NewSnapshot, Snapshot, SnapshotCalls, SnapshotPage};
pub use version::Version;

/// `ServiceContent.about`, as far as decisions hang on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// `8.0.3`.
    pub version: Version,
}

/// A datastore that a volume may be put on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datastore {
    /// Its reference.
    pub reference: MoRef,
    /// Its name.
    pub name: String,
    /// `ds:///vmfs/volumes/…/`.
    pub url: String,
    /// Whether any host reaches it.
    pub accessible: bool,
}

/// A tag on an object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// The name of its category.
    pub category: String,
    /// Its name.
    pub name: String,
}

/// A host, as far as placement goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostView {
    /// The host.
    pub reference: MoRef,
    /// Its name.
    pub name: String,
    /// What it mounts.
    pub datastores: Vec<MoRef>,
    /// Whether virtual machines run there: it is connected and not being worked on.
    pub usable: bool,
    /// The host, what it lies in, and so on up to the root folder.
    pub lineage: Vec<MoRef>,
}

/// A block volume to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVolume {
    /// Its name in CNS; not unique there.
    pub name: String,
    /// Its size in MiB, which vSphere writes MB.
    pub capacity_mb: i64,
    /// Where it may lie; CNS chooses.
    pub datastores: Vec<MoRef>,
    /// The storage policy, by its id in this vCenter.
    pub profile: Option<String>,
    /// The key provider that an encrypted one has its key from, where it is not the default one.
    pub key_provider: Option<String>,
    /// The id that it shall have, from 9.1.
    pub chosen_id: Option<String>,
    /// The snapshot that it is made of.
    pub source: Option<SnapshotId>,
    /// What the call is known by in vCenter's logs (`operationID`).
    pub operation_id: String,
}

/// What names a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SnapshotId {
    /// The volume that it is of.
    pub volume: String,
    /// Its id there.
    pub snapshot: String,
}

/// A block volume as CNS lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its id: the id of its FCD.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size in MiB.
    pub capacity_mb: i64,
    /// The url of the datastore on which it lies.
    pub datastore_url: String,
}

/// What a create task has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// The volume's id.
    pub id: String,
    /// The volume's name, when the result tells it.
    pub name: Option<String>,
}

/// A task that makes something, and is queued or running, or was until lately.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateTask {
    /// Its reference.
    pub task: MoRef,
    /// Whether it is queued or running.
    pub running: bool,
    /// When vCenter accepted it, by vCenter's calendar.
    pub queued: Timestamp,
    /// When it ended.
    pub completed: Option<Timestamp>,
    /// Who started it, when a user did.
    pub user: Option<String>,
    /// `activationId`: the operation id that was sent with the call (unverified).
    pub activation_id: Option<String>,
    /// The volume that it has made, when it has ended well.
    pub created: Option<Created>,
}

/// A key, and the provider that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key provider's name.
    pub provider: String,
    /// The key's id there.
    pub id: String,
}

/// A disk of a virtual machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedDisk {
    /// The volume's id, when the disk is an FCD.
    pub volume_id: Option<String>,
    /// The disk's own uuid (`backing.uuid`), as vCenter writes it.
    pub disk_uuid: String,
    /// The key that it is encrypted under.
    pub key: Option<Key>,
}

/// A virtual machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineView {
    /// The virtual machine.
    pub vm: MoRef,
    /// Its name.
    pub name: String,
    /// Its BIOS uuid, in lower case.
    pub bios_uuid: Option<String>,
    /// The host that has it.
    pub host: Option<MoRef>,
    /// What is plugged in; `None` when vCenter does not know, which is not the same as nothing.
    pub disks: Option<Vec<AttachedDisk>>,
    /// For how many volumes there are slots, those that are taken by volumes among them.
    pub slots: Option<usize>,
    /// The key that its home is encrypted under.
    pub key: Option<Key>,
}

impl MachineView {
    /// What is plugged in.
    ///
    /// # Errors
    /// vCenter does not know.
    pub fn known_disks(self) -> Result<Vec<AttachedDisk>, VCenterError> {
        let vm = self.vm;
        self.disks.ok_or_else(|| VCenterError::NoAnswer {
            operation: "RetrievePropertiesEx",
            reason: format!("it does not know the hardware of {vm} just now; is the machine's host lost?"),
        })
    }
}

/// A virtual machine that holds a volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The virtual machine.
    pub vm: MoRef,
    /// Its name.
    pub name: String,
}

/// The calls.
#[async_trait]
pub trait VCenter: SnapshotCalls {
    /// The host name that it is configured by.
    fn host(&self) -> &str;

    /// What release it is.
    async fn about(&self) -> Result<About, VCenterError>;

    /// The name that vCenter knows the session's user by; logs in when needed.
    async fn session_user(&self) -> Result<String, VCenterError>;

    /// The datastores of the configured datacenters.
    async fn datastores(&self) -> Result<Vec<Datastore>, VCenterError>;

    /// The configured datacenters that were not there when [`VCenter::datastores`] last looked.
    fn absent_datacenters(&self) -> Vec<String> {
        Vec::new()
    }

    /// Starts a create task.
    async fn create_volume(&self, volume: &NewVolume) -> Result<MoRef, VCenterError>;

    /// Waits for a create task to end. A fault means that the *task* failed: a refusal of the wait itself, of whatever
    /// kind, is no answer.
    async fn wait_for_creation(&self, task: &MoRef) -> Result<Created, VCenterError>;

    /// Create tasks that vCenter still knows, running ones among them.
    async fn create_tasks(&self) -> Result<Vec<CreateTask>, VCenterError>;

    /// This cluster's volumes of exactly this name.
    async fn volumes_by_name(&self, name: &str) -> Result<Vec<Volume>, VCenterError>;

    /// All volumes of this cluster.
    async fn volumes(&self) -> Result<Vec<Volume>, VCenterError>;

    /// The volume of this id.
    async fn volume_by_id(&self, id: &str) -> Result<Option<Volume>, VCenterError>;

    /// Makes a volume of the first class disk of this id, if there is one that CNS does not know yet; answers whether there is.
    async fn register_disk(&self, id: &str) -> Result<bool, VCenterError>;

    /// Deletes a volume and its disk, and waits for the end.
    async fn delete_volume(&self, id: &str) -> Result<(), VCenterError>;

    /// Makes a volume and its disk larger, and waits for the end.
    async fn extend_volume(&self, id: &str, capacity_mb: i64) -> Result<(), VCenterError>;

    /// Attaches a volume, waits for the end, and answers the disk's uuid as vCenter writes it.
    async fn attach_volume(&self, id: &str, vm: &MoRef) -> Result<String, VCenterError>;

    /// Detaches a volume, and waits for the end.
    async fn detach_volume(&self, id: &str, vm: &MoRef) -> Result<(), VCenterError>;

    /// The virtual machine with this BIOS uuid.
    async fn vm_by_bios_uuid(&self, uuid: &str) -> Result<Option<MoRef>, VCenterError>;

    /// A virtual machine; `None` when it is gone.
    async fn machine(&self, vm: &MoRef) -> Result<Option<MachineView>, VCenterError>;

    /// Several virtual machines; one that is gone is an error.
    async fn machines(&self, vms: &[MoRef]) -> Result<Vec<MachineView>, VCenterError>;

    /// The disks of a virtual machine; `None` when it is gone. Hardware that vCenter does not know is an error: a machine
    /// whose host is lost has its disks still.
    async fn disks_of(&self, vm: &MoRef) -> Result<Option<Vec<AttachedDisk>>, VCenterError> {
        let Some(machine) = self.machine(vm).await? else { return Ok(None) };
        machine.known_disks().map(Some)
    }

    /// The hosts that some virtual machines run on; a machine that no host has is left out.
    async fn hosts_of(&self, vms: &[MoRef]) -> Result<Vec<MoRef>, VCenterError>;

    /// All hosts.
    async fn hosts(&self) -> Result<Vec<HostView>, VCenterError>;

    /// The tags on each of these objects; an object without tags may be left out.
    async fn tags_on(&self, objects: &[MoRef]) -> Result<BTreeMap<MoRef, Vec<Tag>>, VCenterError>;

    /// The virtual machines whose hardware has the volume, among those that use its datastore.
    async fn holders_of(&self, volume_id: &str) -> Result<Vec<Holder>, VCenterError>;

    /// The id of the storage policy of exactly this name.
    async fn policy_id(&self, name: &str) -> Result<Option<String>, VCenterError>;

    /// Those of some datastores that satisfy a policy.
    async fn compatible_datastores(&self, policy: &str, datastores: &[MoRef]) -> Result<Vec<MoRef>, VCenterError>;

    /// The names of the key providers.
    async fn key_providers(&self) -> Result<Vec<String>, VCenterError>;

    /// The key that a volume is encrypted under; `None` for one in clear.
    async fn key_of_volume(&self, volume: &Volume) -> Result<Option<Key>, VCenterError>;

    /// The way to recrypt a volume that is not attached; `None` where the release has none.
    async fn way_to_recrypt(&self, volume: &Volume) -> Result<Option<RecryptWay>, VCenterError>;

    /// Starts to bring a volume under a key provider.
    async fn begin_recrypt(&self, id: &str, way: &RecryptWay, provider: &str) -> Result<MoRef, VCenterError>;

    /// Waits for a recrypt to end.
    async fn end_recrypt(&self, task: &MoRef, way: &RecryptWay) -> Result<(), VCenterError>;

    /// Ends the session.
    async fn logout(&self) -> Result<(), VCenterError>;
}
