//! Where things are: the hosts of a cluster, the host of a VM.

use vsphere_types::MoRef;

use crate::state::Host;
use crate::world::World;

impl World {
    /// The hosts of a cluster, in the order of their ids.
    fn hosts_of(&self, cluster: &str) -> Vec<MoRef> {
        let state = &self.parts.state;
        let is_in = |parent: &MoRef| state.clusters.get(parent).is_some_and(|record| record.name == cluster);
        state.hosts.iter().filter(|(_, host)| is_in(&host.parent)).map(|(host, _)| host.clone()).collect()
    }

    /// The hosts of a cluster that have not failed, in the order of their ids.
    pub fn living_hosts_of(&self, cluster: &str) -> Vec<MoRef> {
        let mut hosts = self.hosts_of(cluster);
        hosts.retain(|host| self.parts.state.hosts.get(host).is_some_and(|record| record.failed.is_none()));
        hosts
    }

    /// The hosts of a cluster that a machine may come to.
    pub fn hosts_for_machines(&self, cluster: &str) -> Vec<MoRef> {
        let mut hosts = self.hosts_of(cluster);
        hosts.retain(|host| self.parts.state.hosts.get(host).is_some_and(Host::takes_machines));
        hosts
    }

    /// The cluster that a VM is in, and which of its hosts the VM is on, counted from 0.
    pub fn place_of(&self, vm: &str) -> Option<(String, usize)> {
        let host = self.vm_named(vm)?.host;
        let state = &self.parts.state;
        let cluster = state.clusters.get(&state.hosts.get(&host)?.parent)?.name.clone();
        let index = self.hosts_of(&cluster).iter().position(|other| *other == host)?;
        Some((cluster, index))
    }
}
