//! The managers of keys and key providers.

use super::core::ManagedObject;
use crate::KmipClusterInfo;
use crate::table::managed_objects;

managed_objects! {
    CryptoManager: ManagedObject {
        bool = "enabled",
    }

    CryptoManagerKmip: CryptoManager {
        Vec<KmipClusterInfo> = "kmipServers",
    }
}
