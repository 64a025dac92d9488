//! A running or stopped VM comes to another host, as vMotion does it.
//!
//! Modelled: the host, what the VM lies on itself where the host does not mount it, keys, what forbids it. Not modelled: time, network
//! and processor compatibility. A client could notice that no task is seen.

use vsphere_types::{Fault, InvalidDatastore, InvalidHostState, MoRef, TypedFault};

use crate::crypto::keys;
use crate::fault;
use crate::world::World;

/// Moves a VM; into another cluster too. Its volumes stay where they lie.
pub fn migrate(world: &mut World, vm: &MoRef, host: &MoRef) -> Result<(), Fault> {
    let state = &world.parts.state;
    let target = state.hosts.get(host).ok_or_else(|| fault::not_found(host))?.clone();
    let record = state.vms.get(vm).ok_or_else(|| fault::not_found(vm))?;
    if target.maintenance {
        return Err(InvalidHostState { host: Some(host.clone()), ..InvalidHostState::default() }.fault());
    }
    if let Some(volume) = state.volumes_of(vm).into_iter().find(|volume| !target.datastores.contains(&volume.datastore)) {
        let name = state.name_of(&volume.datastore).map(str::to_owned);
        let text = format!("The host {} does not mount the datastore of volume {}.", target.name, volume.id);
        return Err(InvalidDatastore { datastore: Some(volume.datastore.clone()), name, ..InvalidDatastore::default() }.fault_with(text));
    }
    let own = Some(record.datastore.clone()).filter(|own| target.datastores.contains(own));
    let datastore = own.or_else(|| target.datastores.first().cloned()).unwrap_or_else(|| record.datastore.clone());
    let pool = state.clusters.get(&target.parent).map(|cluster| cluster.pool.clone());
    let locks = state.locks_of(vm);
    if state.runs(vm) {
        keys::bring(world, host, &locks)?;
    }
    if let Some(record) = world.parts.state.vms.get_mut(vm) {
        record.host = host.clone();
        record.datastore = datastore;
        record.pool = pool.unwrap_or_else(|| record.pool.clone());
    }
    Ok(())
}
