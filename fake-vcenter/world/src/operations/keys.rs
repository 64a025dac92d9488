//! Key providers and keys: ListKmipServers, ListKmsClusters, RetrieveKmipServersStatus_Task, IsKmsClusterActive,
//! GetDefaultKmsCluster, SetDefaultKmsCluster, ListKeys, GenerateKey, QueryCryptoKeyStatus.
//!
//! Not modelled: defaults of single entities, filters by kind and state, custom attributes, certificates.

use vsphere_types::{
    CryptoKeyId, CryptoKeyResult, CryptoManagerKmipClusterStatus, CryptoManagerKmipCryptoKeyStatus,
    CryptoManagerKmipCryptoKeyStatusKeyUnavailableReason as Reason, CryptoManagerKmipServerStatus, Fault, KeyProviderId, KmipClusterInfo,
    ManagedEntityStatus, Method, MoRef, Value,
};

use super::Call;
use crate::crypto::keys::{self, Wanted};
use crate::fault;
use crate::latency::Range;
use crate::managed::array;
use crate::managed::crypto_manager::{kind_name, provider_info, servers};
use crate::state::{KeyRef, Work};
use crate::tasks::{self, Order};
use crate::world::{Reply, World};

/// `checkKeyBitMap`: whether the key can be had.
const CHECK_AVAILABLE: i32 = 1;
/// Which machines it has encrypted.
const CHECK_USED_BY_VMS: i32 = 2;

/// Carries out one of these methods.
pub fn carry_out(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let state = &world.parts.state;
    let value = match method {
        Method::ListKmipServers | Method::ListKmsClusters => {
            let limit = limit(call);
            array(state.key_providers.iter().take(limit).map(|(name, provider)| provider_info(name, provider)))
        }
        Method::ListKeys => {
            let keys = state
                .key_providers
                .iter()
                .flat_map(|(name, provider)| provider.keys.iter().map(|id| KeyRef { provider: name.clone(), id: id.clone() }.shown()));
            array(keys.take(limit(call)))
        }
        Method::IsKmsClusterActive => Value::Bool(is_active(world, call)?),
        Method::GetDefaultKmsCluster => {
            let default = keys::default_provider(state).map(|name| Value::of(KeyProviderId { id: name.to_owned() }));
            return Ok(Reply::Done(default));
        }
        Method::SetDefaultKmsCluster => return set_default(world, call),
        Method::GenerateKey => Value::of(generate(world, call)?),
        Method::QueryCryptoKeyStatus => {
            let keys: Vec<CryptoKeyId> = call.arguments.list("keyIds")?;
            let checks = call.arguments.number("checkKeyBitMap").unwrap_or_default();
            array(keys.into_iter().map(|key| status_of_key(world, key, checks)))
        }
        _ => return start_status(world, call, method),
    };
    Ok(Reply::Done(Some(value)))
}

fn limit(call: &Call) -> usize {
    call.arguments.number("limit").and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit > 0).unwrap_or(usize::MAX)
}

fn provider_named(call: &Call, name: &str) -> Result<Option<String>, Fault> {
    Ok(call.arguments.optional_data::<KeyProviderId>(name)?.map(|provider| provider.id))
}

fn is_active(world: &World, call: &Call) -> Result<bool, Fault> {
    let state = &world.parts.state;
    let name = provider_named(call, "cluster")?.or_else(|| keys::default_provider(state).map(str::to_owned));
    Ok(name.and_then(|name| state.key_providers.get(&name)).is_some_and(|provider| provider.available))
}

fn set_default(world: &mut World, call: &Call) -> Result<Reply, Fault> {
    if call.arguments.optional_reference("entity").is_some() {
        return Err(fault::not_served("SetDefaultKmsCluster for one entity"));
    }
    let wanted = provider_named(call, "clusterId")?;
    let providers = &mut world.parts.state.key_providers;
    if wanted.as_ref().is_some_and(|name| !providers.contains(name)) {
        return Err(fault::invalid_argument("clusterId"));
    }
    for name in providers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>() {
        if let Some(provider) = providers.get_mut(&name) {
            provider.default = wanted.as_ref() == Some(&name);
        }
    }
    Ok(Reply::Done(None))
}

fn generate(world: &mut World, call: &Call) -> Result<CryptoKeyResult, Fault> {
    let wanted = Wanted { provider: provider_named(call, "keyProvider")?, id: None };
    Ok(match keys::take(world, &wanted) {
        Ok(key) => CryptoKeyResult { key_id: key.shown(), success: true, ..CryptoKeyResult::default() },
        Err(refusal) => CryptoKeyResult {
            success: false,
            reason: Some(refusal.message.clone()),
            fault: Some(fault::localized(&refusal)),
            ..CryptoKeyResult::default()
        },
    })
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

fn start_status(world: &mut World, call: &Call, method: Method) -> Result<Reply, Fault> {
    let asked: Vec<KmipClusterInfo> = call.arguments.list("clusters")?;
    let providers = asked.into_iter().map(|provider| provider.cluster_id.id).collect();
    let takes: Range = world.config.latency.query;
    let description = "encryption.CryptoManagerKmip.retrieveKmipServersStatus";
    let entity = MoRef::new("Folder", "group-d1");
    let order = Order { method, description, entity, takes, lane: None, work: Work::ProviderStatus { providers } };
    Ok(Reply::Done(Some(Value::Ref(tasks::create(world, call.key()?, order)))))
}

/// How these providers fare; all when none is named.
pub fn statuses(world: &World, providers: &[String]) -> Value {
    let all = world.parts.state.key_providers.iter();
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
