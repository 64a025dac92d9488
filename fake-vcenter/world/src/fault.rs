//! The faults that methods answer here, each by a short name.

use vsphere_types::{
    CnsFault, DataObject, Fault, InvalidArgument, InvalidCollectorVersion, InvalidLogin, InvalidPowerState, InvalidProperty,
    InvalidRequest, LocalizedMethodFault, ManagedObjectNotFound, MethodNotFound, MoRef, NoPermission, NotAuthenticated, NotFound,
    NotSupported, RequestCanceled, ResourceInUse, SystemError, TypeError, TypedFault, VirtualMachinePowerState,
};

use crate::state::PowerState;

/// There is no such object.
pub fn not_found(object: &MoRef) -> Fault {
    ManagedObjectNotFound { obj: object.clone(), ..ManagedObjectNotFound::default() }.fault()
}

/// The caller has no session.
pub fn not_authenticated(object: &MoRef) -> Fault {
    NotAuthenticated { object: Some(object.clone()), privilege_id: Some("System.View".to_owned()), ..NotAuthenticated::default() }.fault()
}

/// The caller lacks a privilege.
pub fn no_permission(object: &MoRef, privilege: &str) -> Fault {
    NoPermission { object: Some(object.clone()), privilege_id: Some(privilege.to_owned()), ..NoPermission::default() }.fault()
}

/// The same without a word about which privilege, and on what.
pub fn without_privileges(fault: Fault) -> Fault {
    let bare = fault.type_name() == NoPermission::TYPE;
    if bare { NoPermission::default().fault_with(fault.message) } else { fault }
}

/// User name or password is wrong, or there is a session already.
pub fn invalid_login() -> Fault {
    InvalidLogin::default().fault()
}

/// The type has no such property.
pub fn invalid_property(path: &str) -> Fault {
    InvalidProperty { name: path.to_owned(), ..InvalidProperty::default() }.fault_with(format!("The property '{path}' is not valid."))
}

/// An argument is wrong; `path` names it with dots.
pub fn invalid_argument(path: &str) -> Fault {
    InvalidArgument { invalid_property: Some(path.to_owned()), ..InvalidArgument::default() }.fault()
}

/// The request cannot be understood.
pub fn invalid_request(why: &str) -> Fault {
    InvalidRequest::default().fault_with(why)
}

/// An argument is missing or of another type.
pub fn malformed(error: &TypeError) -> Fault {
    invalid_request(&error.to_string())
}

/// The collector did not give out this version last.
pub fn invalid_collector_version() -> Fault {
    InvalidCollectorVersion::default().fault()
}

/// A waiting call was cancelled.
pub fn request_canceled() -> Fault {
    RequestCanceled::default().fault()
}

/// The object's type has no such method.
pub fn method_not_found(receiver: &MoRef, method: &str) -> Fault {
    MethodNotFound { receiver: receiver.clone(), method: method.to_owned(), ..MethodNotFound::default() }
        .fault_with(format!("The method '{method}' is not valid on this object."))
}

/// The method is known and not served here.
pub fn not_served(method: &str) -> Fault {
    NotSupported::default().fault_with(format!("The operation is not supported on the object: {method} is not served by this vCenter."))
}

/// The page's token is not known.
pub fn invalid_token() -> Fault {
    invalid_argument("token")
}

/// What is referred to is not there.
pub fn missing() -> Fault {
    NotFound::default().fault()
}

/// No volume of this id, in the words of CNS.
pub fn volume_missing(id: &str) -> Fault {
    NotFound::default().fault_with(format!("The object or item referred to could not be found: volume {id}."))
}

/// No snapshot of this id, in the words of CNS.
pub fn snapshot_missing(volume: &str, id: &str) -> Fault {
    NotFound::default().fault_with(format!("The object or item referred to could not be found: snapshot {id} of volume {volume}."))
}

/// The volume is attached, or has snapshots.
pub fn volume_in_use() -> Fault {
    ResourceInUse { kind: Some(String::new()), name: Some("volume".to_owned()), ..ResourceInUse::default() }.fault()
}

/// An operation of CNS failed for a reason in words.
pub fn cns(reason: &str) -> Fault {
    CnsFault { reason: reason.to_owned(), ..CnsFault::default() }.fault()
}

/// An operation of CNS failed because of another fault, which clients read from `faultCause`.
pub fn cns_because(reason: &str, cause: &Fault) -> Fault {
    CnsFault { fault_cause: Some(localized(cause)), reason: reason.to_owned(), ..CnsFault::default() }.fault()
}

/// Something that should not happen.
pub fn system_error(reason: &str) -> Fault {
    SystemError { reason: reason.to_owned(), ..SystemError::default() }.fault()
}

/// The fault as data.
pub fn localized(fault: &Fault) -> LocalizedMethodFault {
    fault.clone().into_localized()
}

/// The VM is in that state already, or cannot go there.
pub fn invalid_power_state(wanted: PowerState, existing: PowerState) -> Fault {
    let wire = |state| match state {
        PowerState::PoweredOn => VirtualMachinePowerState::PoweredOn,
        PowerState::PoweredOff => VirtualMachinePowerState::PoweredOff,
    };
    InvalidPowerState { requested_state: Some(wire(wanted)), existing_state: wire(existing), ..InvalidPowerState::default() }.fault()
}
