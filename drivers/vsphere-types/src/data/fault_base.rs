//! Faults: the hierarchy, and those of the runtime.

use crate::table::faults;
use crate::{MoRef, Object};

faults! {
    /// The root of all faults.
    MethodFault: DynamicData {
        fault_cause: Option<crate::LocalizedMethodFault> = "faultCause",
        fault_message: Vec<crate::LocalizableMessage> = "faultMessage",
    }

    /// The root of faults that any method may throw.
    RuntimeFault: MethodFault {}

    /// The root of faults that methods declare.
    VimFault: MethodFault {}

    /// The server cannot talk to a host.
    HostCommunication: RuntimeFault {}

    /// The host is not connected.
    HostNotConnected: HostCommunication {}

    /// The host cannot be reached.
    HostNotReachable: HostCommunication {}

    /// An argument is wrong.
    InvalidArgument: RuntimeFault {
        invalid_property: Option<String> = "invalidProperty",
    }

    /// The request cannot be understood.
    InvalidRequest: RuntimeFault {}

    /// The request names a type that the server does not know.
    InvalidType: InvalidRequest {
        argument: Option<String> = "argument",
    }

    /// The object is gone or never was.
    ManagedObjectNotFound: RuntimeFault {
        obj: MoRef = "obj" -> "ManagedObject",
    }

    /// The object has no such method.
    MethodNotFound: InvalidRequest {
        receiver: MoRef = "receiver" -> "ManagedObject",
        method: String = "method",
    }

    /// The method is disabled on the object.
    MethodDisabled: RuntimeFault {
        source: Option<String> = "source",
    }

    /// The licences do not suffice.
    NotEnoughLicenses: RuntimeFault {}

    /// The server does not implement the method.
    NotImplemented: RuntimeFault {}

    /// The method is not supported on this object.
    NotSupported: RuntimeFault {}

    /// The request was cancelled.
    RequestCanceled: RuntimeFault {}

    /// The root of faults about who may do what.
    SecurityError: RuntimeFault {}

    /// The session lacks a privilege.
    NoPermission: SecurityError {
        object: Option<MoRef> = "object" -> "ManagedObject",
        privilege_id: Option<String> = "privilegeId",
        missing_privileges: Vec<Object> = "missingPrivileges" -> "NoPermissionEntityPrivileges" since "7.0.3.2",
    }

    /// There is no session.
    NotAuthenticated: NoPermission {}

    /// The server failed in itself.
    SystemError: RuntimeFault {
        reason: String = "reason",
    }

    /// A fault that the method does not declare.
    UnexpectedFault: RuntimeFault {
        fault_name: String = "faultName",
        fault: Option<crate::LocalizedMethodFault> = "fault",
    }
}
