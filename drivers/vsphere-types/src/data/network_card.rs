//! Virtual devices: network adapters.

use crate::table::data_objects;
use crate::{Description, MoRef, Object, VirtualDeviceConnectInfo};

data_objects! {
    /// What every network adapter has.
    VirtualEthernetCard: VirtualDevice {
        address_type: Option<String> = "addressType",
        mac_address: Option<String> = "macAddress",
        wake_on_lan_enabled: Option<bool> = "wakeOnLanEnabled",
        resource_allocation: Option<Object> = "resourceAllocation" -> "VirtualEthernetCardResourceAllocation",
        external_id: Option<String> = "externalId",
        upt_compatibility_enabled: Option<bool> = "uptCompatibilityEnabled",
        subnet_id: Option<String> = "subnetId" since "9.0.0.0",
    }

    /// An E1000 adapter.
    VirtualE1000: VirtualEthernetCard {}

    /// An E1000e adapter.
    VirtualE1000e: VirtualEthernetCard {}

    /// What every vmxnet adapter has.
    VirtualVmxnet: VirtualEthernetCard {}

    /// A vmxnet3 adapter.
    VirtualVmxnet3: VirtualVmxnet {
        uptv2_enabled: Option<bool> = "uptv2Enabled" since "8.0.0.1",
        strict_latency_config: Option<Object> = "strictLatencyConfig" -> "VirtualVmxnet3StrictLatencyConfig" since "8.0.3.1",
    }

    /// An adapter on a standard network.
    VirtualEthernetCardNetworkBackingInfo: VirtualDeviceDeviceBackingInfo {
        network: Option<MoRef> = "network" -> "Network",
        in_passthrough_mode: Option<bool> = "inPassthroughMode",
    }

    /// An adapter on a distributed port group.
    VirtualEthernetCardDistributedVirtualPortBackingInfo: VirtualDeviceBackingInfo {
        port: DistributedVirtualSwitchPortConnection = "port",
    }

    /// A port of a distributed switch.
    DistributedVirtualSwitchPortConnection: DynamicData {
        switch_uuid: String = "switchUuid",
        portgroup_key: Option<String> = "portgroupKey",
        port_key: Option<String> = "portKey",
        connection_cookie: Option<i32> = "connectionCookie",
    }
}
