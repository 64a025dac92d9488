//! Methods of the managers of keys and key providers.

rows! { crypto:
    served ListKeys on CryptoManager (
        limit: Option<i32> = "limit",
    ) returns (Vec<CryptoKeyId>) reads;
    known RemoveKey on CryptoManager (
        CryptoKeyId = "key",
        bool = "force",
    ) returns ();
    served ListKmipServers on CryptoManagerKmip (
        limit: Option<i32> = "limit",
    ) returns (Vec<KmipClusterInfo>) reads;
    served ListKmsClusters on CryptoManagerKmip (
        include_kms_servers: Option<bool> = "includeKmsServers",
        management_type_filter: Option<i32> = "managementTypeFilter",
        status_filter: Option<i32> = "statusFilter",
    ) returns (Vec<KmipClusterInfo>) reads;
    served RetrieveKmipServersStatusTask = "RetrieveKmipServersStatus_Task" on CryptoManagerKmip (
        clusters: Vec<KmipClusterInfo> = "clusters",
    ) returns (MoRef as "Task");
    served IsKmsClusterActive on CryptoManagerKmip (
        cluster: Option<KeyProviderId> = "cluster",
    ) returns (bool) reads;
    served GetDefaultKmsCluster on CryptoManagerKmip (
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
        defaults_to_parent: Option<bool> = "defaultsToParent",
    ) returns (Option<KeyProviderId>) reads;
    served SetDefaultKmsCluster on CryptoManagerKmip (
        entity: Option<MoRef> = "entity" -> "ManagedEntity",
        cluster_id: Option<KeyProviderId> = "clusterId",
    ) returns ();
    known MarkDefault on CryptoManagerKmip (
        KeyProviderId = "clusterId",
    ) returns ();
    served GenerateKey on CryptoManagerKmip (
        key_provider: Option<KeyProviderId> = "keyProvider",
        spec: Option<Object> = "spec" -> "CryptoManagerKmipCustomAttributeSpec" since "8.0.1.0",
        key_spec: Option<Object> = "keySpec" -> "CryptoManagerKmipGenerateKeySpec" since "9.0.0.0",
    ) returns (CryptoKeyResult);
    served QueryCryptoKeyStatus on CryptoManagerKmip (
        key_ids: Vec<CryptoKeyId> = "keyIds",
        check_key_bit_map: i32 = "checkKeyBitMap",
    ) returns (Vec<CryptoManagerKmipCryptoKeyStatus>) reads;
    known RegisterKmsCluster on CryptoManagerKmip (
        KeyProviderId = "clusterId",
        Option<String> = "managementType",
    ) returns ();
    known UnregisterKmsCluster on CryptoManagerKmip (
        KeyProviderId = "clusterId",
    ) returns ();
    served UpdateVStorageObjectCryptoTask = "UpdateVStorageObjectCrypto_Task" on VcenterVStorageObjectManager (
        id: Id = "id",
        datastore: MoRef = "datastore" -> "Datastore",
        profile: Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
        disks_crypto: Option<Object> = "disksCrypto" -> "DiskCryptoSpec",
    ) returns (MoRef as "Task");
}
