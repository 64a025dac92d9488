//! Methods of the volume manager of CNS.

rows! { cns:
    served CnsCreateVolume on CnsVolumeManager (
        create_specs: Vec<CnsVolumeCreateSpec> = "createSpecs" [required],
    ) returns (MoRef as "Task");
    served CnsDeleteVolume on CnsVolumeManager (
        volume_ids: Vec<CnsVolumeId> = "volumeIds" [required],
        delete_disk: bool = "deleteDisk",
    ) returns (MoRef as "Task");
    served CnsAttachVolume on CnsVolumeManager (
        attach_specs: Vec<CnsVolumeAttachDetachSpec> = "attachSpecs" [required],
    ) returns (MoRef as "Task");
    served CnsDetachVolume on CnsVolumeManager (
        detach_specs: Vec<CnsVolumeAttachDetachSpec> = "detachSpecs" [required],
    ) returns (MoRef as "Task");
    served CnsQueryVolume on CnsVolumeManager (
        filter: Object = "filter" -> "CnsQueryFilter",
        selection: Option<CnsQuerySelection> = "selection" since "7.3",
    ) returns (CnsQueryResult) reads needs("Cns.Searchable");
    served CnsQueryAsync on CnsVolumeManager (
        filter: Object = "filter" -> "CnsQueryFilter",
        selection: Option<CnsQuerySelection> = "selection",
    ) returns (MoRef as "Task") needs("Cns.Searchable");
    served CnsExtendVolume on CnsVolumeManager (
        extend_specs: Vec<CnsVolumeExtendSpec> = "extendSpecs" [required],
    ) returns (MoRef as "Task");
    served CnsUpdateVolumeMetadata on CnsVolumeManager (
        update_specs: Vec<CnsVolumeMetadataUpdateSpec> = "updateSpecs" [required],
    ) returns (MoRef as "Task");
    served CnsCreateSnapshots on CnsVolumeManager (
        snapshot_specs: Vec<CnsSnapshotCreateSpec> = "snapshotSpecs" [required],
    ) returns (MoRef as "Task");
    served CnsDeleteSnapshots on CnsVolumeManager (
        snapshot_delete_specs: Vec<CnsSnapshotDeleteSpec> = "snapshotDeleteSpecs" [required],
    ) returns (MoRef as "Task");
    known CnsRelocateVolume on CnsVolumeManager (
        Vec<Object> = "relocateSpecs" -> "CnsVolumeRelocateSpec" [required],
    ) returns (MoRef as "Task");
    known CnsReconfigVolumePolicy on CnsVolumeManager (
        Vec<CnsVolumePolicyReconfigSpec> = "volumePolicyReconfigSpecs",
    ) returns (MoRef as "Task");
    known CnsConfigureVolumeAcls = "CnsConfigureVolumeACLs" on CnsVolumeManager (
        Vec<CnsVolumeACLConfigureSpec> = "ACLConfigSpecs" [required],
    ) returns (MoRef as "Task");
    known CnsSyncVolume on CnsVolumeManager (
        Vec<CnsSyncVolumeSpec> = "syncSpecs",
    ) returns (MoRef as "Task");
    served CnsUpdateVolumeCrypto on CnsVolumeManager (
        update_specs: Vec<CnsVolumeCryptoUpdateSpec> = "updateSpecs",
    ) returns (MoRef as "Task");
    known CnsUnregisterVolume on CnsVolumeManager (
        Vec<CnsUnregisterVolumeSpec> = "unregisterSpec",
    ) returns (MoRef as "Task");
    served CnsQueryAllVolume on CnsVolumeManager (
        filter: Object = "filter" -> "CnsQueryFilter",
        selection: CnsQuerySelection = "selection",
    ) returns (CnsQueryResult) reads needs("Cns.Searchable");
    served CnsQuerySnapshots on CnsVolumeManager (
        snapshot_query_filter: CnsSnapshotQueryFilter = "snapshotQueryFilter",
    ) returns (MoRef as "Task") needs("Cns.Searchable");
    served CnsQueryVolumeInfo on CnsVolumeManager (
        volumes: Vec<CnsVolumeId> = "volumes",
    ) returns (MoRef as "Task");
}
