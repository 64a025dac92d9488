//! Whether a cluster has vSAN, as vSAN's own service tells it.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use common::Client;
use fake_vcenter_world::{DatastoreKind, WorldConfig};
use vsphere_types::{Fault, Method, MoRef, Value, VsanConfigInfoEx};

fn asked(client: &mut Client, cluster: &MoRef) -> Result<Option<bool>, Fault> {
    let service = MoRef::new("VsanVcClusterConfigSystem", "vsan-cluster-config-system");
    let answer = client.call(&service, Method::VsanClusterGetConfig, vec![("cluster", Value::Ref(cluster.clone()))])?;
    let Some(Value::Object(configuration)) = answer else { panic!("no configuration") };
    Ok(configuration.downcast::<VsanConfigInfoEx>().unwrap().enabled)
}

fn cluster(client: &mut Client) -> MoRef {
    let host = client.world.vm_named("worker-1").unwrap().host;
    match client.property(&host, "parent").unwrap() {
        Some(Value::Ref(cluster)) => cluster,
        other => panic!("a host's parent is {other:?}"),
    }
}

#[test]
fn a_cluster_has_vsan_where_a_host_mounts_such_a_datastore() {
    let config = WorldConfig::small("vc-a", 1, 1);
    let mut other = config.clone();
    other.inventory.datacenters[0].datastores[0].kind = DatastoreKind::Vmfs;
    for (config, expected) in [(config, true), (other, false)] {
        let mut client = Client::new(config);
        let cluster = cluster(&mut client);
        assert_eq!(asked(&mut client, &cluster).unwrap(), Some(expected));
    }
}

#[test]
fn a_cluster_that_is_none_is_named() {
    let mut client = Client::new(WorldConfig::small("vc-a", 1, 1));
    let fault = asked(&mut client, &MoRef::new("ClusterComputeResource", "domain-c404")).unwrap_err();
    assert_eq!(fault.object.type_name, "ManagedObjectNotFound");
}
