//! Key providers and keys: ListKmipServers, ListKmsClusters, RetrieveKmipServersStatus_Task, IsKmsClusterActive,
//! GetDefaultKmsCluster, SetDefaultKmsCluster, ListKeys, GenerateKey, QueryCryptoKeyStatus.
//!
//! Not modelled: defaults of single entities, filters by kind and state, custom attributes, certificates.

use vsphere_types::request::{
    GenerateKey, GetDefaultKmsCluster, IsKmsClusterActive, ListKeys, ListKmipServers, ListKmsClusters, QueryCryptoKeyStatus,
    RetrieveKmipServersStatusTask, SetDefaultKmsCluster,
};
use vsphere_types::{
    CryptoKeyId, CryptoKeyResult, CryptoManagerKmipClusterStatus, CryptoManagerKmipCryptoKeyStatus,
    CryptoManagerKmipCryptoKeyStatusKeyUnavailableReason as Reason, CryptoManagerKmipServerStatus, KeyProviderId, KmipClusterInfo,
    ManagedEntityStatus, MoRef, Value,
};

use crate::call::{Answer, Call, Operation, Reply};
use crate::crypto::keys;
use crate::fault;
use crate::managed::array;
use crate::managed::crypto_manager::{kind_name, provider_info, servers};
use crate::state::{KeyRef, State, WantedKey, Work};
use crate::tasks::{self, Order};
use crate::world::World;

/// `checkKeyBitMap`: whether the key can be had.
const CHECK_AVAILABLE: i32 = 1;
/// Which machines it has encrypted.
const CHECK_USED_BY_VMS: i32 = 2;

impl Operation for ListKmipServers {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(providers(&world.parts.state, self.limit)))
    }
}

impl Operation for ListKmsClusters {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(providers(&world.parts.state, None)))
    }
}

impl Operation for ListKeys {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let shown = |provider: &String, id: &String| KeyRef { provider: provider.clone(), id: id.clone() }.shown();
        let providers = world.parts.state.key_providers.iter();
        let keys = providers.flat_map(|(name, provider)| provider.keys.iter().map(|id| shown(name, id)));
        Ok(Reply::Done(keys.take(most(self.limit)).collect()))
    }
}

impl Operation for IsKmsClusterActive {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let state = &world.parts.state;
        let name = self.cluster.map(|provider| provider.id).or_else(|| state.default_provider().map(str::to_owned));
        Ok(Reply::Done(name.and_then(|name| state.key_providers.get(&name)).is_some_and(|provider| provider.available)))
    }
}

impl Operation for GetDefaultKmsCluster {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(world.parts.state.default_provider().map(|name| KeyProviderId { id: name.to_owned() })))
    }
}

impl Operation for SetDefaultKmsCluster {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        if self.entity.is_some() {
            return Err(fault::not_served("SetDefaultKmsCluster for one entity"));
        }
        let wanted = self.cluster_id.map(|provider| provider.id);
        let providers = &mut world.parts.state.key_providers;
        if wanted.as_ref().is_some_and(|name| !providers.contains(name)) {
            return Err(fault::invalid_argument("clusterId"));
        }
        for name in providers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>() {
            if let Some(provider) = providers.get_mut(&name) {
                provider.default = wanted.as_ref() == Some(&name);
            }
        }
        Ok(Reply::Done(()))
    }
}

impl Operation for GenerateKey {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let wanted = WantedKey { provider: self.key_provider.map(|provider| provider.id), id: None };
        Ok(Reply::Done(match keys::take(world, &wanted) {
            Ok(key) => CryptoKeyResult { key_id: key.shown(), success: true, ..CryptoKeyResult::default() },
            Err(refusal) => CryptoKeyResult {
                success: false,
                reason: Some(refusal.message.clone()),
                fault: Some(fault::localized(&refusal)),
                ..CryptoKeyResult::default()
            },
        }))
    }
}

impl Operation for QueryCryptoKeyStatus {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(self.key_ids.into_iter().map(|key| status_of_key(world, key, self.check_key_bit_map)).collect()))
    }
}

impl Operation for RetrieveKmipServersStatusTask {
    fn carry_out(self, world: &mut World, call: &Call) -> Answer<Self> {
        let providers = self.clusters.into_iter().map(|provider| provider.cluster_id.id).collect();
        let order = Order {
            description: "encryption.CryptoManagerKmip.retrieveKmipServersStatus",
            entity: MoRef::new("Folder", "group-d1"),
            takes: world.config.latency.query,
            lane: None,
            work: Work::ProviderStatus { providers },
        };
        tasks::create(world, call, order).map(Reply::Done)
    }
}

fn most(limit: Option<i32>) -> usize {
    limit.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0).unwrap_or(usize::MAX)
}

fn providers(state: &State, limit: Option<i32>) -> Vec<KmipClusterInfo> {
    state.key_providers.iter().take(most(limit)).map(|(name, provider)| provider_info(name, provider)).collect()
}

fn status_of_key(world: &World, key_id: CryptoKeyId, checks: i32) -> CryptoManagerKmipCryptoKeyStatus {
    let state = &world.parts.state;
    let provider = key_id.provider_id.as_ref().map(|provider| provider.id.clone()).unwrap_or_default();
    let key = KeyRef { provider, id: key_id.key_id.clone() };
    let reason = match state.key_providers.get(&key.provider) {
        None => Some(Reason::KeyStateClusterInvalid),
        Some(provider) if !provider.available => Some(Reason::KeyStateClusterUnreachable),
        Some(provider) if !provider.keys.contains(&key.id) => Some(Reason::KeyStateMissingInKms),
        Some(_) => None,
    };
    let asks = |check: i32| checks & check != 0;
    let vms = state
        .vms_where(|vm, record| record.keys().contains(&key) || state.volumes_of(vm).iter().any(|volume| volume.keys().contains(&key)));
    CryptoManagerKmipCryptoKeyStatus {
        key_id,
        key_available: asks(CHECK_AVAILABLE).then_some(reason.is_none()),
        reason: reason.filter(|_| asks(CHECK_AVAILABLE)).map(|reason| reason.wire_name().to_owned()),
        encrypted_vms: if asks(CHECK_USED_BY_VMS) { vms } else { Vec::new() },
        ..CryptoManagerKmipCryptoKeyStatus::default()
    }
}

/// How these providers fare; all when none is named.
pub fn statuses(state: &State, providers: &[String]) -> Value {
    let all = state.key_providers.iter();
    let status = |available: bool| if available { ManagedEntityStatus::Green } else { ManagedEntityStatus::Red };
    array(all.filter(|(name, _)| providers.is_empty() || providers.contains(name)).map(|(name, provider)| {
        CryptoManagerKmipClusterStatus {
            cluster_id: KeyProviderId { id: name.clone() },
            overall_status: Some(status(provider.available)),
            management_type: Some(kind_name(provider.kind).wire_name().to_owned()),
            servers: servers(name, provider)
                .into_iter()
                .map(|server| CryptoManagerKmipServerStatus {
                    name: server.name,
                    status: status(provider.available),
                    connection_status: if provider.available { "Connected" } else { "Not connected" }.to_owned(),
                    ..CryptoManagerKmipServerStatus::default()
                })
                .collect(),
            ..CryptoManagerKmipClusterStatus::default()
        }
    }))
}
