//! The managers of keys and key providers.

use crate::KmipClusterInfo;
use crate::table::managed_objects;

managed_objects! {
    CryptoManager: ManagedObject {
        bool = "enabled",
    }

    CryptoManagerKmip: CryptoManager {
        bool = "enabled",
        Vec<KmipClusterInfo> = "kmipServers",
    }
}
