//! ClusterComputeResource.
//!
//! Modelled: its hosts, what they mount, totals of their hardware, HA (at work in `hosts`) and DRS as
//! configured. Not modelled: DRS at work, recommendations, groups and rules, vSAN's configuration (but see `operations::vsan`).

use std::collections::BTreeSet;

use vsphere_types::{
    ClusterComputeResourceSummary, ClusterConfigInfoEx, ClusterDasConfigInfo, ClusterDrsConfigInfo, DrsBehavior, ManagedEntityStatus,
    MoRef, Value,
};

use super::host_system::{CORES, CPU_MHZ, MEMORY_BYTES, THREADS};
use super::value::{count, data, reference, references};
use crate::look::Look;
use crate::state::{Cluster, number_of};

/// Reads one of its own properties.
pub fn property(look: &Look, object: &MoRef, cluster: &Cluster, name: &str) -> Option<Value> {
    match name {
        "resourcePool" => Some(reference(&cluster.pool)),
        "host" => Some(references(look.state.hosts_of(object))),
        "datastore" => Some(references(mounted(look, object, |host| &host.datastores))),
        "network" => Some(references(mounted(look, object, |host| &host.networks))),
        "summary" | "summaryEx" => Some(data(summary(look, object))),
        "configurationEx" => Some(data(configuration(cluster))),
        _ => None,
    }
}

fn mounted(look: &Look, object: &MoRef, what: impl Fn(&crate::state::Host) -> &Vec<MoRef>) -> Vec<MoRef> {
    let hosts = look.state.hosts.values().filter(|host| host.parent == *object);
    let objects: BTreeSet<&MoRef> = hosts.flat_map(what).collect();
    let mut objects: Vec<MoRef> = objects.into_iter().cloned().collect();
    objects.sort_by_key(number_of);
    objects
}

/// Totals of its hosts.
pub fn summary(look: &Look, object: &MoRef) -> ClusterComputeResourceSummary {
    let hosts: Vec<_> = look.state.hosts.values().filter(|host| host.parent == *object).collect();
    let effective = hosts.iter().filter(|host| host.connected() && !host.maintenance).count();
    let (all, usable) = (count(hosts.len()), count(effective));
    let cores = i16::try_from(all).unwrap_or(i16::MAX);
    ClusterComputeResourceSummary {
        total_cpu: all * CPU_MHZ * i32::from(CORES),
        total_memory: i64::from(all) * MEMORY_BYTES,
        num_cpu_cores: cores.saturating_mul(CORES),
        num_cpu_threads: cores.saturating_mul(THREADS),
        effective_cpu: usable * CPU_MHZ * i32::from(CORES),
        effective_memory: i64::from(usable) * (MEMORY_BYTES / (1024 * 1024)),
        num_hosts: all,
        num_effective_hosts: usable,
        overall_status: ManagedEntityStatus::Green,
        ..ClusterComputeResourceSummary::default()
    }
}

fn configuration(cluster: &Cluster) -> ClusterConfigInfoEx {
    ClusterConfigInfoEx {
        vm_swap_placement: "vmDirectory".to_owned(),
        das_config: ClusterDasConfigInfo { enabled: Some(cluster.ha), ..ClusterDasConfigInfo::default() },
        drs_config: ClusterDrsConfigInfo {
            enabled: Some(true),
            default_vm_behavior: Some(DrsBehavior::FullyAutomated),
            ..ClusterDrsConfigInfo::default()
        },
        ..ClusterConfigInfoEx::default()
    }
}
