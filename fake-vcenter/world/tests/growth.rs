//! CnsExtendVolume, as its clients see it: one size in CNS, in the first class disk, in the machine and on the datastore.

#![allow(clippy::unwrap_used, reason = "a test may fail at once")]

mod common;

use common::{Client, fault_of, list};
use fake_vcenter_world::WorldConfig;
use vsphere_types::{CnsVolumeExtendSpec, CnsVolumeId, Method, MoRef, Object};

fn client() -> Client {
    Client::new(WorldConfig::small("vc-a", 2, 2))
}

fn extend_task(client: &mut Client, volume: &str, mb: i64) -> MoRef {
    let spec = CnsVolumeExtendSpec { volume_id: CnsVolumeId { id: volume.to_owned() }, capacity_in_mb: mb };
    client.task(Method::CnsExtendVolume, vec![("extendSpecs", list(vec![spec]))]).unwrap()
}

fn extend(client: &mut Client, volume: &str, mb: i64) -> Object {
    let task = extend_task(client, volume, mb);
    client.result(&task)
}

/// The size in CNS; in MB.
fn size(client: &Client, volume: &str) -> u64 {
    client.world.volumes().into_iter().find(|facts| facts.id == volume).unwrap().capacity_mb
}

#[test]
fn an_attached_disk_grows_in_its_machine_and_takes_of_its_datastore() {
    let mut client = client();
    let (volume, vm) = (client.create("pvc-1", 1024), client.vm("worker-1"));
    let task = client.attach_task(&volume, &vm);
    client.result(&task);
    let datastore = client.world.volumes()[0].datastore.clone();
    let free = |client: &Client| client.world.datastores().into_iter().find(|facts| facts.datastore == datastore).unwrap().free_bytes;
    let before = free(&client);
    let task = extend_task(&mut client, &volume, 3072);
    assert_eq!(size(&client, &volume), 1024, "it takes its time");
    assert_eq!(fault_of(&client.result(&task)), None);
    assert_eq!(size(&client, &volume), 3072);
    assert_eq!(client.world.guest_disks("worker-1")[0].capacity_bytes, 3072 << 20);
    assert_eq!(before - free(&client), 2048 << 20);
    assert_eq!(fault_of(&extend(&mut client, &volume, 3072)), None, "its present size counts as done");
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), Some("InvalidArgument".to_owned()), "nothing shrinks");
}

#[test]
fn what_forbids_it_leaves_the_size_as_it_was() {
    let mut client = client();
    let (volume, vm) = (client.create("pvc-1", 1024), client.vm("worker-1"));
    let datastore = client.world.volumes()[0].datastore.clone();
    client.world.set_datastore_full(client.now, &datastore, true).unwrap();
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), Some("NoDiskSpace".to_owned()));
    client.world.set_datastore_full(client.now, &datastore, false).unwrap();
    client.world.set_datastore_accessible(client.now, &datastore, false).unwrap();
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), Some("InaccessibleDatastore".to_owned()));
    client.world.set_datastore_accessible(client.now, &datastore, true).unwrap();
    assert_eq!(fault_of(&extend(&mut client, "1b4e28ba-2fa1-41d2-883f-0016d3cca427", 2048)), Some("NotFound".to_owned()));
    client.world.take_snapshot_out_of_band(client.now, &volume).unwrap();
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), Some("CnsFault".to_owned()));
    client.world.delete_snapshots_out_of_band(client.now, &volume).unwrap();
    let task = client.attach_task(&volume, &vm);
    client.result(&task);
    let host = client.world.vm_named("worker-1").unwrap().host;
    client.world.set_host_connected(client.now, &host, false).unwrap();
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), Some("HostNotConnected".to_owned()));
    client.world.set_host_connected(client.now, &host, true).unwrap();
    assert_eq!(size(&client, &volume), 1024);
    assert_eq!(fault_of(&extend(&mut client, &volume, 2048)), None);
}
