//! ReconfigVM_Task.
//!
//! Served: the machine's encryption (`crypto`), the encryption of its disks (`deviceChange` edit with `backing.crypto`),
//! adding a disk that is a volume, taking such a disk out, the name. Whatever else a specification asks for is refused
//! by name, and nothing of it is done. All of a reconfiguration happens, or none.

use vsphere_types::{
    ConcurrentAccess, DataObject, Fault, InvalidDeviceSpec, MoRef, NotSupported, Object, TypedFault, VirtualDeviceConfigSpec,
    VirtualDeviceConfigSpecBackingSpec, VirtualDeviceConfigSpecOperation, VirtualDisk, VirtualDiskFlatVer2BackingInfo,
    VirtualMachineConfigSpec,
};

use super::power::host_must_answer;
use crate::crypto::change;
use crate::crypto::plan::{self, Way};
use crate::crypto::recrypt;
use crate::fault;
use crate::state::{DiskEdit, KeyStep, Lock, PolicyChange, Reconfiguration, VolumeMark};
use crate::storage;
use crate::world::World;

/// Reads a specification.
pub fn read(spec: &Object) -> Result<Reconfiguration, Fault> {
    const SERVED: [&str; 4] = ["changeVersion", "name", "crypto", "deviceChange"];
    if let Some((name, _)) = spec.fields.iter().find(|(name, _)| !SERVED.contains(&name.as_str())) {
        return Err(unserved(&format!("spec.{name}")));
    }
    let spec = VirtualMachineConfigSpec::from_object(spec).map_err(|error| fault::malformed(&error))?;
    Ok(Reconfiguration {
        change_version: spec.change_version,
        name: spec.name.filter(|name| !name.is_empty()),
        crypto: spec.crypto.as_ref().map(change::read).transpose()?,
        disks: spec.device_change.iter().enumerate().map(|(index, device)| read_device(index, device)).collect::<Result<_, _>>()?,
    })
}

fn unserved(what: &str) -> Fault {
    NotSupported::default().fault_with(format!("The operation is not supported on the object: {what} is not served by this vCenter."))
}

fn read_device(index: usize, spec: &Object) -> Result<DiskEdit, Fault> {
    let place = format!("spec.deviceChange[{index}]");
    let spec: VirtualDeviceConfigSpec = spec.downcast().map_err(|error| fault::malformed(&error))?;
    let Ok(disk) = spec.device.downcast::<VirtualDisk>() else {
        return Err(unserved(&format!("{place}.device of type {}", spec.device.type_name)));
    };
    if spec.file_operation.is_some() {
        return Err(unserved(&format!("{place}.fileOperation")));
    }
    match spec.operation {
        Some(VirtualDeviceConfigSpecOperation::Add) => {
            let file = disk.backing.as_ref().and_then(|backing| backing.downcast::<VirtualDiskFlatVer2BackingInfo>().ok());
            let volume = disk.v_disk_id.map(|id| id.id).or(file.map(|file| file.file_name)).filter(|name| !name.is_empty());
            Ok(DiskEdit::Add { volume: volume.ok_or_else(|| fault::invalid_argument(&format!("{place}.device.backing")))? })
        }
        Some(VirtualDeviceConfigSpecOperation::Remove) => Ok(DiskEdit::Remove { key: disk.key }),
        _ => {
            let crypto = spec.backing.and_then(|backing: VirtualDeviceConfigSpecBackingSpec| backing.crypto);
            let Some(crypto) = crypto else { return Err(unserved(&format!("{place}, an edit without backing.crypto,"))) };
            Ok(DiskEdit::Crypto { key: disk.key, change: change::read(&crypto)?, policy: change::read_policy(&spec.profile) })
        }
    }
}

/// The changes of encryption, each of the thing that it is about.
pub fn steps(world: &World, vm: &MoRef, spec: &Reconfiguration) -> Result<Vec<KeyStep>, Fault> {
    let machine =
        spec.crypto.as_ref().map(|change| KeyStep { lock: Lock::Machine(vm.clone()), change: change.clone(), policy: PolicyChange::Keep });
    let mut steps: Vec<KeyStep> = machine.into_iter().collect();
    let boot = world.parts.state.vms.get(vm).map(|record| record.boot_disk.key);
    for (index, edit) in spec.disks.iter().enumerate() {
        let DiskEdit::Crypto { key, change, policy } = edit else { continue };
        // The boot disk has the machine's own key: it follows what is done to the machine.
        if Some(*key) == boot {
            continue;
        }
        let lock = Lock::Volume(volume_at(world, vm, *key, index)?);
        steps.push(KeyStep { lock, change: change.clone(), policy: policy.clone() });
    }
    Ok(steps)
}

/// The volume that is a VM's disk of this device key.
fn volume_at(world: &World, vm: &MoRef, key: i32, index: usize) -> Result<String, Fault> {
    let disks = world.parts.state.volumes_of(vm);
    let disk = disks.into_iter().find(|volume| volume.attachment_to(vm).is_some_and(|place| place.key == key));
    let missing = || InvalidDeviceSpec {
        property: Some(format!("deviceChange[{index}].device.key")),
        device_index: i32::try_from(index).unwrap_or(i32::MAX),
        ..InvalidDeviceSpec::default()
    };
    disk.map(|volume| volume.id.clone()).ok_or_else(|| missing().fault_with(format!("Invalid configuration for device '{index}'.")))
}

/// Judges all of it.
fn check(world: &World, vm: &MoRef, spec: &Reconfiguration) -> Result<Vec<KeyStep>, Fault> {
    let record = world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    if spec.change_version.as_ref().is_some_and(|version| !version.is_empty() && *version != record.change_version.to_string()) {
        return Err(ConcurrentAccess::default().fault());
    }
    host_must_answer(&world.parts.state, vm)?;
    let steps = steps(world, vm, spec)?;
    for step in &steps {
        plan::check(world, step, Way::Machine)?;
    }
    plan::check_together(world, vm, &steps)?;
    Ok(steps)
}

/// The first half, of which a key's change is all that can be done by halves.
pub fn begin(world: &mut World, vm: &MoRef, spec: &Reconfiguration) -> Result<(), Fault> {
    for step in check(world, vm, spec)? {
        recrypt::begin(world, &step)?;
    }
    Ok(())
}

/// All of it.
pub fn apply(world: &mut World, vm: &MoRef, spec: &Reconfiguration) -> Result<(), Fault> {
    for step in check(world, vm, spec)? {
        recrypt::complete(world, &step)?;
    }
    for (index, edit) in spec.disks.iter().enumerate() {
        match edit {
            DiskEdit::Crypto { .. } => {}
            DiskEdit::Remove { key } => {
                let volume = volume_at(world, vm, *key, index)?;
                storage::unplug(world, &volume, vm);
            }
            DiskEdit::Add { volume } => {
                let state = &world.parts.state;
                let by_path = || state.volumes_by(&VolumeMark::Path(volume.clone())).into_iter().next();
                let found = state.volumes.get(volume).or_else(by_path);
                let id = found.map(|record| record.id.clone()).ok_or_else(|| fault::volume_missing(volume))?;
                storage::plug(world, &id, vm)?;
            }
        }
    }
    if let Some(record) = world.parts.state.vms.get_mut(vm) {
        if let Some(name) = &spec.name {
            record.name.clone_from(name);
        }
        record.change_version += 1;
    }
    Ok(())
}
