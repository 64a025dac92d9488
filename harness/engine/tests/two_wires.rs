//! Two kinds of wire: one body drives `vsphere-client` through session, property reads, WaitForUpdates, CNS create and
//! attach, once over the in-memory wire in virtual time and once over TLS on loopback in wall time. Same answers.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use driver_host::os::OperatingSystem;
use driver_host::{Host, HttpService, Peer, Trust};
use fake_vcenter_server::VCenter;
use fake_vcenter_world::{LatencyProfile, WorldConfig};
use seatrial_journal::{Border, Journal};
use seatrial_seed::{Seed, stamps};
use seatrial_wires::{Certificate, Progress, VirtualClock, serve_tls, virtual_run};
use vsphere_client::{ClientOptions, Credentials, VsphereClient, attached_disk, created_volume};
use vsphere_types::{
    CnsBlockBackingDetails, CnsContainerCluster, CnsQueryFilter, CnsVolumeCreateSpec, CnsVolumeId, CnsVolumeMetadata, DataObject,
};

const SEED: u64 = 11;

fn config() -> WorldConfig {
    let mut config = WorldConfig::small("vc-a", 3, 2);
    // In wall time somebody waits for these tasks.
    config.latency = LatencyProfile::default().scaled(1, 50);
    config
}

fn client(service: HttpService, authority: &str, spawn: vsphere_client::Spawn) -> VsphereClient {
    let credentials = Credentials { user: "administrator@vsphere.local".to_owned(), password: "seatrial".to_owned() };
    VsphereClient::new(service, authority, credentials, ClientOptions::new("two-wires", Arc::new(|| 4), spawn))
}

fn volume(name: &str, client_datastore: vsphere_types::MoRef) -> CnsVolumeCreateSpec {
    let cluster = CnsContainerCluster {
        cluster_type: "KUBERNETES".to_owned(),
        cluster_id: "two-wires".to_owned(),
        vsphere_user: "administrator@vsphere.local".to_owned(),
        cluster_flavor: Some("VANILLA".to_owned()),
        ..CnsContainerCluster::default()
    };
    let metadata =
        CnsVolumeMetadata { container_cluster: cluster.clone(), container_cluster_array: vec![cluster], ..CnsVolumeMetadata::default() };
    let backing = CnsBlockBackingDetails { capacity_in_mb: Some(1024), ..CnsBlockBackingDetails::default() };
    CnsVolumeCreateSpec {
        name: name.to_owned(),
        volume_type: "BLOCK".to_owned(),
        datastores: vec![client_datastore],
        metadata: Some(metadata),
        backing_object_details: backing.into_object(),
        ..CnsVolumeCreateSpec::default()
    }
}

/// Says what the vCenter answered, line by line; times and versions of update sets apart, which are the wire's own.
async fn body(client: &VsphereClient) -> String {
    let mut said = String::new();
    let about = client.about().await.unwrap();
    writeln!(said, "about: {} {} {}", about.full_name, about.api_version, about.instance_uuid.unwrap_or_default()).unwrap();
    writeln!(said, "session: {} of {}", client.session_key().await.unwrap(), client.session_user().await.unwrap()).unwrap();
    let datastores = client.datastores().await.unwrap();
    writeln!(said, "datastores: {datastores:?}").unwrap();
    let spec = volume("pvc-two-wires", datastores[0].reference.clone());
    let task = client.cns_create_volume(spec).await.unwrap();
    let info = client.wait_for_task(&task).await.unwrap();
    let (id, created) = created_volume(&info).unwrap();
    writeln!(said, "created by {task}: {id} {:?}", created.placement_results).unwrap();
    let found = client.find_vm_by_uuid("00000000-0000-0000-0000-000000000000").await.unwrap();
    writeln!(said, "no such VM: {found:?}").unwrap();
    let root = client.service_content().await.unwrap().root_folder;
    let properties = client.properties(&root, &["name", "childEntity"]).await.unwrap();
    writeln!(said, "root: {:?} {:?}", properties.value("name"), properties.value("childEntity")).unwrap();
    attach(client, &id, &mut said).await;
    client.logout().await.unwrap();
    said
}

