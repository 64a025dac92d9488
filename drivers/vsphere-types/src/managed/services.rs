//! Managers that every vCenter names in its service content and of which little or nothing is served here.

use super::core::ManagedObject;
use crate::table::managed_objects;
use crate::{HostAutoStartManagerConfig, MoRef, Object};

managed_objects! {
    UserDirectory: ManagedObject {
        Vec<String> = "domainList",
    }

    ServiceManager: ManagedObject {
        Vec<Object> = "service" -> "ServiceManagerServiceInfo",
    }

    PerformanceManager: ManagedObject {
        Object = "description" -> "PerformanceDescription",
        Vec<Object> = "historicalInterval" -> "PerfInterval",
        Vec<Object> = "perfCounter" -> "PerfCounterInfo",
    }

    ScheduledTaskManager: ManagedObject {
        Vec<MoRef> = "scheduledTask" -> "ScheduledTask",
        Object = "description" -> "ScheduledTaskDescription",
    }

    AlarmManager: ManagedObject {
        Vec<Object> = "defaultExpression" -> "AlarmExpression",
        Object = "description" -> "AlarmDescription",
    }

    ExtensionManager: ManagedObject {
        Vec<Object> = "extensionList" -> "Extension",
    }

    CustomizationSpecManager: ManagedObject {
        Vec<Object> = "info" -> "CustomizationSpecInfo",
        Vec<i8> = "encryptionKey",
    }

    VirtualMachineGuestCustomizationManager: ManagedObject {}

    DiagnosticManager: ManagedObject {}

    DatastoreNamespaceManager: ManagedObject {}

    HostSnmpSystem: ManagedObject {
        Object = "configuration" -> "HostSnmpConfigSpec",
        Object = "limits" -> "HostSnmpSystemAgentLimits",
    }

    VirtualMachineProvisioningChecker: ManagedObject {}

    VirtualMachineCompatibilityChecker: ManagedObject {}

    OvfManager: ManagedObject {
        Vec<Object> = "ovfImportOption" -> "OvfOptionInfo",
        Vec<Object> = "ovfExportOption" -> "OvfOptionInfo",
    }

    IpPoolManager: ManagedObject {}

    DistributedVirtualSwitchManager: ManagedObject {}

    ProfileManager: ManagedObject {
        Vec<MoRef> = "profile" -> "Profile",
    }

    HostProfileManager: ProfileManager {}

    ClusterProfileManager: ProfileManager {}

    ProfileComplianceManager: ManagedObject {}

    LocalizationManager: ManagedObject {
        Vec<Object> = "catalog" -> "LocalizationManagerMessageCatalog",
    }

    GuestOperationsManager: ManagedObject {
        Option<MoRef> = "authManager" -> "GuestAuthManager",
        Option<MoRef> = "fileManager" -> "GuestFileManager",
        Option<MoRef> = "processManager" -> "GuestProcessManager",
        Option<MoRef> = "guestWindowsRegistryManager" -> "GuestWindowsRegistryManager",
        Option<MoRef> = "aliasManager" -> "GuestAliasManager",
    }

    GuestAuthManager: ManagedObject {}

    GuestFileManager: ManagedObject {}

    GuestProcessManager: ManagedObject {}

    GuestWindowsRegistryManager: ManagedObject {}

    GuestAliasManager: ManagedObject {}

    HostAutoStartManager: ManagedObject {
        HostAutoStartManagerConfig = "config",
    }

    OverheadMemoryManager: ManagedObject {}

    CertificateManager: ManagedObject {}

    IoFilterManager: ManagedObject {}

    HostSpecificationManager: ManagedObject {}

    HealthUpdateManager: ManagedObject {}

    FailoverClusterConfigurator: ManagedObject {
        Vec<String> = "disabledConfigureMethod",
    }

    FailoverClusterManager: ManagedObject {
        Vec<String> = "disabledClusterMethod",
    }

    TenantTenantManager: ManagedObject {}

    SiteInfoManager: ManagedObject {}

    StorageQueryManager: ManagedObject {}
}
