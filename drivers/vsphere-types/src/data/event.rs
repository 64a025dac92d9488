//! Events.

use jiff::Timestamp;

use crate::table::data_objects;
use crate::{MoRef, Object, TaskInfo};

data_objects! {
    /// What an event is about, as it was then.
    EventArgument: DynamicData {}

    /// A thing with a name.
    EntityEventArgument: EventArgument {
        name: String = "name",
    }

    /// A virtual machine.
    VmEventArgument: EntityEventArgument {
        name: String = "name",
        vm: MoRef = "vm" -> "VirtualMachine",
    }

    /// A host.
    HostEventArgument: EntityEventArgument {
        name: String = "name",
        host: MoRef = "host" -> "HostSystem",
    }

    /// A datacenter.
    DatacenterEventArgument: EntityEventArgument {
        name: String = "name",
        datacenter: MoRef = "datacenter" -> "Datacenter",
    }

    /// A cluster, or a host outside of one.
    ComputeResourceEventArgument: EntityEventArgument {
        name: String = "name",
        compute_resource: MoRef = "computeResource" -> "ComputeResource",
    }

    /// Something happened.
    Event: DynamicData {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
    }

    /// Something happened to a session.
    SessionEvent: Event {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
    }

    /// Somebody logged in.
    UserLoginSessionEvent: SessionEvent {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
        ip_address: String = "ipAddress",
        user_agent: Option<String> = "userAgent",
        locale: String = "locale",
        session_id: String = "sessionId",
    }

    /// A task was asked for.
    TaskEvent: Event {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
        info: TaskInfo = "info",
    }

    /// Something happened to a virtual machine.
    VmEvent: Event {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
        template: bool = "template",
    }

    /// It was switched on.
    VmPoweredOnEvent: VmEvent {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
        template: bool = "template",
    }

    /// It was switched off.
    VmPoweredOffEvent: VmEvent {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
        template: bool = "template",
    }

    /// It was reset.
    VmResettingEvent: VmEvent {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
        template: bool = "template",
    }

    /// It was removed.
    VmRemovedEvent: VmEvent {
        key: i32 = "key",
        chain_id: i32 = "chainId",
        created_time: Timestamp = "createdTime",
        user_name: String = "userName",
        datacenter: Option<DatacenterEventArgument> = "datacenter",
        compute_resource: Option<ComputeResourceEventArgument> = "computeResource",
        host: Option<HostEventArgument> = "host",
        vm: Option<VmEventArgument> = "vm",
        ds: Option<Object> = "ds" -> "DatastoreEventArgument",
        net: Option<Object> = "net" -> "NetworkEventArgument",
        dvs: Option<Object> = "dvs" -> "DvsEventArgument",
        tgw: Option<Object> = "tgw" -> "TgwEventArgument" since "9.1.0.0",
        full_formatted_message: Option<String> = "fullFormattedMessage",
        change_tag: Option<String> = "changeTag",
        audit_id: Option<String> = "auditId" since "9.1.0.0",
        template: bool = "template",
    }
}