async fn attach(client: &VsphereClient, id: &str, said: &mut String) {
    let vm = client.find_vm_by_uuid("42000000-0000-4000-8000-000000000001").await.unwrap().expect("the VM has the uuid that it was given");
    let task = client.cns_attach_volume(id, &vm).await.unwrap();
    let info = client.wait_for_task(&task).await.unwrap();
    writeln!(said, "attached to {vm}: {}", attached_disk(&info).unwrap()).unwrap();
    writeln!(
        said,
        "disks: {:?}",
        client.disks_of_vm(&vm).await.unwrap().iter().map(|disk| (&disk.key, &disk.controller_key, &disk.unit_number)).collect::<Vec<_>>()
    )
    .unwrap();
    let again = client.cns_attach_volume(id, &vm).await.unwrap();
    let refused = attached_disk(&client.wait_for_task(&again).await.unwrap()).unwrap_err();
    writeln!(said, "attached again: {:?}", refused.fault_type()).unwrap();
    let filter = CnsQueryFilter { volume_ids: vec![CnsVolumeId { id: id.to_owned() }], ..CnsQueryFilter::default() };
    let volumes = client.cns_query_volumes(filter).await.unwrap();
    writeln!(said, "query: {:?}", volumes.iter().map(|volume| (&volume.name, &volume.datastore_url)).collect::<Vec<_>>()).unwrap();
    let missing = client.properties(&vsphere_types::MoRef::new("VirtualMachine", "vm-9999"), &["name"]).await.unwrap_err();
    writeln!(said, "no such object: {:?}", missing.fault_type()).unwrap();
}

fn configured() -> WorldConfig {
    let mut config = config();
    config.inventory.datacenters[0].vms[0].bios_uuid = Some("42000000-0000-4000-8000-000000000001".to_owned());
    config
}

fn in_memory() -> String {
    virtual_run(SEED, |network| async move {
        let vcenter = VCenter::new(configured(), Seed::new(SEED), network.clock(), network.journal().clone());
        let server = network.process("vc-a");
        server.spawn("tasks", Arc::clone(&vcenter).run());
        server.listen("vc-a:443", Border::VCenter, vcenter.http_service(), vcenter.describe());
        let process = network.process("client");
        let spawner = process.clone();
        let client = client(process.connect("vc-a:443"), "vc-a", Arc::new(move |name, task| spawner.spawn(name, task)));
        body(&client).await
    })
}

fn over_tls() -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let clock = Arc::new(VirtualClock::start(Progress::default()));
        let vcenter = VCenter::new(configured(), Seed::new(SEED), clock.clone(), Journal::new(stamps(clock)));
        let host = OperatingSystem::default();
        host.spawn("tasks", Box::pin(Arc::clone(&vcenter).run()));
        let certificate = Certificate::self_signed(&["localhost"]).unwrap();
        let authority_file = std::env::temp_dir().join(format!("seatrial-two-wires-{}.pem", std::process::id()));
        std::fs::write(&authority_file, &certificate.pem).unwrap();
        let server = serve_tls(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), certificate, vcenter.http_service()).await.unwrap();
        let trust = Trust::CaFile(authority_file.display().to_string());
        let peer = Peer::VCenter { host: "localhost".to_owned(), port: server.address.port(), trust };
        let service = host.connect(&peer).await.unwrap();
        let client = client(service, &format!("localhost:{}", server.address.port()), Arc::new(move |name, task| host.spawn(name, task)));
        let said = body(&client).await;
        std::fs::remove_file(authority_file).unwrap();
        said
    })
}

#[test]
fn a_client_gets_the_same_answers_in_memory_and_over_tls() {
    let (memory, tls) = (in_memory(), over_tls());
    assert_eq!(memory, tls);
    insta::assert_snapshot!(memory);
}
