//! Keys: making them, and bringing them to the hosts that need them.

use vsphere_types::{CryptoKeyId, Fault, MoRef};

use super::fault as faults;
use crate::config::KeyProviderKind;
use crate::fault;
use crate::state::{KeyRef, State, VirtualMachine, Volume};
use crate::world::World;

/// The key that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Whose; the default provider's when not said.
    pub provider: Option<String>,
    /// Which; a fresh one when not said.
    pub id: Option<String>,
}

impl Wanted {
    /// A fresh key of this provider.
    pub fn of_provider(provider: &str) -> Self {
        Self { provider: Some(provider.to_owned()), id: None }
    }

    /// As a client asks for it: an empty key id means a fresh one.
    pub fn asked(key: &CryptoKeyId) -> Self {
        let provider = key.provider_id.as_ref().map(|provider| provider.id.clone()).filter(|id| !id.is_empty());
        Self { provider, id: Some(key.key_id.clone()).filter(|id| !id.is_empty()) }
    }

    /// Whether this key is what is asked for.
    pub fn is_met_by(&self, state: &State, key: &KeyRef) -> bool {
        let provider = self.provider.as_deref().or_else(|| default_provider(state));
        provider == Some(key.provider.as_str()) && self.id.as_ref().is_none_or(|id| *id == key.id)
    }
}

/// The name of the provider that keys are taken from when nobody says from where.
pub fn default_provider(state: &State) -> Option<&str> {
    state.key_providers.iter().find(|(_, provider)| provider.default).map(|(name, _)| name.as_str())
}

/// The kind of a key's provider.
pub fn kind_of(state: &State, key: &KeyRef) -> Option<KeyProviderKind> {
    state.key_providers.get(&key.provider).map(|provider| provider.kind)
}

/// Whether the provider would hand the key out now.
pub fn can_be_fetched(state: &State, key: &KeyRef) -> bool {
    state.key_providers.get(&key.provider).is_some_and(|provider| provider.available && provider.keys.contains(&key.id))
}

/// The key that is asked for, fetched or made.
pub fn take(world: &mut World, wanted: &Wanted) -> Result<KeyRef, Fault> {
    let state = &world.parts.state;
    let name = wanted.provider.as_deref().or_else(|| default_provider(state)).ok_or_else(faults::no_default_provider)?.to_owned();
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
        match keys.iter().find(|key| can_be_fetched(state, key)) {
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

/// What has to be opened for a VM to run: its own files, and each of its volumes.
pub fn locks_of(state: &State, vm: &MoRef) -> Vec<Vec<KeyRef>> {
    let own = state.vms.get(vm).map(VirtualMachine::keys);
    own.into_iter().chain(state.volumes_of(vm).into_iter().map(Volume::keys)).collect()
}

/// Whether keys of several kinds of providers would meet in one VM.
pub fn mixed<'a>(state: &State, keys: impl IntoIterator<Item = &'a KeyRef>) -> bool {
    let mut kinds = keys.into_iter().filter_map(|key| kind_of(state, key));
    let first = kinds.next();
    kinds.any(|kind| Some(kind) != first)
}
