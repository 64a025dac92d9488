//! Which gRPC status each failure is. The code decides whether a sidecar goes on asking, so it is decided in one place.
//!
//! For CreateVolume `Aborted`, `Unavailable`, `DeadlineExceeded` and `Cancelled` mean "may still be running: ask again,
//! even when the claim is deleted"; every other code is final. A create whose fate is open must therefore never be
//! answered with a final code. For publish, unpublish and delete every code is repeated in the same way.

use driver_host::MachineError;
use tonic::{Code, Status};

use crate::controller::CreateError;
use crate::operations::StoreError;
use crate::pool::PoolError;
use crate::vcenter::VCenterError;

/// The code of a fault of vCenter, by the fault's type.
fn fault_code(fault: &str, message: &str) -> Code {
    match fault {
        "NotFound" | "ManagedObjectNotFound" | "CnsNotRegisteredFault" | "CnsVolumeNotFoundFault" => Code::NotFound,
        "ResourceInUse" | "InvalidState" | "InvalidPowerState" | "NotSupported" => Code::FailedPrecondition,
        "CnsMissingControllerFault" | "MissingController" | "TooManyDevices" => Code::ResourceExhausted,
        "NoDiskSpace" | "InsufficientStorageSpace" | "InsufficientDatastoreSpace" => Code::ResourceExhausted,
        "InvalidArgument" | "InvalidDatastore" => Code::InvalidArgument,
        "NoPermission" => Code::PermissionDenied,
        "CnsVolumeAlreadyExistsFault" | "CnsAlreadyRegisteredFault" => Code::AlreadyExists,
        "TaskInProgress" | "ConcurrentAccess" | "RequestCanceled" => Code::Aborted,
        "HostNotConnected" | "InvalidHostState" | "HostCommunication" | "NotAuthenticated" => Code::Unavailable,
        "InvalidDeviceSpec" | "InvalidVmConfig" | "InvalidDeviceOperation" => Code::FailedPrecondition,
        // Before 8.0.0.3 a machine without a free slot is told by the text alone.
        _ if message.contains("missing SCSI controller") => Code::ResourceExhausted,
        _ => Code::Internal,
    }
}

/// How hosts word it that they cannot get a key.
const KEY_LOCATOR: &str = "Key locator error";

/// Whether a call failed because a key provider did not give a key.
pub(crate) fn key_is_out_of_reach(error: &VCenterError) -> bool {
    let VCenterError::Fault(refusal) = error else { return false };
    let required = refusal.fault == "EncryptionKeyRequired" || refusal.cause.as_deref() == Some("EncryptionKeyRequired");
    required || refusal.message.contains(KEY_LOCATOR) || refusal.cause_message.contains(KEY_LOCATOR)
}

/// The status of a failed call to vCenter.
pub(crate) fn of_vcenter(error: &VCenterError) -> Status {
    let code = match error {
        _ if key_is_out_of_reach(error) => Code::Unavailable,
        // What CNS passes on is worded by the fault below.
        VCenterError::Fault(refusal) if refusal.fault == "CnsFault" && refusal.cause.is_some() => {
            let below = fault_code(refusal.cause.as_deref().unwrap_or_default(), &refusal.message);
            // Both mean something else of the volume than of what CNS did to it.
            if matches!(below, Code::NotFound | Code::InvalidArgument) { Code::Internal } else { below }
        }
        VCenterError::Fault(refusal) => fault_code(&refusal.fault, &refusal.message),
        VCenterError::NoAnswer { .. } | VCenterError::NotSent { .. } => Code::Unavailable,
        VCenterError::TaskGone { .. } => Code::Aborted,
    };
    Status::new(code, error.to_string())
}

/// The status of something whose whereabouts are not known.
pub(crate) fn of_pool(error: &PoolError) -> Status {
    // What one vCenter said of itself must not pass for what all of them say of the thing: "not found" least of all.
    let code = match of_vcenter(&error.source).code() {
        Code::PermissionDenied => Code::PermissionDenied,
        _ => Code::Unavailable,
    };
    Status::new(code, error.to_string())
}

/// The status of a record that could not be read or written.
pub(crate) fn of_store(error: &StoreError) -> Status {
    let code = match error {
        StoreError::Conflict { .. } => Code::Aborted,
        StoreError::Failed { .. } => Code::Unavailable,
    };
    Status::new(code, error.to_string())
}

/// The status of a create that did not end in a volume.
pub(crate) fn of_create(error: &CreateError) -> Status {
    match error {
        CreateError::VCenter(inner) => of_vcenter(inner),
        CreateError::Store(inner) => of_store(inner),
        CreateError::Placement(inner) => inner.status(),
        CreateError::InDoubt(_)
        | CreateError::NoPlaceYet(_)
        | CreateError::Unanswered(_)
        | CreateError::Recovering { .. }
        | CreateError::NotListed { .. } => Status::aborted(error.to_string()),
        CreateError::OtherSize { .. } | CreateError::OtherName { .. } => Status::already_exists(error.to_string()),
        CreateError::OtherVCenter { .. } => Status::failed_precondition(error.to_string()),
    }
}

/// The status of something that the node could not do.
pub(crate) fn of_machine(error: &MachineError) -> Status {
    let code = match error {
        MachineError::NotFound(_) => Code::NotFound,
        // The CO waits and asks again; the mount may be in use for a moment longer.
        MachineError::Busy(_) => Code::Aborted,
        MachineError::Failed { .. } => Code::Internal,
    };
    Status::new(code, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vcenter::Refusal;

    #[test]
    fn a_create_in_doubt_is_never_answered_with_a_final_code() {
        let refusal = Refusal {
            operation: "CnsQueryVolume",
            fault: "NoPermission".into(),
            message: String::new(),
            cause: None,
            cause_message: String::new(),
            object: None,
        };
        let fault = || VCenterError::Fault(Box::new(refusal.clone()));
        for error in [CreateError::InDoubt(fault()), CreateError::Recovering { name: "a".into() }] {
            assert_eq!(of_create(&error).code(), Code::Aborted);
        }
        assert_eq!(of_create(&CreateError::VCenter(fault())).code(), Code::PermissionDenied);
    }

    #[test]
    fn silence_is_not_final() {
        let silence = VCenterError::NoAnswer { operation: "CnsCreateVolume", reason: "reset".into() };
        assert_eq!(of_vcenter(&silence).code(), Code::Unavailable);
    }
}
