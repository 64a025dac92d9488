//! Methods of the volume manager of CNS.

use crate::table::methods;
use crate::{
    CnsQueryFilter, CnsQueryResult, CnsQuerySelection, CnsSnapshotCreateSpec, CnsSnapshotDeleteSpec, CnsSnapshotQueryFilter,
    CnsSyncVolumeSpec, CnsUnregisterVolumeSpec, CnsVolumeACLConfigureSpec, CnsVolumeAttachDetachSpec, CnsVolumeCreateSpec,
    CnsVolumeCryptoUpdateSpec, CnsVolumeExtendSpec, CnsVolumeId, CnsVolumeMetadataUpdateSpec, CnsVolumePolicyReconfigSpec, MoRef, Object,
};

methods! {
    "CnsCreateVolume" on "CnsVolumeManager" (
        Vec<CnsVolumeCreateSpec> = "createSpecs" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsDeleteVolume" on "CnsVolumeManager" (
        Vec<CnsVolumeId> = "volumeIds" [required],
        bool = "deleteDisk",
    ) returns (MoRef = "returnval" -> "Task");
    "CnsAttachVolume" on "CnsVolumeManager" (
        Vec<CnsVolumeAttachDetachSpec> = "attachSpecs" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsDetachVolume" on "CnsVolumeManager" (
        Vec<CnsVolumeAttachDetachSpec> = "detachSpecs" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsQueryVolume" on "CnsVolumeManager" (
        Object = "filter" -> "CnsQueryFilter",
        Option<CnsQuerySelection> = "selection" since "7.3",
    ) returns (CnsQueryResult = "returnval");
    "CnsQueryAsync" on "CnsVolumeManager" (
        Object = "filter" -> "CnsQueryFilter",
        Option<CnsQuerySelection> = "selection",
    ) returns (MoRef = "returnval" -> "Task");
    "CnsExtendVolume" on "CnsVolumeManager" (
        Vec<CnsVolumeExtendSpec> = "extendSpecs" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsUpdateVolumeMetadata" on "CnsVolumeManager" (
        Vec<CnsVolumeMetadataUpdateSpec> = "updateSpecs" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsCreateSnapshots" on "CnsVolumeManager" (
        Vec<CnsSnapshotCreateSpec> = "snapshotSpecs" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsDeleteSnapshots" on "CnsVolumeManager" (
        Vec<CnsSnapshotDeleteSpec> = "snapshotDeleteSpecs" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsRelocateVolume" on "CnsVolumeManager" (
        Vec<Object> = "relocateSpecs" -> "CnsVolumeRelocateSpec" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsReconfigVolumePolicy" on "CnsVolumeManager" (
        Vec<CnsVolumePolicyReconfigSpec> = "volumePolicyReconfigSpecs",
    ) returns (MoRef = "returnval" -> "Task");
    "CnsConfigureVolumeACLs" on "CnsVolumeManager" (
        Vec<CnsVolumeACLConfigureSpec> = "ACLConfigSpecs" [required],
    ) returns (MoRef = "returnval" -> "Task");
    "CnsSyncVolume" on "CnsVolumeManager" (
        Vec<CnsSyncVolumeSpec> = "syncSpecs",
    ) returns (MoRef = "returnval" -> "Task");
    "CnsUpdateVolumeCrypto" on "CnsVolumeManager" (
        Vec<CnsVolumeCryptoUpdateSpec> = "updateSpecs",
    ) returns (MoRef = "returnval" -> "Task");
    "CnsUnregisterVolume" on "CnsVolumeManager" (
        Vec<CnsUnregisterVolumeSpec> = "unregisterSpec",
    ) returns (MoRef = "returnval" -> "Task");
    "CnsQueryAllVolume" on "CnsVolumeManager" (
        CnsQueryFilter = "filter",
        CnsQuerySelection = "selection",
    ) returns (CnsQueryResult = "returnval");
    "CnsQuerySnapshots" on "CnsVolumeManager" (
        CnsSnapshotQueryFilter = "snapshotQueryFilter",
    ) returns (MoRef = "returnval" -> "Task");
    "CnsQueryVolumeInfo" on "CnsVolumeManager" (
        Vec<CnsVolumeId> = "volumes",
    ) returns (MoRef = "returnval" -> "Task");
}
