//! Encryption: what is to be done, key providers, and how keys fare.

use crate::table::data_objects;
use crate::{CryptoKeyId, KeyProviderId, LocalizedMethodFault, ManagedEntityStatus, MoRef, Object};

data_objects! {
    /// What is to be done about encryption; its subtypes say what.
    CryptoSpec: DynamicData {}

    /// Nothing.
    CryptoSpecNoOp: CryptoSpec {}

    /// The key is in use already; only hand it to the host.
    CryptoSpecRegister: CryptoSpecNoOp {
        crypto_key_id: CryptoKeyId = "cryptoKeyId",
    }

    /// Encrypt what is in clear.
    CryptoSpecEncrypt: CryptoSpec {
        crypto_key_id: CryptoKeyId = "cryptoKeyId",
    }

    /// Make clear what is encrypted.
    CryptoSpecDecrypt: CryptoSpec {}

    /// Wrap the data's key with another key.
    CryptoSpecShallowRecrypt: CryptoSpec {
        new_key_id: CryptoKeyId = "newKeyId",
    }

    /// Write all data anew under another key.
    CryptoSpecDeepRecrypt: CryptoSpec {
        new_key_id: CryptoKeyId = "newKeyId",
    }

    /// What is to be done about the encryption of each link of a disk's chain.
    DiskCryptoSpec: DynamicData {
        parent: Option<Object> = "parent" -> "DiskCryptoSpec" since "7.0.0.0",
        crypto: Object = "crypto" -> "CryptoSpec" since "7.0.0.0",
    }

    /// A key provider.
    KmipClusterInfo: DynamicData {
        cluster_id: KeyProviderId = "clusterId",
        servers: Vec<KmipServerInfo> = "servers",
        use_as_default: bool = "useAsDefault",
        management_type: Option<String> = "managementType" since "7.0.0.0",
        use_as_entity_default: Vec<MoRef> = "useAsEntityDefault" -> "ManagedEntity" since "7.0.0.0",
        has_backup: Option<bool> = "hasBackup" since "7.0.2.0",
        tpm_required: Option<bool> = "tpmRequired" since "7.0.2.0",
        key_id: Option<String> = "keyId" since "7.0.2.0",
        default_key_type: Option<String> = "defaultKeyType" since "9.0.0.0",
        key_info: Option<Object> = "keyInfo" -> "KmipClusterInfoKeyInfo" since "9.0.0.0",
    }

    /// A server of a key provider.
    KmipServerInfo: DynamicData {
        name: String = "name",
        address: String = "address",
        port: i32 = "port",
        proxy_address: Option<String> = "proxyAddress",
        proxy_port: Option<i32> = "proxyPort",
        reconnect: Option<i32> = "reconnect",
        protocol: Option<String> = "protocol",
        nbio: Option<i32> = "nbio",
        timeout: Option<i32> = "timeout",
        user_name: Option<String> = "userName",
    }

    /// What came of making or adding a key.
    CryptoKeyResult: DynamicData {
        key_id: CryptoKeyId = "keyId",
        success: bool = "success",
        reason: Option<String> = "reason",
        fault: Option<LocalizedMethodFault> = "fault" since "7.0.1.0",
    }

    /// How a server of a key provider fares.
    CryptoManagerKmipServerStatus: DynamicData {
        name: String = "name",
        status: ManagedEntityStatus = "status",
        connection_status: String = "connectionStatus",
        cert_info: Option<Object> = "certInfo" -> "CryptoManagerKmipCertificateInfo",
        client_trust_server: Option<bool> = "clientTrustServer",
        server_trust_client: Option<bool> = "serverTrustClient",
    }

    /// How a key provider fares.
    CryptoManagerKmipClusterStatus: DynamicData {
        cluster_id: KeyProviderId = "clusterId",
        overall_status: Option<ManagedEntityStatus> = "overallStatus" since "7.0.0.0",
        management_type: Option<String> = "managementType" since "7.0.0.0",
        servers: Vec<CryptoManagerKmipServerStatus> = "servers" [required],
        client_cert_info: Option<Object> = "clientCertInfo" -> "CryptoManagerKmipCertificateInfo",
    }

    /// Whether a key can be had, and who uses it.
    CryptoManagerKmipCryptoKeyStatus: DynamicData {
        key_id: CryptoKeyId = "keyId",
        key_available: Option<bool> = "keyAvailable",
        reason: Option<String> = "reason",
        key_info: Option<Object> = "keyInfo" -> "CryptoManagerKmipCryptoKeyStatusKeyInfo" since "9.0.0.0",
        encrypted_vms: Vec<MoRef> = "encryptedVMs" -> "VirtualMachine",
        affected_hosts: Vec<MoRef> = "affectedHosts" -> "HostSystem",
        referenced_by_tags: Vec<String> = "referencedByTags",
    }
}
