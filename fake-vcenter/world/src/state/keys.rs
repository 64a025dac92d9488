//! What follows from keys and their providers.

use vsphere_types::MoRef;

use super::key::KeyRef;
use super::tables::State;
use super::vm::VirtualMachine;
use super::volume::Volume;
use super::work::WantedKey;
use crate::config::KeyProviderKind;

impl State {
    /// The name of the provider that keys are taken from when nobody says from where.
    pub fn default_provider(&self) -> Option<&str> {
        self.key_providers.iter().find(|(_, provider)| provider.default).map(|(name, _)| name.as_str())
    }

    /// The kind of a key's provider.
    pub fn kind_of_key(&self, key: &KeyRef) -> Option<KeyProviderKind> {
        self.key_providers.get(&key.provider).map(|provider| provider.kind)
    }

    /// Whether the provider would hand the key out now.
    pub fn can_fetch(&self, key: &KeyRef) -> bool {
        self.key_providers.get(&key.provider).is_some_and(|provider| provider.available && provider.keys.contains(&key.id))
    }

    /// Whether this key is what is asked for.
    pub fn meets(&self, key: &KeyRef, wanted: &WantedKey) -> bool {
        let provider = wanted.provider.as_deref().or_else(|| self.default_provider());
        provider == Some(key.provider.as_str()) && wanted.id.as_ref().is_none_or(|id| *id == key.id)
    }

    /// What has to be opened for a VM to run: its own files, and each of its volumes.
    pub fn locks_of(&self, vm: &MoRef) -> Vec<Vec<KeyRef>> {
        let own = self.vms.get(vm).map(VirtualMachine::keys);
        own.into_iter().chain(self.volumes_of(vm).into_iter().map(Volume::keys)).collect()
    }

    /// Whether keys of several kinds of providers would meet in one VM.
    pub fn mixes<'a>(&self, keys: impl IntoIterator<Item = &'a KeyRef>) -> bool {
        let mut kinds = keys.into_iter().filter_map(|key| self.kind_of_key(key));
        let first = kinds.next();
        kinds.any(|kind| Some(kind) != first)
    }
}
