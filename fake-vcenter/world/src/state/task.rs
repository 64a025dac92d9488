//! The record of a task, and of the work that it does when its time has come.

use std::sync::Arc;

use jiff::Timestamp;
use vsphere_types::{CnsQuerySelection, CnsSnapshotCreateSpec, CnsSnapshotQueryFilter, Method, MoRef, Object, Value};

use crate::crypto::change::Step;
use crate::machines::power::PowerChange;
use crate::machines::reconfigure::Reconfiguration;

/// Where a task is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// No worker has taken it yet.
    Queued,
    /// It is being worked on; nobody sees its effect yet.
    Running,
    /// It ended well; single volumes may have failed inside its result.
    Success,
    /// It failed as a whole.
    Error,
}

impl TaskState {
    /// The wire name of `TaskInfoState`.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Success => "success",
            Self::Error => "error",
        }
    }
}

/// What a task does; judged and done at its end. The arguments are kept as the client sent them.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    /// CnsCreateVolume, with the id for the volume should the caller have chosen none.
    CreateVolume {
        /// CnsVolumeCreateSpec
        spec: Object,
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
        /// CnsVolumeMetadataUpdateSpec
        spec: Object,
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
        step: Step,
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

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Its reference.
    pub task: MoRef,
    /// The method that asked for it.
    pub method: Method,
    /// `com.vmware.cns.tasks.createvolume`.
    pub description: &'static str,
    /// What it works on.
    pub entity: MoRef,
    /// That object's name at the time.
    pub entity_name: String,
    /// Where it is in its life.
    pub state: TaskState,
    /// Who asked for it.
    pub user: String,
    /// Eight hexadecimal digits, the operation's id in vCenter's own logs (unverified).
    pub activation: String,
    /// Number of the chain of events that it began.
    pub chain: i32,
    /// When it was asked for.
    pub queued: Timestamp,
    /// When a worker took it.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub completed: Option<Timestamp>,
    /// What came of it.
    pub result: Option<Value>,
    /// LocalizedMethodFault, if it failed as a whole.
    pub error: Option<Object>,
    /// What it does; nothing once it has ended.
    pub work: Option<Arc<Work>>,
}
