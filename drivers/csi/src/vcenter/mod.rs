//! What the controller asks of a vCenter: a dozen calls, narrow enough to be scripted in a test.
//!
//! `client.rs` implements them on `vsphere_client`. Each call keeps the session by itself; none of them repeats a
//! call that may have had an effect, because only the caller knows how to find out whether it had.

mod client;
mod error;
mod version;

use async_trait::async_trait;
use fake_vcenter_types::MoRef;
use jiff::Timestamp;

pub(crate) use client::connect;
pub use error::{Refusal, VcenterError};
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

/// A block volume to be created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewVolume {
    /// Its name in CNS; not unique there.
    pub name: String,
    /// Its size in MiB, which vSphere writes MB.
    pub capacity_mb: i64,
    /// Where it may lie; CNS chooses.
    pub datastores: Vec<MoRef>,
    /// The id that it shall have, from 9.1.
    pub chosen_id: Option<String>,
    /// What the call is known by in vCenter's logs (`operationID`).
    pub operation_id: String,
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

/// A create task that is queued or running, or was until lately.
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
    /// `activationId`: the operation id that was sent with the call `[?]`.
    pub activation_id: Option<String>,
    /// What it has made, when it has ended well.
    pub created: Option<Created>,
}

/// A disk of a virtual machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedDisk {
    /// The volume's id, when the disk is an FCD.
    pub volume_id: Option<String>,
    /// The disk's own uuid (`backing.uuid`), as vCenter writes it.
    pub disk_uuid: String,
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
pub trait Vcenter: Send + Sync {
    /// The host name that it is configured by.
    fn host(&self) -> &str;

    /// What release it is.
    async fn about(&self) -> Result<About, VcenterError>;

    /// The name that vCenter knows the session's user by; logs in when needed.
    async fn session_user(&self) -> Result<String, VcenterError>;

    /// The datastores of the configured datacenters.
    async fn datastores(&self) -> Result<Vec<Datastore>, VcenterError>;

    /// Starts a create task.
    async fn create_volume(&self, volume: &NewVolume) -> Result<MoRef, VcenterError>;

    /// Waits for a create task to end. A fault means that the *task* failed: a refusal of the wait itself, of whatever
    /// kind, is no answer.
    async fn wait_for_creation(&self, task: &MoRef) -> Result<Created, VcenterError>;

    /// Create tasks that vCenter still knows, running ones among them.
    async fn create_tasks(&self) -> Result<Vec<CreateTask>, VcenterError>;

    /// This cluster's volumes of exactly this name.
    async fn volumes_by_name(&self, name: &str) -> Result<Vec<Volume>, VcenterError>;

    /// The volume of this id.
    async fn volume_by_id(&self, id: &str) -> Result<Option<Volume>, VcenterError>;

    /// Deletes a volume and its disk, and waits for the end.
    async fn delete_volume(&self, id: &str) -> Result<(), VcenterError>;

    /// Attaches a volume, waits for the end, and answers the disk's uuid as vCenter writes it.
    async fn attach_volume(&self, id: &str, vm: &MoRef) -> Result<String, VcenterError>;

    /// Detaches a volume, and waits for the end.
    async fn detach_volume(&self, id: &str, vm: &MoRef) -> Result<(), VcenterError>;

    /// The virtual machine with this BIOS uuid.
    async fn vm_by_bios_uuid(&self, uuid: &str) -> Result<Option<MoRef>, VcenterError>;

    /// The disks of a virtual machine; `None` when it is gone.
    async fn disks_of(&self, vm: &MoRef) -> Result<Option<Vec<AttachedDisk>>, VcenterError>;

    /// The virtual machines whose hardware has the volume, among those that use its datastore.
    async fn holders_of(&self, volume_id: &str) -> Result<Vec<Holder>, VcenterError>;

    /// Ends the session.
    async fn logout(&self) -> Result<(), VcenterError>;
}
