//! Methods of virtual machines.

use crate::table::methods;
use crate::{Id, MoRef, Object, VirtualMachineMovePriority, VirtualMachinePowerState};

methods! {
    "PowerOnVM_Task" on "VirtualMachine" (
        Option<MoRef> = "host" -> "HostSystem",
    ) returns (MoRef = "returnval" -> "Task");
    "PowerOffVM_Task" on "VirtualMachine" () returns (MoRef = "returnval" -> "Task");
    "SuspendVM_Task" on "VirtualMachine" () returns (MoRef = "returnval" -> "Task");
    "ResetVM_Task" on "VirtualMachine" () returns (MoRef = "returnval" -> "Task");
    "ShutdownGuest" on "VirtualMachine" () returns ();
    "RebootGuest" on "VirtualMachine" () returns ();
    "StandbyGuest" on "VirtualMachine" () returns ();
    "ReconfigVM_Task" on "VirtualMachine" (
        Object = "spec" -> "VirtualMachineConfigSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "CloneVM_Task" on "VirtualMachine" (
        MoRef = "folder" -> "Folder",
        String = "name",
        Object = "spec" -> "VirtualMachineCloneSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "InstantClone_Task" on "VirtualMachine" (
        Object = "spec" -> "VirtualMachineInstantCloneSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "RelocateVM_Task" on "VirtualMachine" (
        Object = "spec" -> "VirtualMachineRelocateSpec",
        Option<VirtualMachineMovePriority> = "priority",
    ) returns (MoRef = "returnval" -> "Task");
    "MigrateVM_Task" on "VirtualMachine" (
        Option<MoRef> = "pool" -> "ResourcePool",
        Option<MoRef> = "host" -> "HostSystem",
        VirtualMachineMovePriority = "priority",
        Option<VirtualMachinePowerState> = "state",
    ) returns (MoRef = "returnval" -> "Task");
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
    ) returns (MoRef = "returnval" -> "Task");
    "DetachDisk_Task" on "VirtualMachine" (
        Id = "diskId",
    ) returns (MoRef = "returnval" -> "Task");
    "CreateSnapshot_Task" on "VirtualMachine" (
        String = "name",
        Option<String> = "description",
        bool = "memory",
        bool = "quiesce",
    ) returns (MoRef = "returnval" -> "Task");
    "CreateSnapshotEx_Task" on "VirtualMachine" (
        String = "name",
        Option<String> = "description",
        bool = "memory",
        Option<Object> = "quiesceSpec" -> "VirtualMachineGuestQuiesceSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "RemoveAllSnapshots_Task" on "VirtualMachine" (
        Option<bool> = "consolidate",
        Option<Object> = "spec" -> "SnapshotSelectionSpec" since "8.0.3.0",
    ) returns (MoRef = "returnval" -> "Task");
    "RevertToCurrentSnapshot_Task" on "VirtualMachine" (
        Option<MoRef> = "host" -> "HostSystem",
        Option<bool> = "suppressPowerOn",
    ) returns (MoRef = "returnval" -> "Task");
    "ConsolidateVMDisks_Task" on "VirtualMachine" () returns (MoRef = "returnval" -> "Task");
    "AnswerVM" on "VirtualMachine" (
        String = "questionId",
        String = "answerChoice",
    ) returns ();
    "UpgradeVM_Task" on "VirtualMachine" (
        Option<String> = "version",
    ) returns (MoRef = "returnval" -> "Task");
    "TerminateVM" on "VirtualMachine" () returns ();
    "QueryChangedDiskAreas" on "VirtualMachine" (
        Option<MoRef> = "snapshot" -> "VirtualMachineSnapshot",
        i32 = "deviceKey",
        i64 = "startOffset",
        String = "changeId",
    ) returns (Object = "returnval" -> "DiskChangeInfo");
}
