//! Hosts and virtual machines.

use super::inventory::ManagedEntity;
use crate::table::managed_objects;
use crate::{
    GuestInfo, HostConfigManager, HostHardwareInfo, HostListSummary, HostRuntimeInfo, ManagedEntityStatus, MoRef, Object,
    ResourceConfigSpec, VirtualMachineConfigInfo, VirtualMachineFileLayoutEx, VirtualMachineRuntimeInfo, VirtualMachineSnapshotInfo,
    VirtualMachineStorageInfo, VirtualMachineSummary,
};

managed_objects! {
    HostSystem: ManagedEntity {
        HostRuntimeInfo = "runtime",
        HostListSummary = "summary",
        Option<HostHardwareInfo> = "hardware",
        Option<Object> = "capability" -> "HostCapability",
        Object = "licensableResource" -> "HostLicensableResourceInfo",
        Option<Object> = "remediationState" -> "HostSystemRemediationState" since "6.7",
        Option<Object> = "precheckRemediationResult" -> "ApplyHostProfileConfigurationSpec" since "6.7",
        Option<Object> = "remediationResult" -> "ApplyHostProfileConfigurationResult" since "6.7",
        Option<Object> = "complianceCheckState" -> "HostSystemComplianceCheckState" since "6.7",
        Option<Object> = "complianceCheckResult" -> "ComplianceResult" since "6.7",
        HostConfigManager = "configManager",
        Option<Object> = "config" -> "HostConfigInfo",
        Vec<MoRef> = "vm" -> "VirtualMachine",
        Vec<MoRef> = "datastore" -> "Datastore",
        Vec<MoRef> = "network" -> "Network",
        MoRef = "datastoreBrowser" -> "HostDatastoreBrowser",
        Option<Object> = "systemResources" -> "HostSystemResourceInfo",
        Option<Object> = "answerFileValidationState" -> "AnswerFileStatusResult" since "6.7",
        Option<Object> = "answerFileValidationResult" -> "AnswerFileStatusResult" since "6.7",
    }

    VirtualMachine: ManagedEntity {
        Object = "capability" -> "VirtualMachineCapability",
        Option<VirtualMachineConfigInfo> = "config",
        Option<Object> = "layout" -> "VirtualMachineFileLayout",
        Option<VirtualMachineFileLayoutEx> = "layoutEx",
        Option<VirtualMachineStorageInfo> = "storage",
        MoRef = "environmentBrowser" -> "EnvironmentBrowser",
        Option<MoRef> = "resourcePool" -> "ResourcePool",
        Option<MoRef> = "parentVApp" -> "ManagedEntity",
        Option<ResourceConfigSpec> = "resourceConfig",
        VirtualMachineRuntimeInfo = "runtime",
        Option<GuestInfo> = "guest",
        VirtualMachineSummary = "summary",
        Vec<MoRef> = "datastore" -> "Datastore",
        Vec<MoRef> = "network" -> "Network",
        Option<VirtualMachineSnapshotInfo> = "snapshot",
        Vec<MoRef> = "rootSnapshot" -> "VirtualMachineSnapshot",
        ManagedEntityStatus = "guestHeartbeatStatus",
    }
}
