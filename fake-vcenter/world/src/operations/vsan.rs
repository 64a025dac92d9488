//! VsanClusterGetConfig: whether a cluster has vSAN.
//!
//! Modelled: a cluster has vSAN when one of its hosts mounts a vSAN datastore. Not modelled: everything else that can be set
//! up, file services among it, and changing any of it. The CSI driver asks each cluster, and needs `enabled` to be there.

use vsphere_types::{Fault, Value, VsanConfigInfoEx};

use super::Call;
use crate::config::DatastoreKind;
use crate::fault;
use crate::world::{Reply, World};

/// Answers how vSAN is set up on a cluster.
pub fn carry_out(world: &World, call: &Call) -> Result<Reply, Fault> {
    let cluster = call.arguments.reference("cluster")?;
    let state = &world.parts.state;
    if !state.clusters.contains(&cluster) {
        return Err(fault::not_found(&cluster));
    }
    let mut mounted = state.hosts.values().filter(|host| host.parent == cluster).flat_map(|host| &host.datastores);
    let enabled = mounted.any(|datastore| state.datastores.get(datastore).is_some_and(|datastore| datastore.kind == DatastoreKind::Vsan));
    let configuration = VsanConfigInfoEx { enabled: Some(enabled), ..VsanConfigInfoEx::default() };
    Ok(Reply::Done(Some(Value::of(configuration))))
}
