//! What tasks do when their time has come, as it was read from what clients asked for.

use vsphere_types::{
    CnsQuerySelection, CnsSnapshotCreateSpec, CnsSnapshotQueryFilter, CnsVolumeCreateSpec, CnsVolumeMetadataUpdateSpec, CryptoKeyId, MoRef,
    Object,
};

/// What a task does; judged and done at its end.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// CnsCreateVolume, with the id for the volume should the caller have chosen none.
    CreateVolume {
        /// What is to be made.
        spec: Box<CnsVolumeCreateSpec>,
        /// Drawn when the call came, so that ids do not depend on the order in which tasks end.
        id: String,
    },
    /// CnsDeleteVolume.
    DeleteVolume {
        /// The volume.
        id: String,
        /// Whether its disk goes too.
        delete_disk: bool,
    },
    /// CnsAttachVolume.
    AttachVolume {
        /// The volume.
        id: String,
        /// Where to.
        vm: MoRef,
    },
    /// CnsDetachVolume.
    DetachVolume {
        /// The volume.
        id: String,
        /// Where from.
        vm: MoRef,
    },
    /// CnsExtendVolume.
    ExtendVolume {
        /// The volume.
        id: String,
        /// Its new size.
        capacity_mb: i64,
    },
    /// CnsUpdateVolumeMetadata.
    UpdateMetadata {
        /// What is said of the volume.
        spec: Box<CnsVolumeMetadataUpdateSpec>,
    },
    /// CnsCreateSnapshots.
    CreateSnapshot {
        /// CnsSnapshotCreateSpec
        spec: CnsSnapshotCreateSpec,
        /// Drawn when the call came, should the caller have chosen none.
        id: String,
    },
    /// CnsDeleteSnapshots.
    DeleteSnapshot {
        /// The volume.
        volume: String,
        /// The snapshot.
        id: String,
    },
    /// What is done to disks beside CNS.
    Disk(DiskWork),
    /// CnsQuerySnapshots.
    QuerySnapshots {
        /// Which ones.
        filter: CnsSnapshotQueryFilter,
    },
    /// CnsQueryAsync.
    QueryVolumes {
        /// CnsQueryFilter
        filter: Object,
        /// The fields that are asked for.
        selection: Option<CnsQuerySelection>,
    },
    /// CnsQueryVolumeInfo.
    QueryVolumeInfo {
        /// Of which volumes.
        ids: Vec<String>,
    },
    /// Destroy_Task of a VM.
    Destroy {
        /// Which VM.
        vm: MoRef,
    },
    /// PowerOnVM_Task, PowerOffVM_Task, ResetVM_Task.
    Power {
        /// Which VM.
        vm: MoRef,
        /// What is asked of it.
        change: PowerChange,
    },
    /// ReconfigVM_Task.
    Reconfigure {
        /// Which VM.
        vm: MoRef,
        /// What is asked of it.
        spec: Box<Reconfiguration>,
    },
    /// CnsUpdateVolumeCrypto, UpdateVStorageObjectCrypto_Task.
    UpdateCrypto {
        /// The volume.
        id: String,
        /// What is asked of it.
        step: KeyStep,
        /// Whether CNS was asked; else the manager of first class disks.
        cns: bool,
    },
    /// SearchDatastore_Task, SearchDatastoreSubFolders_Task.
    SearchDatastore {
        /// The datastore.
        datastore: MoRef,
        /// The folder; empty for the datastore's root.
        folder: String,
        /// Patterns of names of which one must fit; all fit when there is none.
        patterns: Vec<String>,
        /// Whether folders below are searched, too.
        below: bool,
    },
    /// RetrieveKmipServersStatus_Task, for these providers; for all when none is named.
    ProviderStatus {
        /// Their names.
        providers: Vec<String>,
    },
}

/// What is asked of a VM's power.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PowerChange {
    /// PowerOnVM_Task, on this host if one is named.
    On {
        /// The host.
        host: Option<MoRef>,
    },
    /// PowerOffVM_Task.
    Off,
    /// ResetVM_Task.
    Reset,
}

