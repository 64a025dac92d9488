//! Virtual devices: disks and CD-ROM drives.

use crate::table::data_objects;
use crate::{Description, MoRef, Object, SharesInfo, StorageIOAllocationInfo, VirtualDeviceConnectInfo};

data_objects! {
    /// A virtual disk.
    VirtualDisk: VirtualDevice {
        capacity_in_kb: i64 = "capacityInKB",
        capacity_in_bytes: Option<i64> = "capacityInBytes",
        shares: Option<SharesInfo> = "shares",
        storage_io_allocation: Option<StorageIOAllocationInfo> = "storageIOAllocation",
        disk_object_id: Option<String> = "diskObjectId",
        vflash_cache_config_info: Option<Object> = "vFlashCacheConfigInfo" -> "VirtualDiskVFlashCacheConfigInfo",
        iofilter: Vec<String> = "iofilter",
        v_disk_id: Option<Id> = "vDiskId" since "6.5",
        v_disk_version: Option<i32> = "vDiskVersion" since "8.0.1.0",
        virtual_disk_format: Option<String> = "virtualDiskFormat" since "9.0.0.0",
        native_unmanaged_linked_clone: Option<bool> = "nativeUnmanagedLinkedClone" since "6.7",
        independent_filters: Vec<Object> = "independentFilters" -> "VirtualMachineBaseIndependentFilterSpec" since "7.0.2.1",
        guest_read_only: Option<bool> = "guestReadOnly" since "8.0.2.0",
        disk_chain_broken_issue: Option<String> = "diskChainBrokenIssue" since "9.1.0.0",
    }

    /// A disk in a VMDK file.
    VirtualDiskFlatVer2BackingInfo: VirtualDeviceFileBackingInfo {
        disk_mode: String = "diskMode",
        split: Option<bool> = "split",
        write_through: Option<bool> = "writeThrough",
        thin_provisioned: Option<bool> = "thinProvisioned",
        eagerly_scrub: Option<bool> = "eagerlyScrub",
        uuid: Option<String> = "uuid",
        content_id: Option<String> = "contentId",
        change_id: Option<String> = "changeId",
        parent: Option<Object> = "parent" -> "VirtualDiskFlatVer2BackingInfo",
        delta_disk_format: Option<String> = "deltaDiskFormat",
        digest_enabled: Option<bool> = "digestEnabled",
        delta_grain_size: Option<i32> = "deltaGrainSize",
        delta_disk_format_variant: Option<String> = "deltaDiskFormatVariant",
        sharing: Option<String> = "sharing",
        key_id: Option<CryptoKeyId> = "keyId" since "6.5",
    }

    /// A disk that is a LUN.
    VirtualDiskRawDiskMappingVer1BackingInfo: VirtualDeviceFileBackingInfo {
        lun_uuid: Option<String> = "lunUuid",
        device_name: Option<String> = "deviceName",
        compatibility_mode: Option<String> = "compatibilityMode",
        disk_mode: Option<String> = "diskMode",
        uuid: Option<String> = "uuid",
        content_id: Option<String> = "contentId",
        change_id: Option<String> = "changeId",
        parent: Option<Object> = "parent" -> "VirtualDiskRawDiskMappingVer1BackingInfo",
        delta_disk_format: Option<String> = "deltaDiskFormat" since "6.7",
        delta_grain_size: Option<i32> = "deltaGrainSize" since "6.7",
        sharing: Option<String> = "sharing",
    }

    /// A CD-ROM drive.
    VirtualCdrom: VirtualDevice {}

    /// An image in a CD-ROM drive.
    VirtualCdromIsoBackingInfo: VirtualDeviceFileBackingInfo {}

    /// A client's CD-ROM drive.
    VirtualCdromRemotePassthroughBackingInfo: VirtualDeviceRemoteDeviceBackingInfo {
        exclusive: bool = "exclusive",
    }

    /// The host's CD-ROM drive.
    VirtualCdromAtapiBackingInfo: VirtualDeviceDeviceBackingInfo {}

    /// The id of a first class disk.
    Id = "ID": DynamicData {
        id: String = "id",
    }

    /// A key, by its id.
    CryptoKeyId: DynamicData {
        key_id: String = "keyId",
        provider_id: Option<KeyProviderId> = "providerId",
    }

    /// A key provider, by its id.
    KeyProviderId: DynamicData {
        id: String = "id",
    }
}
