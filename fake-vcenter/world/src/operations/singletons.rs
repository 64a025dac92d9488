//! RetrieveServiceContent, CurrentTime, VsanClusterGetConfig.
//!
//! Modelled of vSAN: a cluster has it when one of its hosts mounts a vSAN datastore. Not modelled: everything else that can be set
//! up, file services among it, and changing any of it. The CSI driver asks each cluster, and needs `enabled` to be there.

use vsphere_types::VsanConfigInfoEx;
use vsphere_types::request::{CurrentTime, RetrieveServiceContent, VsanClusterGetConfig};

use crate::call::{Answer, Call, Operation, Reply};
use crate::config::DatastoreKind;
use crate::fault;
use crate::managed::service_content;
use crate::world::World;

impl Operation for RetrieveServiceContent {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(service_content(&world.parts.facts)))
    }
}

impl Operation for CurrentTime {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(world.now()))
    }
}

impl Operation for VsanClusterGetConfig {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        let state = &world.parts.state;
        if !state.clusters.contains(&self.cluster) {
            return Err(fault::not_found(&self.cluster));
        }
        let mut mounted = state.hosts.values().filter(|host| host.parent == self.cluster).flat_map(|host| &host.datastores);
        let is_vsan = |datastore| state.datastores.get(datastore).is_some_and(|datastore| datastore.kind == DatastoreKind::Vsan);
        let enabled = Some(mounted.any(is_vsan));
        Ok(Reply::Done(VsanConfigInfoEx { enabled, ..VsanConfigInfoEx::default() }))
    }
}
