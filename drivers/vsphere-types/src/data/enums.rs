//! Enumerations.

use crate::table::enumerations;

enumerations! {
    /// The flavours of Kubernetes on vSphere.
    CnsClusterFlavor {
        Vanilla = "VANILLA",
        Workload = "WORKLOAD",
        GuestCluster = "GUEST_CLUSTER",
        ClusterflavorUnknown = "ClusterFlavor_Unknown",
    }

    /// The kinds of container clusters.
    CnsClusterType { Kubernetes = "KUBERNETES", ClustertypeUnknown = "ClusterType_Unknown" }

    /// The Kubernetes objects that belong to a volume.
    CnsKubernetesEntityType {
        PersistentVolume = "PERSISTENT_VOLUME",
        PersistentVolumeClaim = "PERSISTENT_VOLUME_CLAIM",
        Pod = "POD",
        KubernetesentitytypeUnknown = "KubernetesEntityType_Unknown",
    }

    /// Block or file.
    CnsVolumeType { Block = "BLOCK", File = "FILE", VolumetypeUnknown = "VolumeType_Unknown" }

    /// How much DRS does by itself.
    DrsBehavior { Manual = "manual", PartiallyAutomated = "partiallyAutomated", FullyAutomated = "fullyAutomated" }

    /// Whether vCenter talks to a host.
    HostSystemConnectionState {
        Connected = "connected",
        NotResponding = "notResponding",
        Disconnected = "disconnected",
    }

    /// Whether a host runs.
    HostSystemPowerState {
        PoweredOn = "poweredOn",
        PoweredOff = "poweredOff",
        StandBy = "standBy",
        Unknown = "unknown",
    }

    /// An overall judgement, as a colour.
    ManagedEntityStatus { Gray = "gray", Green = "green", Yellow = "yellow", Red = "red" }

    /// Whether an object came, changed or went.
    ObjectUpdateKind { Modify = "modify", Enter = "enter", Leave = "leave" }

    /// What happened at a path.
    PropertyChangeOp { Add = "add", Remove = "remove", Assign = "assign", IndirectRemove = "indirectRemove" }

    /// A relative weight by name.
    SharesLevel { Low = "low", Normal = "normal", High = "high", Custom = "custom" }

    /// How far a task has come.
    TaskInfoState { Queued = "queued", Running = "running", Success = "success", Error = "error" }

    /// How far a task of the service of first class disks has come.
    VslmTaskInfoState { Queued = "queued", Running = "running", Success = "success", Error = "error" }

    /// Whether vCenter can reach a virtual machine.
    VirtualMachineConnectionState {
        Connected = "connected",
        Disconnected = "disconnected",
        Orphaned = "orphaned",
        Inaccessible = "inaccessible",
        Invalid = "invalid",
    }

    /// How far fault tolerance is set up.
    VirtualMachineFaultToleranceState {
        NotConfigured = "notConfigured",
        Disabled = "disabled",
        Enabled = "enabled",
        NeedSecondary = "needSecondary",
        Starting = "starting",
        Running = "running",
    }

    /// How urgent a move is.
    VirtualMachineMovePriority {
        LowPriority = "lowPriority",
        HighPriority = "highPriority",
        DefaultPriority = "defaultPriority",
    }

    /// Whether a virtual machine runs.
    VirtualMachinePowerState { PoweredOff = "poweredOff", PoweredOn = "poweredOn", Suspended = "suspended" }

    /// Whether execution is recorded or replayed.
    VirtualMachineRecordReplayState { Recording = "recording", Replaying = "replaying", Inactive = "inactive" }

    /// How VMware Tools fare, in the old words.
    VirtualMachineToolsStatus {
        ToolsNotInstalled = "toolsNotInstalled",
        ToolsNotRunning = "toolsNotRunning",
        ToolsOld = "toolsOld",
        ToolsOk = "toolsOk",
    }

    /// Whether virtual machines share a SCSI bus.
    VirtualSCSISharing {
        NoSharing = "noSharing",
        VirtualSharing = "virtualSharing",
        PhysicalSharing = "physicalSharing",
    }

    /// Why a key cannot be had.
    CryptoManagerKmipCryptoKeyStatusKeyUnavailableReason {
        KeyStateMissingInCache = "KeyStateMissingInCache",
        KeyStateClusterInvalid = "KeyStateClusterInvalid",
        KeyStateClusterUnreachable = "KeyStateClusterUnreachable",
        KeyStateMissingInKms = "KeyStateMissingInKMS",
        KeyStateNotActiveOrEnabled = "KeyStateNotActiveOrEnabled",
        KeyStateManagedByTrustAuthority = "KeyStateManagedByTrustAuthority",
        KeyStateManagedByNkp = "KeyStateManagedByNKP",
        NoPermissionToAccessKeyProvider = "NoPermissionToAccessKeyProvider",
        WrappingKeyMissingInKms = "WrappingKeyMissingInKMS",
        WrappingKeyNotActiveOrEnabled = "WrappingKeyNotActiveOrEnabled",
    }

    /// Who manages the keys of a key provider.
    KmipClusterInfoKmsManagementType {
        Unknown = "unknown",
        VCenter = "vCenter",
        TrustAuthority = "trustAuthority",
        NativeProvider = "nativeProvider",
    }

    /// What is to happen to a device.
    VirtualDeviceConfigSpecOperation { Add = "add", Remove = "remove", Edit = "edit" }

    /// What is to happen to a device's file.
    VirtualDeviceConfigSpecFileOperation { Create = "create", Destroy = "destroy", Replace = "replace" }
}
