//! From what `vsphere_client` says to what the controller decides by.

use vsphere_client::{ClientError, MachineFacts, describe, describe_fault};
use vsphere_types::{CnsBackingObjectDetails, CnsVolume, CryptoKeyId, Fault, MoRef, Object, VirtualDisk};

use super::super::{AttachedDisk, Key, MachineView, Refusal, VCenterError, Volume};

/// The error of a call, or of the task that it started.
pub(super) fn error(operation: &'static str, failure: &ClientError) -> VCenterError {
    match failure {
        ClientError::Login { .. } | ClientError::LoginHeld { .. } => VCenterError::NotSent { operation, reason: failure.to_string() },
        ClientError::TaskGone { task, .. } => VCenterError::TaskGone { task: task.clone() },
        ClientError::Fault { fault, .. }
        | ClientError::Task { fault, .. }
        | ClientError::Volume { fault, .. }
        | ClientError::Property { fault, .. } => refusal(operation, fault),
        ClientError::Rest { status, message, .. } if status.as_u16() == 403 => VCenterError::Fault(Box::new(Refusal {
            operation,
            fault: "NoPermission".to_owned(),
            message: message.clone(),
            cause: None,
            cause_message: String::new(),
            object: None,
        })),
        _ => VCenterError::NoAnswer { operation, reason: failure.to_string() },
    }
}

/// vCenter's no, as the controller decides by it.
pub(super) fn refusal(operation: &'static str, fault: &Fault) -> VCenterError {
    let (cause, cause_message) = cause(&fault.object).unzip();
    VCenterError::Fault(Box::new(Refusal {
        operation,
        fault: fault.type_name().to_owned(),
        message: describe(fault),
        cause,
        cause_message: cause_message.unwrap_or_default(),
        object: fault.object.get("obj").and_then(|value| value.as_ref_value()).cloned(),
    }))
}

/// `faultCause` is a fault with a text of its own; its type is what counts.
fn cause(fault: &Object) -> Option<(String, String)> {
    let cause = fault.get("faultCause")?.as_object()?;
    let inner = cause.get("fault").and_then(|value| value.as_object()).unwrap_or(cause);
    let text = cause.get("localizedMessage").and_then(|text| text.as_text()).unwrap_or_default();
    Some((inner.type_name.to_string(), describe_fault(inner, text)))
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

/// Disks on a controller for disks, less the place that it takes itself; and controllers of a machine.
const UNITS: usize = 15;
const CONTROLLERS: usize = 4;

/// A virtual machine, as far as decisions hang on it.
pub(super) fn machine_view(facts: MachineFacts) -> Result<MachineView, ClientError> {
    let disks = facts.disks()?;
    let slots = disks.as_ref().and_then(|disks| facts.devices.as_ref().map(|devices| slots(devices, disks)));
    Ok(MachineView {
        vm: facts.reference,
        name: facts.name,
        bios_uuid: facts.bios_uuid.map(|uuid| uuid.to_ascii_lowercase()),
        host: facts.host,
        disks: disks.map(|disks| disks.into_iter().filter_map(attached).collect()),
        slots,
        key: facts.key.and_then(key),
    })
}

/// For how many volumes there is room: CNS uses paravirtual controllers, and adds them until there are four controllers of
/// any kind; each of another kind costs fifteen places, each disk that is no volume one.
fn slots(devices: &[Object], disks: &[VirtualDisk]) -> usize {
    let controllers = devices.iter().filter(|device| device.is_a("VirtualSCSIController"));
    let (usable, others): (Vec<&Object>, Vec<&Object>) = controllers.partition(|device| device.is_a("ParaVirtualSCSIController"));
    let number = |device: &&Object| device.get("key").and_then(|key| key.read::<i32>().ok().flatten());
    let keys: Vec<i32> = usable.iter().filter_map(number).collect();
    let on_usable = |disk: &&VirtualDisk| disk.controller_key.is_some_and(|controller| keys.contains(&controller));
    let taken = disks.iter().filter(|disk| disk.v_disk_id.is_none()).filter(on_usable).count();
    (CONTROLLERS.saturating_sub(others.len()) * UNITS).saturating_sub(taken)
}

/// A disk's own uuid and the volume that it is; a disk without a uuid is none of CNS's.
fn attached(disk: VirtualDisk) -> Option<AttachedDisk> {
    let backing = disk.backing?;
    let disk_uuid = backing.get("uuid")?.as_text()?.to_owned();
    let encrypted = backing.get("keyId").and_then(|value| value.as_object()).and_then(|id| id.downcast::<CryptoKeyId>().ok());
    Some(AttachedDisk { volume_id: disk.v_disk_id.map(|id| id.id), disk_uuid, key: encrypted.and_then(key) })
}

/// A key whose provider is not told is nobody's.
pub(super) fn key(id: CryptoKeyId) -> Option<Key> {
    Some(Key { provider: id.provider_id?.id, id: id.key_id })
}

/// Who the driver says it is; vCenter shows it beside the session.
pub(super) fn user_agent(cluster_id: &str) -> String {
    // A header takes visible ASCII only.
    let plain: String = cluster_id.chars().map(|character| if character.is_ascii_graphic() { character } else { '-' }).collect();
    format!("k8s-csi-useragent-{plain}")
}
