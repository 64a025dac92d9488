//! Methods of the managers of keys and key providers.

use crate::table::methods;
use crate::{CryptoKeyId, CryptoKeyResult, CryptoManagerKmipCryptoKeyStatus, Id, KeyProviderId, KmipClusterInfo, MoRef, Object};

methods! {
    "ListKeys" on "CryptoManager" (
        Option<i32> = "limit",
    ) returns (Vec<CryptoKeyId> = "returnval");
    "RemoveKey" on "CryptoManager" (
        CryptoKeyId = "key",
        bool = "force",
    ) returns ();
    "ListKmipServers" on "CryptoManagerKmip" (
        Option<i32> = "limit",
    ) returns (Vec<KmipClusterInfo> = "returnval");
    "ListKmsClusters" on "CryptoManagerKmip" (
        Option<bool> = "includeKmsServers",
        Option<i32> = "managementTypeFilter",
        Option<i32> = "statusFilter",
    ) returns (Vec<KmipClusterInfo> = "returnval");
    "RetrieveKmipServersStatus_Task" on "CryptoManagerKmip" (
        Vec<KmipClusterInfo> = "clusters",
    ) returns (MoRef = "returnval" -> "Task");
    "IsKmsClusterActive" on "CryptoManagerKmip" (
        Option<KeyProviderId> = "cluster",
    ) returns (bool = "returnval");
    "GetDefaultKmsCluster" on "CryptoManagerKmip" (
        Option<MoRef> = "entity" -> "ManagedEntity",
        Option<bool> = "defaultsToParent",
    ) returns (Option<KeyProviderId> = "returnval");
    "SetDefaultKmsCluster" on "CryptoManagerKmip" (
        Option<MoRef> = "entity" -> "ManagedEntity",
        Option<KeyProviderId> = "clusterId",
    ) returns ();
    "MarkDefault" on "CryptoManagerKmip" (
        KeyProviderId = "clusterId",
    ) returns ();
    "GenerateKey" on "CryptoManagerKmip" (
        Option<KeyProviderId> = "keyProvider",
        Option<Object> = "spec" -> "CryptoManagerKmipCustomAttributeSpec" since "8.0.1.0",
        Option<Object> = "keySpec" -> "CryptoManagerKmipGenerateKeySpec" since "9.0.0.0",
    ) returns (CryptoKeyResult = "returnval");
    "QueryCryptoKeyStatus" on "CryptoManagerKmip" (
        Vec<CryptoKeyId> = "keyIds",
        i32 = "checkKeyBitMap",
    ) returns (Vec<CryptoManagerKmipCryptoKeyStatus> = "returnval");
    "RegisterKmsCluster" on "CryptoManagerKmip" (
        KeyProviderId = "clusterId",
        Option<String> = "managementType",
    ) returns ();
    "UnregisterKmsCluster" on "CryptoManagerKmip" (
        KeyProviderId = "clusterId",
    ) returns ();
    "UpdateVStorageObjectCrypto_Task" on "VcenterVStorageObjectManager" (
        Id = "id",
        MoRef = "datastore" -> "Datastore",
        Vec<Object> = "profile" -> "VirtualMachineProfileSpec",
        Option<Object> = "disksCrypto" -> "DiskCryptoSpec",
    ) returns (MoRef = "returnval" -> "Task");
}
