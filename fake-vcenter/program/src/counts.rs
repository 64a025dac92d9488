//! An inventory by numbers, with the names that vcsim gives.

use fake_vcenter_world::{ClusterConfig, DatacenterConfig, DatastoreConfig, DatastoreKind, VmConfig, WorldConfig};

/// So big is each datastore.
const DATASTORE_GIB: u64 = 1024;

/// How many of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Datacenters: `DC0`, `DC1`, …
    pub datacenters: usize,
    /// Clusters of each datacenter: `DC0_C0`, …
    pub clusters: usize,
    /// Hosts of each cluster.
    pub hosts: usize,
    /// Datastores of each datacenter, which all its hosts mount: `LocalDS_0`, …
    pub datastores: usize,
    /// Networks of each datacenter beside `VM Network`: `DC0_DVPG0`, …
    pub port_groups: usize,
    /// Virtual machines of each cluster: `DC0_C0_RP0_VM0`, …
    pub vms: usize,
}

impl Default for Counts {
    fn default() -> Self {
        Self { datacenters: 1, clusters: 1, hosts: 3, datastores: 1, port_groups: 1, vms: 2 }
    }
}

impl Counts {
    /// Puts the inventory into a description.
    pub fn fill(&self, config: &mut WorldConfig) {
        let mut addresses = 0;
        config.inventory.datacenters = (0..self.datacenters).map(|number| self.datacenter(number, &mut addresses)).collect();
    }

    fn datacenter(&self, number: usize, addresses: &mut usize) -> DatacenterConfig {
        let name = format!("DC{number}");
        // A datastore is the same one wherever its name is, so beyond the first datacenter names need a prefix.
        let prefix = if number == 0 { String::new() } else { format!("{name}_") };
        let datastores: Vec<DatastoreConfig> = (0..self.datastores)
            .map(|place| DatastoreConfig {
                kind: DatastoreKind::Vmfs,
                ..DatastoreConfig::vsan(&format!("{prefix}LocalDS_{place}"), DATASTORE_GIB)
            })
            .collect();
        let mounted: Vec<&str> = datastores.iter().map(|datastore| datastore.name.as_str()).collect();
        let clusters: Vec<ClusterConfig> =
            (0..self.clusters).map(|place| ClusterConfig::new(&format!("{name}_C{place}"), self.hosts, &mounted)).collect();
        let vms = clusters.iter().flat_map(|cluster| (0..self.vms).map(move |place| (cluster, place)));
        let vms = vms
            .map(|(cluster, place)| {
                *addresses += 1;
                VmConfig { cluster: Some(cluster.name.clone()), ..VmConfig::node(&format!("{}_RP0_VM{place}", cluster.name), *addresses) }
            })
            .collect();
        let groups = (0..self.port_groups).map(|place| format!("{name}_DVPG{place}"));
        let networks = std::iter::once("VM Network".to_owned()).chain(groups).collect();
        DatacenterConfig { name, clusters, datastores, networks, vms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fake_vcenter_world::Release;

    #[test]
    fn names_are_those_that_users_of_vcsim_know() {
        let mut config = WorldConfig::new("vc", Release::V8_0U3);
        Counts { datacenters: 2, ..Counts::default() }.fill(&mut config);
        let names: Vec<&str> = config.inventory.datacenters.iter().flat_map(|dc| dc.vms.iter().map(|vm| vm.name.as_str())).collect();
        assert_eq!(names, ["DC0_C0_RP0_VM0", "DC0_C0_RP0_VM1", "DC1_C0_RP0_VM0", "DC1_C0_RP0_VM1"]);
    }
}
