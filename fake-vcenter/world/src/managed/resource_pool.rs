//! ResourcePool.
//!
//! Modelled: the root pool of each cluster and its VMs, how much of its cluster's hosts it may use. Not modelled: allocations (all
//! unlimited), what is used of them (nothing), pools inside, vApps.

use vsphere_types::{
    ManagedEntityStatus, MoRef, ResourceAllocationInfo, ResourceConfigSpec, ResourcePoolResourceUsage, ResourcePoolRuntimeInfo,
    ResourcePoolSummary, SharesInfo, SharesLevel, Value,
};

use super::cluster_compute_resource;
use super::value::{data, reference, references};
use crate::look::Look;
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
        "runtime" => Some(data(runtime(look, pool))),
        "summary" => Some(data(ResourcePoolSummary {
            name: pool.name.clone(),
            config: config(object),
            runtime: runtime(look, pool),
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

/// All of it is free, for nothing is reserved: MHz of processors, bytes of memory.
fn runtime(look: &Look, pool: &ResourcePool) -> ResourcePoolRuntimeInfo {
    let cluster = cluster_compute_resource::summary(look, &pool.owner);
    let free =
        |most| ResourcePoolResourceUsage { unreserved_for_pool: most, unreserved_for_vm: most, max_usage: most, ..Default::default() };
    ResourcePoolRuntimeInfo {
        memory: free(cluster.effective_memory.saturating_mul(1024 * 1024)),
        cpu: free(i64::from(cluster.effective_cpu)),
        overall_status: ManagedEntityStatus::Green,
        ..ResourcePoolRuntimeInfo::default()
    }
}
