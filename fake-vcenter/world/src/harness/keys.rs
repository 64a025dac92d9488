//! What happens to key providers and keys.

use jiff::Timestamp;
use vsphere_types::{CryptoKeyId, Fault};

use crate::crypto::fault::unknown_key;
use crate::state::KeyRef;
use crate::world::World;
use crate::{hosts, state};

impl World {
    /// Puts a key provider out of reach, or back. What hosts hold already they keep.
    ///
    /// # Errors
    /// There is no such provider.
    pub fn set_key_provider_available(&mut self, now: Timestamp, name: &str, available: bool) -> Result<(), Fault> {
        self.happen(now, "key-provider", |world| {
            let provider = world.parts.state.key_providers.get_mut(&name.to_owned());
            provider.ok_or_else(|| unknown_key(&format!("key provider {name}")))?.available = available;
            if available {
                hosts::look_again(world);
            }
            Ok(())
        })
    }

    /// Makes a provider the default, or none.
    ///
    /// # Errors
    /// There is no such provider.
    pub fn set_default_key_provider(&mut self, now: Timestamp, name: Option<&str>) -> Result<(), Fault> {
        self.happen(now, "key-provider", |world| {
            let providers = &mut world.parts.state.key_providers;
            if let Some(missing) = name.filter(|name| !providers.contains(&(*name).to_owned())) {
                return Err(unknown_key(&format!("key provider {missing}")));
            }
            for other in providers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>() {
                if let Some(provider) = providers.get_mut(&other) {
                    provider.default = name == Some(other.as_str());
                }
            }
            Ok(())
        })
    }

    /// Destroys a key at its provider. Hosts forget it too, so that what still needs it cannot pass by luck.
    ///
    /// # Errors
    /// There is no such key.
    pub fn destroy_key(&mut self, now: Timestamp, key: &KeyRef) -> Result<(), Fault> {
        self.happen(now, "key-destroyed", |world| {
            let provider = world.parts.state.key_providers.get_mut(&key.provider);
            if !provider.is_some_and(|provider| provider.keys.remove(&key.id)) {
                return Err(unknown_key(&format!("key {} at key provider {}", key.id, key.provider)));
            }
            let holders: Vec<_> = world.parts.state.hosts.iter().filter(|(_, host)| host.key_cache.contains(key)).collect();
            for host in holders.into_iter().map(|(host, _)| host.clone()).collect::<Vec<_>>() {
                if let Some(host) = world.parts.state.hosts.get_mut(&host) {
                    host.key_cache.remove(key);
                }
            }
            Ok(())
        })
    }

    /// All keys that providers have, in the order of their names.
    pub fn keys(&self) -> Vec<CryptoKeyId> {
        let keys = |(name, provider): (&String, &state::KeyProvider)| {
            let name = name.clone();
            provider.keys.iter().map(move |id| KeyRef { provider: name.clone(), id: id.clone() }.shown()).collect::<Vec<_>>()
        };
        self.parts.state.key_providers.iter().flat_map(keys).collect()
    }
}
