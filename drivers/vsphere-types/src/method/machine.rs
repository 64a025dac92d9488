//! Methods of virtual machines.

rows! { machine:
    served PowerOnVmTask = "PowerOnVM_Task" on VirtualMachine (
        host: Option<MoRef> = "host" -> "HostSystem",
    ) returns (MoRef as "Task") needs("VirtualMachine.Interact.PowerOn");
    served PowerOffVmTask = "PowerOffVM_Task" on VirtualMachine () returns (MoRef as "Task") needs("VirtualMachine.Interact.PowerOff");
    known SuspendVmTask = "SuspendVM_Task" on VirtualMachine () returns (MoRef as "Task");
    served ResetVmTask = "ResetVM_Task" on VirtualMachine () returns (MoRef as "Task");
    known ShutdownGuest on VirtualMachine () returns ();
    known RebootGuest on VirtualMachine () returns ();
    known StandbyGuest on VirtualMachine () returns ();
    served ReconfigVmTask = "ReconfigVM_Task" on VirtualMachine (
        spec: Object = "spec" -> "VirtualMachineConfigSpec",
    ) returns (MoRef as "Task");
    known CloneVmTask = "CloneVM_Task" on VirtualMachine (
        MoRef = "folder" -> "Folder",
        String = "name",
        Object = "spec" -> "VirtualMachineCloneSpec",
    ) returns (MoRef as "Task");
    known InstantCloneTask = "InstantClone_Task" on VirtualMachine (
        Object = "spec" -> "VirtualMachineInstantCloneSpec",
    ) returns (MoRef as "Task");
    known RelocateVmTask = "RelocateVM_Task" on VirtualMachine (
        Object = "spec" -> "VirtualMachineRelocateSpec",
        Option<VirtualMachineMovePriority> = "priority",
    ) returns (MoRef as "Task");
    known MigrateVmTask = "MigrateVM_Task" on VirtualMachine (
        Option<MoRef> = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
        VirtualMachineMovePriority = "priority",
        Option<VirtualMachinePowerState> = "state",
    ) returns (MoRef as "Task");
    served UnregisterVm = "UnregisterVM" on VirtualMachine () returns ();
    known MarkAsTemplate on VirtualMachine () returns ();
    known MarkAsVirtualMachine on VirtualMachine (
        MoRef = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
    ) returns ();
    known AttachDiskTask = "AttachDisk_Task" on VirtualMachine (
        Id = "diskId",
        MoRef = "datastore" -> "Datastore",
        Option<i32> = "controllerKey",
        Option<i32> = "unitNumber",
    ) returns (MoRef as "Task");
    known DetachDiskTask = "DetachDisk_Task" on VirtualMachine (
        Id = "diskId",
    ) returns (MoRef as "Task");
    known CreateSnapshotTask = "CreateSnapshot_Task" on VirtualMachine (
        String = "name",
        Option<String> = "description",
        bool = "memory",
        bool = "quiesce",
    ) returns (MoRef as "Task");
    known CreateSnapshotExTask = "CreateSnapshotEx_Task" on VirtualMachine (
        String = "name",
        Option<String> = "description",
        bool = "memory",
        Option<Object> = "quiesceSpec" -> "VirtualMachineGuestQuiesceSpec",
    ) returns (MoRef as "Task");
    known RemoveAllSnapshotsTask = "RemoveAllSnapshots_Task" on VirtualMachine (
        Option<bool> = "consolidate",
        Option<Object> = "spec" -> "SnapshotSelectionSpec" since "8.0.3.0",
    ) returns (MoRef as "Task");
    known RevertToCurrentSnapshotTask = "RevertToCurrentSnapshot_Task" on VirtualMachine (
        Option<MoRef> = "host" -> "HostSystem",
        Option<bool> = "suppressPowerOn",
    ) returns (MoRef as "Task");
    known ConsolidateVmDisksTask = "ConsolidateVMDisks_Task" on VirtualMachine () returns (MoRef as "Task");
    known AnswerVm = "AnswerVM" on VirtualMachine (
        String = "questionId",
        String = "answerChoice",
    ) returns ();
    known UpgradeVmTask = "UpgradeVM_Task" on VirtualMachine (
        Option<String> = "version",
    ) returns (MoRef as "Task");
    known TerminateVm = "TerminateVM" on VirtualMachine () returns ();
    known QueryChangedDiskAreas on VirtualMachine (
        Option<MoRef> = "snapshot" -> "VirtualMachineSnapshot",
        i32 = "deviceKey",
        i64 = "startOffset",
        String = "changeId",
    ) returns (Object as "DiskChangeInfo") reads;
}
