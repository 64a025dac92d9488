//! ResourcePool.
//!
//! Modelled: the root pool of each cluster and its VMs. Not modelled: allocations (all unlimited), pools inside, vApps.

use fake_vcenter_types::{
    ManagedEntityStatus, MoRef, ResourceAllocationInfo, ResourceConfigSpec, ResourcePoolRuntimeInfo, ResourcePoolSummary, SharesInfo,
    SharesLevel, Value,
};

use super::Look;
use super::value::{data, reference, references};
use crate::state::{ResourcePool, number_of};

/// Reads one of its own properties.
pub fn property(look: &Look, object: &MoRef, pool: &ResourcePool, name: &str) -> Option<Value> {
    match name {
        "owner" => Some(reference(&pool.owner)),
        "resourcePool" => {
            let mut inner: Vec<MoRef> =
                look.state.pools.iter().filter(|(_, row)| row.parent == *object).map(|(key, _)| key.clone()).collect();
            inner.sort_by_key(number_of);
            Some(references(inner))
        }
        "vm" => Some(references(look.state.vms_at(object))),
        "config" => Some(data(config(object))),
        "runtime" => Some(data(runtime())),
        "summary" => Some(data(ResourcePoolSummary {
            name: pool.name.clone(),
            config: config(object),
            runtime: runtime(),
            ..ResourcePoolSummary::default()
        })),
        _ => None,
    }
}

fn config(object: &MoRef) -> ResourceConfigSpec {
    let unlimited = |shares| ResourceAllocationInfo {
        reservation: Some(0),
        expandable_reservation: Some(true),
        limit: Some(-1),
        shares: Some(SharesInfo { shares, level: SharesLevel::Normal }),
        ..ResourceAllocationInfo::default()
    };
    ResourceConfigSpec {
        entity: Some(object.clone()),
        cpu_allocation: unlimited(4_000),
        memory_allocation: unlimited(163_840),
        ..ResourceConfigSpec::default()
    }
}

fn runtime() -> ResourcePoolRuntimeInfo {
    ResourcePoolRuntimeInfo { overall_status: ManagedEntityStatus::Green, ..ResourcePoolRuntimeInfo::default() }
}
