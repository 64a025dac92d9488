//! Whether a change of encryption may be made: judged for all of it before any of it is done.

use vsphere_types::{Fault, InvalidState, MoRef, TypedFault};

use super::fault as faults;
use crate::config::KeyProviderKind;
use crate::fault;
use crate::policy::wants_encryption;
use crate::state::{KeyChange, KeyRef, KeyStep, Lock, PolicyChange, PowerState, Volume};
use crate::world::World;

/// Who asks: each way has its own rules for volumes that are attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// CnsUpdateVolumeCrypto.
    Cns,
    /// UpdateVStorageObjectCrypto_Task.
    FirstClassDisk,
    /// ReconfigVM_Task of the VM that it is attached to.
    Machine,
}

/// Judges a change of one thing.
pub fn check(world: &World, step: &KeyStep, way: Way) -> Result<(), Fault> {
    match &step.lock {
        Lock::Machine(vm) => check_machine(world, vm, &step.change),
        Lock::Volume(id) => check_volume(world, id, step, way),
    }
}

fn check_volume(world: &World, id: &str, step: &KeyStep, way: Way) -> Result<(), Fault> {
    let volume = world.parts.state.volumes.get(&id.to_owned()).ok_or_else(|| fault::volume_missing(id))?;
    if step.change == KeyChange::Nothing && step.policy == PolicyChange::Keep {
        return Ok(());
    }
    if let Some(attachment) = volume.attachments.first() {
        check_attached(world, &attachment.vm, &step.change, way)?;
    }
    let rewrites = matches!(step.change, KeyChange::Encrypt(_) | KeyChange::Decrypt | KeyChange::Recrypt { deep: true, .. });
    if rewrites && !volume.snapshots.is_empty() {
        return Err(faults::has_snapshots());
    }
    check_native(world, &step.change)?;
    check_disk_state(volume.key.as_ref(), &step.change)?;
    check_policy(world, volume, step)
}

/// What is attached changes through its VM; CNS learned shallow recrypt of it with patches of 9.0.
fn check_attached(world: &World, vm: &MoRef, change: &KeyChange, way: Way) -> Result<(), Fault> {
    let shallow = matches!(change, KeyChange::Recrypt { deep: false, .. } | KeyChange::Register(_) | KeyChange::Nothing);
    match way {
        Way::Cns if shallow && world.config.release.recrypts_attached_volumes() => Ok(()),
        Way::Cns | Way::FirstClassDisk => Err(InvalidState::default().fault()),
        Way::Machine if shallow => Ok(()),
        Way::Machine => must_be_off(world, vm),
    }
}

fn must_be_off(world: &World, vm: &MoRef) -> Result<(), Fault> {
    let record = world.parts.state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    if record.power == PowerState::PoweredOn {
        return Err(fault::invalid_power_state(PowerState::PoweredOff, record.power));
    }
    Ok(())
}

/// First class disks and native keys did not go together before 8.0 U3.
pub fn check_native(world: &World, change: &KeyChange) -> Result<(), Fault> {
    let (KeyChange::Encrypt(wanted) | KeyChange::Recrypt { to: wanted, .. }) = change else { return Ok(()) };
    let state = &world.parts.state;
    let name = wanted.provider.as_deref().or_else(|| state.default_provider());
    let native =
        name.and_then(|name| state.key_providers.get(&name.to_owned())).is_some_and(|provider| provider.kind == KeyProviderKind::Native);
    if native && !world.config.release.has_native_keys_for_disks() {
        return Err(faults::native_keys_unusable());
    }
    Ok(())
}

fn check_disk_state(key: Option<&KeyRef>, change: &KeyChange) -> Result<(), Fault> {
    match (change, key) {
        (KeyChange::Encrypt(_), Some(_)) => Err(faults::disk_state(true)),
        (KeyChange::Decrypt | KeyChange::Recrypt { .. }, None) => Err(faults::disk_state(false)),
        _ => Ok(()),
    }
}

/// Encrypting and writing anew need a policy that encrypts, making clear one that does not; a shallow recrypt needs none.
fn check_policy(world: &World, volume: &Volume, step: &KeyStep) -> Result<(), Fault> {
    let policy = match &step.policy {
        PolicyChange::Keep => volume.policy.as_deref(),
        PolicyChange::To(id) => Some(id.as_str()),
        PolicyChange::Without => None,
    };
    let encrypts = policy.is_some_and(|policy| wants_encryption(&world.parts.state, policy));
    let came = step.policy != PolicyChange::Keep;
    match &step.change {
        KeyChange::Encrypt(_) | KeyChange::Recrypt { deep: true, .. } if !encrypts => {
            Err(faults::bad_policy("Encrypting a disk needs a storage policy that encrypts."))
        }
        KeyChange::Decrypt if encrypts => Err(faults::bad_policy("A disk cannot be made clear under a storage policy that encrypts.")),
        KeyChange::Nothing | KeyChange::Recrypt { .. } if came && encrypts != volume.key.is_some() => {
            Err(faults::bad_policy("The storage policy and the disk do not agree on encryption."))
        }
        _ => Ok(()),
    }
}

fn check_machine(world: &World, vm: &MoRef, change: &KeyChange) -> Result<(), Fault> {
    let state = &world.parts.state;
    let record = state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    match (change, &record.key) {
        (KeyChange::Encrypt(_), Some(_)) => Err(faults::machine_encrypted()),
        (KeyChange::Decrypt | KeyChange::Recrypt { .. }, None) => Err(faults::machine_not_encrypted()),
        (KeyChange::Recrypt { deep: false, .. } | KeyChange::Nothing | KeyChange::Register(_), _) => Ok(()),
        _ => must_be_off(world, vm),
    }
}

/// Judges what a reconfiguration makes of a VM as a whole: no encrypted disk on a machine in clear, one kind of provider.
pub fn check_together(world: &World, vm: &MoRef, steps: &[KeyStep]) -> Result<(), Fault> {
    let state = &world.parts.state;
    let record = state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    let machine = after(world, steps, &Lock::Machine(vm.clone()), record.key.as_ref());
    let disks = state.volumes_of(vm).into_iter();
    let disks: Vec<KeyRef> =
        disks.filter_map(|volume| after(world, steps, &Lock::Volume(volume.id.clone()), volume.key.as_ref())).collect();
    if machine.is_none() && !disks.is_empty() {
        let decrypts = steps.iter().any(|step| step.lock == Lock::Machine(vm.clone()) && step.change == KeyChange::Decrypt);
        return Err(if decrypts { faults::disks_still_encrypted() } else { faults::machine_not_encrypted() });
    }
    if state.mixes(machine.iter().chain(&disks)) {
        return Err(faults::mixed_keys());
    }
    Ok(())
}

/// The key that a thing will have, as far as its provider: which one it will be there is decided when it is made.
fn after(world: &World, steps: &[KeyStep], lock: &Lock, key: Option<&KeyRef>) -> Option<KeyRef> {
    match steps.iter().find(|step| step.lock == *lock).map(|step| &step.change) {
        Some(KeyChange::Decrypt) => None,
        Some(KeyChange::Encrypt(wanted) | KeyChange::Recrypt { to: wanted, .. }) => {
            let provider = wanted.provider.as_deref().or_else(|| world.parts.state.default_provider());
            Some(KeyRef { provider: provider.unwrap_or_default().to_owned(), id: wanted.id.clone().unwrap_or_default() })
        }
        _ => key.cloned(),
    }
}
