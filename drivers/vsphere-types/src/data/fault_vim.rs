//! Faults that vCenter's methods declare.

use crate::table::faults;
use crate::{CryptoKeyId, MoRef, VirtualDeviceConfigSpecFileOperation, VirtualDeviceConfigSpecOperation, VirtualMachinePowerState};

faults! {
    /// The user name or the password is wrong.
    InvalidLogin: VimFault {}

    /// The client has shown no certificate.
    NoClientCertificate: VimFault {}

    /// The locale is unknown.
    InvalidLocale: VimFault {}

    /// The type has no such property.
    InvalidProperty: MethodFault {
        name: String = "name",
    }

    /// The version was not given out by this collector.
    InvalidCollectorVersion: MethodFault {}

    /// What is referred to is not there.
    NotFound: VimFault {}

    /// Something of that name is there already.
    AlreadyExists: VimFault {
        name: Option<String> = "name",
    }

    /// An object of that name is there already.
    DuplicateName: VimFault {
        name: String = "name",
        object: MoRef = "object" -> "ManagedObject",
    }

    /// The name is malformed.
    InvalidName: VimFault {
        name: String = "name",
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
    }

    /// Somebody else changed the object.
    ConcurrentAccess: VimFault {}

    /// What is to be changed is in use.
    ResourceInUse: VimFault {
        kind: Option<String> = "type",
        name: Option<String> = "name",
    }

    /// The object's state does not allow it.
    InvalidState: VimFault {}

    /// Something is wrong with a snapshot.
    SnapshotFault: VimFault {}

    /// The chain of snapshots has its greatest length.
    TooManySnapshotLevels: SnapshotFault {}

    /// The power state does not allow it.
    InvalidPowerState: InvalidState {
        requested_state: Option<VirtualMachinePowerState> = "requestedState",
        existing_state: VirtualMachinePowerState = "existingState",
    }

    /// The host's state does not allow it.
    InvalidHostState: InvalidState {
        host: Option<MoRef> = "host" -> "HostSystem",
    }

    /// The datastore's state does not allow it.
    InvalidDatastoreState: InvalidState {
        datastore_name: Option<String> = "datastoreName",
    }

    /// The datastore does not do.
    InvalidDatastore: VimFault {
        datastore: Option<MoRef> = "datastore" -> "Datastore",
        name: Option<String> = "name",
    }

    /// The datastore is not accessible.
    InaccessibleDatastore: InvalidDatastore {
        detail: Option<String> = "detail",
    }

    /// The datastore path is malformed.
    InvalidDatastorePath: InvalidDatastore {
        datastore_path: String = "datastorePath",
    }

    /// The resources do not suffice.
    InsufficientResourcesFault: VimFault {}

    /// Storage does not suffice.
    InsufficientStorageSpace: InsufficientResourcesFault {}

    /// A file stands in the way.
    FileFault: VimFault {
        file: String = "file",
    }

    /// The file is not there.
    FileNotFound: FileFault {}

    /// The file is there already.
    FileAlreadyExists: FileFault {}

    /// The file is locked.
    FileLocked: FileFault {}

    /// The file cannot be accessed.
    CannotAccessFile: FileFault {}

    /// The datastore is full.
    NoDiskSpace: FileFault {
        datastore: String = "datastore",
    }

    /// Another task holds the object.
    TaskInProgress: VimFault {
        task: MoRef = "task" -> "Task",
    }

    /// The operation took too long.
    Timedout: VimFault {}

    /// The configuration of a virtual machine stands in the way.
    VmConfigFault: VimFault {}

    /// The configuration asked for is wrong.
    InvalidVmConfig: VmConfigFault {
        property: Option<String> = "property",
    }

    /// A device asked for is wrong.
    InvalidDeviceSpec: InvalidVmConfig {
        device_index: i32 = "deviceIndex",
    }

    /// There is no room for the device.
    TooManyDevices: InvalidVmConfig {}

    /// The device's controller is unknown.
    InvalidController: InvalidDeviceSpec {
        controller_key: i32 = "controllerKey",
    }

    /// The device's controller is not named.
    MissingController: InvalidDeviceSpec {}

    /// The configuration failed for a reason in words.
    GenericVmConfigFault: VmConfigFault {
        reason: String = "reason",
    }

    /// A key is needed that the host does not have.
    EncryptionKeyRequired: InvalidState {
        required_key: Vec<CryptoKeyId> = "requiredKey",
    }

    /// The device cannot be changed in that way.
    InvalidDeviceOperation: InvalidDeviceSpec {
        bad_op: Option<VirtualDeviceConfigSpecOperation> = "badOp",
        bad_file_op: Option<VirtualDeviceConfigSpecFileOperation> = "badFileOp",
    }
}