/// What a reconfiguration does, read from its specification.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Reconfiguration {
    /// The configuration that the client knows; any other one has been changed by somebody else meanwhile.
    pub change_version: Option<String>,
    /// The machine's new name.
    pub name: Option<String>,
    /// What is to be done about the machine's encryption.
    pub crypto: Option<KeyChange>,
    /// What is to be done to its disks, in the order of the specification.
    pub disks: Vec<DiskEdit>,
}

/// What is to be done to a disk.
#[derive(Clone, Debug, PartialEq)]
pub enum DiskEdit {
    /// A change of its encryption.
    Crypto {
        /// Device key.
        key: i32,
        /// The change.
        change: KeyChange,
        /// The policy that comes with it.
        policy: PolicyChange,
    },
    /// A volume becomes a disk of the machine.
    Add {
        /// Its id, or the path of its file.
        volume: String,
    },
    /// A disk leaves the machine; its file stays.
    Remove {
        /// Device key.
        key: i32,
    },
}

/// The key that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct WantedKey {
    /// Whose; the default provider's when not said.
    pub provider: Option<String>,
    /// Which; a fresh one when not said.
    pub id: Option<String>,
}

impl WantedKey {
    /// A fresh key of this provider.
    pub fn of_provider(provider: &str) -> Self {
        Self { provider: Some(provider.to_owned()), id: None }
    }

    /// As a client asks for it: an empty key id means a fresh one.
    pub fn asked(key: &CryptoKeyId) -> Self {
        let provider = key.provider_id.as_ref().map(|provider| provider.id.clone()).filter(|id| !id.is_empty());
        Self { provider, id: Some(key.key_id.clone()).filter(|id| !id.is_empty()) }
    }
}

/// What is to be done about one disk or machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// Nothing.
    Nothing,
    /// Hand this key to the host.
    Register(WantedKey),
    /// What is in clear gets a key.
    Encrypt(WantedKey),
    /// What has a key becomes clear.
    Decrypt,
    /// Another key for what has one; `deep` writes the data anew too.
    Recrypt {
        /// The new key.
        to: WantedKey,
        /// Whether the data is written anew.
        deep: bool,
    },
}

/// The policy that comes with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyChange {
    /// None came: it stays.
    Keep,
    /// This one, by its id.
    To(String),
    /// Explicitly none.
    Without,
}

/// A disk that is to be made beside CNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDisk {
    /// Its id, should it become one of the first class.
    pub id: String,
    /// Its name; a file's is the end of its path.
    pub name: String,
    /// Where it is to lie.
    pub datastore: MoRef,
    /// The folder, or for a file its whole path.
    pub path: String,
    /// Its size.
    pub capacity_mb: u64,
    /// Storage policy.
    pub policy: Option<String>,
    /// Whether it outlives a VM that is deleted while it has it.
    pub keep: bool,
    /// Whether it is one of the first class at once.
    pub first_class: bool,
}

/// What is done to a disk beside CNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskWork {
    /// CreateDisk_Task, CreateVirtualDisk_Task.
    Create(NewDisk),
    /// DeleteVStorageObject_Task.
    Delete {
        /// The disk.
        id: String,
    },
    /// DeleteVirtualDisk_Task.
    DeleteFile {
        /// `[vsan-a] folder/disk.vmdk`.
        path: String,
    },
    /// ExtendDisk_Task.
    Extend {
        /// The disk.
        id: String,
        /// Its new size.
        capacity_mb: i64,
    },
    /// VStorageObjectCreateSnapshot_Task.
    TakeSnapshot {
        /// The disk.
        id: String,
        /// What the client calls the snapshot.
        description: String,
        /// Drawn when the call came.
        snapshot: String,
    },
    /// DeleteSnapshot_Task.
    DeleteSnapshot {
        /// The disk.
        id: String,
        /// The snapshot.
        snapshot: String,
    },
    /// ReconcileDatastoreInventory_Task: the catalogue and what lies on datastores are one record here, so there is nothing to do.
    Reconcile,
}

/// What carries a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A virtual machine's own files.
    Machine(MoRef),
    /// A volume.
    Volume(String),
}

/// One thing, and what is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStep {
    /// The thing.
    pub lock: Lock,
    /// What is to be done.
    pub change: KeyChange,
    /// The policy that it gets.
    pub policy: PolicyChange,
}
