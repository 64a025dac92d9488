//! From what `vsphere_client` says to what the controller decides by.

use fake_vcenter_types::{CnsBackingObjectDetails, CnsVolume, Fault, MoRef, Object};
use vsphere_client::ClientError;

use super::super::{Refusal, VcenterError, Volume};

/// The error of a call, or of the task that it started.
pub(super) fn error(operation: &'static str, failure: &ClientError) -> VcenterError {
    match failure {
        ClientError::Login { .. } => VcenterError::NotSent { operation, reason: failure.to_string() },
        ClientError::TaskGone { task, .. } => VcenterError::TaskGone { task: task.clone() },
        ClientError::Fault { fault, .. }
        | ClientError::Task { fault, .. }
        | ClientError::Volume { fault, .. }
        | ClientError::Property { fault, .. } => refusal(operation, fault),
        _ => VcenterError::NoAnswer { operation, reason: failure.to_string() },
    }
}

fn refusal(operation: &'static str, fault: &Fault) -> VcenterError {
    VcenterError::Fault(Box::new(Refusal {
        operation,
        fault: fault.type_name().to_owned(),
        message: fault.message.clone(),
        cause: cause(&fault.object),
        object: fault.object.get("obj").and_then(|value| value.as_ref_value()).cloned(),
    }))
}

/// `faultCause` is a fault with a text of its own; its type is what counts.
fn cause(fault: &Object) -> Option<String> {
    let cause = fault.get("faultCause")?.as_object()?;
    let inner = cause.get("fault").and_then(|value| value.as_object()).unwrap_or(cause);
    Some(inner.type_name.clone())
}

/// Whether a fault says that this object is gone.
pub(super) fn fault_is_about(failure: &ClientError, object: &MoRef) -> bool {
    failure.says_gone(object)
}

/// A volume as CNS lists it.
pub(super) fn volume(found: CnsVolume) -> Volume {
    let details = found.backing_object_details.and_then(|details| details.downcast::<CnsBackingObjectDetails>().ok());
    Volume {
        id: found.volume_id.id,
        name: found.name.unwrap_or_default(),
        capacity_mb: details.and_then(|details| details.capacity_in_mb).unwrap_or_default(),
        datastore_url: found.datastore_url.unwrap_or_default(),
    }
}

/// Who the driver says it is; vCenter shows it beside the session.
pub(super) fn user_agent(cluster_id: &str) -> String {
    // A header takes visible ASCII only.
    let plain: String = cluster_id.chars().map(|character| if character.is_ascii_graphic() { character } else { '-' }).collect();
    format!("k8s-csi-useragent-{plain}")
}
