//! Methods of virtual machines.

use crate::table::methods;
use crate::{Id, MoRef, Object, VirtualMachineMovePriority, VirtualMachinePowerState};

methods! {
    "PowerOnVM_Task" on "VirtualMachine" (
        Option<MoRef> = "host" -> "HostSystem",
    ) returns ();
    "PowerOffVM_Task" on "VirtualMachine" () returns ();
    "SuspendVM_Task" on "VirtualMachine" () returns ();
    "ResetVM_Task" on "VirtualMachine" () returns ();
    "ShutdownGuest" on "VirtualMachine" () returns ();
    "RebootGuest" on "VirtualMachine" () returns ();
    "StandbyGuest" on "VirtualMachine" () returns ();
    "ReconfigVM_Task" on "VirtualMachine" (
        Object = "spec" -> "VirtualMachineConfigSpec",
    ) returns ();
    "CloneVM_Task" on "VirtualMachine" (
        MoRef = "folder" -> "Folder",
        String = "name",
        Object = "spec" -> "VirtualMachineCloneSpec",
    ) returns (MoRef = "returnval" -> "VirtualMachine");
    "InstantClone_Task" on "VirtualMachine" (
        Object = "spec" -> "VirtualMachineInstantCloneSpec",
    ) returns (MoRef = "returnval" -> "VirtualMachine");
    "RelocateVM_Task" on "VirtualMachine" (
        Object = "spec" -> "VirtualMachineRelocateSpec",
        Option<VirtualMachineMovePriority> = "priority",
    ) returns ();
    "MigrateVM_Task" on "VirtualMachine" (
        Option<MoRef> = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
        VirtualMachineMovePriority = "priority",
        Option<VirtualMachinePowerState> = "state",
    ) returns ();
    "UnregisterVM" on "VirtualMachine" () returns ();
    "MarkAsTemplate" on "VirtualMachine" () returns ();
    "MarkAsVirtualMachine" on "VirtualMachine" (
        MoRef = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
    ) returns ();
    "AttachDisk_Task" on "VirtualMachine" (
        Id = "diskId",
        MoRef = "datastore" -> "Datastore",
        Option<i32> = "controllerKey",
        Option<i32> = "unitNumber",
    ) returns ();
    "DetachDisk_Task" on "VirtualMachine" (
        Id = "diskId",
    ) returns ();
    "CreateSnapshot_Task" on "VirtualMachine" (
        String = "name",
        Option<String> = "description",
        bool = "memory",
        bool = "quiesce",
    ) returns (MoRef = "returnval" -> "VirtualMachineSnapshot");
    "CreateSnapshotEx_Task" on "VirtualMachine" (
        String = "name",
        Option<String> = "description",
        bool = "memory",
        Option<Object> = "quiesceSpec" -> "VirtualMachineGuestQuiesceSpec",
    ) returns (MoRef = "returnval" -> "VirtualMachineSnapshot");
    "RemoveAllSnapshots_Task" on "VirtualMachine" (
        Option<bool> = "consolidate",
        Option<Object> = "spec" -> "SnapshotSelectionSpec" since "8.0.3.0",
    ) returns ();
    "RevertToCurrentSnapshot_Task" on "VirtualMachine" (
        Option<MoRef> = "host" -> "HostSystem",
        Option<bool> = "suppressPowerOn",
    ) returns ();
    "ConsolidateVMDisks_Task" on "VirtualMachine" () returns ();
    "AnswerVM" on "VirtualMachine" (
        String = "questionId",
        String = "answerChoice",
    ) returns ();
    "UpgradeVM_Task" on "VirtualMachine" (
        Option<String> = "version",
    ) returns ();
    "TerminateVM" on "VirtualMachine" () returns ();
    "QueryChangedDiskAreas" on "VirtualMachine" (
        Option<MoRef> = "snapshot" -> "VirtualMachineSnapshot",
        i32 = "deviceKey",
        i64 = "startOffset",
        String = "changeId",
    ) returns (Object = "returnval" -> "DiskChangeInfo");
}
