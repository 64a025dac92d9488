//! Changing keys, in two halves.
//!
//! A shallow recrypt first writes the new key beside the old one and then takes the old one away. What fails between the
//! halves opens with either key; doing it again finishes what was begun, with the key that was begun with.

use vsphere_types::{Fault, MoRef};

use super::fault as faults;
use super::keys;
use crate::state::{KeyChange, KeyRef, KeyStep, Lock, PolicyChange, WantedKey};
use crate::world::World;

/// The keys of a thing: the present one, and the one before while a change is not finished.
type Keys = (Option<KeyRef>, Option<KeyRef>);

fn keys_of(world: &World, lock: &Lock) -> Keys {
    let state = &world.parts.state;
    match lock {
        Lock::Machine(vm) => state.vms.get(vm).map(|record| (record.key.clone(), record.old_key.clone())),
        Lock::Volume(id) => state.volumes.get(id).map(|volume| (volume.key.clone(), volume.old_key.clone())),
    }
    .unwrap_or_default()
}

fn set_keys(world: &mut World, lock: &Lock, (key, old_key): Keys) {
    let state = &mut world.parts.state;
    match lock {
        Lock::Machine(vm) => {
            if let Some(record) = state.vms.get_mut(vm) {
                (record.key, record.old_key) = (key, old_key);
            }
        }
        Lock::Volume(id) => {
            if let Some(volume) = state.volumes.get_mut(id) {
                (volume.key, volume.old_key) = (key, old_key);
            }
        }
    }
}

/// The host on which the thing is in use.
pub fn host_of(world: &World, lock: &Lock) -> Option<MoRef> {
    let state = &world.parts.state;
    let vm = match lock {
        Lock::Machine(vm) => vm.clone(),
        Lock::Volume(id) => state.volumes.get(id)?.attachments.first()?.vm.clone(),
    };
    state.vms.get(&vm).map(|record| record.host.clone())
}

/// A key for the thing, which the host that uses it holds too.
fn take_for(world: &mut World, lock: &Lock, wanted: &WantedKey) -> Result<KeyRef, Fault> {
    let key = keys::take(world, wanted)?;
    if let Some(host) = host_of(world, lock) {
        keys::bring(world, &host, &[vec![key.clone()]])?;
    }
    Ok(key)
}

/// The first half of a shallow recrypt; of all other changes nothing can be done by halves.
pub fn begin(world: &mut World, step: &KeyStep) -> Result<(), Fault> {
    let KeyChange::Recrypt { to, deep: false } = &step.change else { return Ok(()) };
    let (key, old_key) = keys_of(world, &step.lock);
    let begun = old_key.is_some() && key.as_ref().is_some_and(|key| world.parts.state.meets(key, to));
    if begun {
        return Ok(());
    }
    let new = take_for(world, &step.lock, to)?;
    if key.as_ref() != Some(&new) {
        set_keys(world, &step.lock, (Some(new), old_key.or(key)));
    }
    Ok(())
}

/// All of a change.
pub fn complete(world: &mut World, step: &KeyStep) -> Result<(), Fault> {
    match &step.change {
        KeyChange::Nothing => {}
        KeyChange::Register(wanted) => {
            take_for(world, &step.lock, wanted)?;
        }
        KeyChange::Encrypt(wanted) => {
            let key = take_for(world, &step.lock, wanted)?;
            set_keys(world, &step.lock, (Some(key), None));
        }
        KeyChange::Decrypt => set_keys(world, &step.lock, (None, None)),
        KeyChange::Recrypt { to, deep: true } => {
            let key = take_for(world, &step.lock, to)?;
            set_keys(world, &step.lock, (Some(key), None));
        }
        KeyChange::Recrypt { deep: false, .. } => {
            begin(world, step)?;
            let (key, _) = keys_of(world, &step.lock);
            if !key.as_ref().is_some_and(|key| world.parts.state.can_fetch(key)) {
                return Err(faults::key_locator("DiskLib_RecryptShallow"));
            }
            set_keys(world, &step.lock, (key, None));
        }
    }
    if let Lock::Volume(id) = &step.lock
        && step.policy != PolicyChange::Keep
        && let Some(volume) = world.parts.state.volumes.get_mut(id)
    {
        volume.policy = match &step.policy {
            PolicyChange::To(policy) => Some(policy.clone()),
            _ => None,
        };
    }
    Ok(())
}
