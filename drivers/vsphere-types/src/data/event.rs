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
        vm: MoRef = "vm" -> "VirtualMachine",
    }

    /// A host.
    HostEventArgument: EntityEventArgument {
        host: MoRef = "host" -> "HostSystem",
    }

    /// A datacenter.
    DatacenterEventArgument: EntityEventArgument {
        datacenter: MoRef = "datacenter" -> "Datacenter",
    }

    /// A cluster, or a host outside of one.
    ComputeResourceEventArgument: EntityEventArgument {
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
    SessionEvent: Event {}

    /// Somebody logged in.
    UserLoginSessionEvent: SessionEvent {
        ip_address: String = "ipAddress",
        user_agent: Option<String> = "userAgent",
        locale: String = "locale",
        session_id: String = "sessionId",
    }

    /// A task was asked for.
    TaskEvent: Event {
        info: TaskInfo = "info",
    }

    /// Something happened to a virtual machine.
    VmEvent: Event {
        template: bool = "template",
    }

    /// It was switched on.
    VmPoweredOnEvent: VmEvent {}

    /// It was switched off.
    VmPoweredOffEvent: VmEvent {}

    /// It was reset.
    VmResettingEvent: VmEvent {}

    /// It was removed.
    VmRemovedEvent: VmEvent {}
}
