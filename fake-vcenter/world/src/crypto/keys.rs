//! Keys: making them, and bringing them to the hosts that need them.

use vsphere_types::{Fault, MoRef};

use super::fault as faults;
use crate::config::KeyProviderKind;
use crate::fault;
use crate::state::{KeyRef, WantedKey};
use crate::world::World;

/// The key that is asked for, fetched or made.
pub fn take(world: &mut World, wanted: &WantedKey) -> Result<KeyRef, Fault> {
    let state = &world.parts.state;
    let name = wanted.provider.as_deref().or_else(|| state.default_provider()).ok_or_else(faults::no_default_provider)?.to_owned();
    let provider = state.key_providers.get(&name).ok_or_else(|| faults::unknown_key(&format!("key provider {name}")))?;
    if !provider.available {
        return Err(faults::key_locator("KeyProvider_GetKey"));
    }
    if let Some(id) = &wanted.id {
        if !provider.keys.contains(id) {
            return Err(faults::unknown_key(&format!("key {id} at key provider {name}")));
        }
        return Ok(KeyRef { provider: name, id: id.clone() });
    }
    let made = provider.made + 1;
    let mut draws = world.seed.child("key").child(&name).child(&made.to_string()).generator();
    let id = match provider.kind {
        KeyProviderKind::Standard => draws.uuid().to_string(),
        KeyProviderKind::Native => format!("Ag4AAAEABAAM{}", draws.hex(52)),
    };
    if let Some(provider) = world.parts.state.key_providers.get_mut(&name) {
        provider.made = made;
        provider.keys.insert(id.clone());
    }
    Ok(KeyRef { provider: name, id })
}

/// Sees to it that a host holds, for each thing to be opened, one of the keys that open it. Nothing has changed when it
/// cannot be done.
pub fn bring(world: &mut World, host: &MoRef, locks: &[Vec<KeyRef>]) -> Result<(), Fault> {
    let state = &world.parts.state;
    let record = state.hosts.get(host).ok_or_else(|| fault::not_found(host))?;
    let (mut fetched, mut missing) = (Vec::new(), Vec::new());
    for keys in locks {
        let Some(first) = keys.first() else { continue };
        if keys.iter().any(|key| record.key_cache.contains(key)) {
            continue;
        }
        match keys.iter().find(|key| state.can_fetch(key)) {
            Some(key) => fetched.push(key.clone()),
            None => missing.push(first.clone()),
        }
    }
    if !missing.is_empty() {
        return Err(faults::key_required(&missing));
    }
    if fetched.is_empty() {
        return Ok(());
    }
    if let Some(record) = world.parts.state.hosts.get_mut(host) {
        record.key_cache.extend(fetched);
    }
    Ok(())
}
