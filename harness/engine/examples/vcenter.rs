//! A fake vCenter on loopback TLS, in wall time, for govc, pyVmomi and the like. Three node VMs, and one volume attached
//! to the first of them; zones as tags, storage policies, and an account that may only look, so that there is something to
//! list.
//!
//! ```console
//! $ cargo run --release -p seatrial-engine --example vcenter -- 8443
//! $ export GOVC_URL=https://administrator@vsphere.local:seatrial@127.0.0.1:8443/sdk GOVC_INSECURE=true
//! $ govc about
//! ```

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use driver_host::os::OperatingSystem;
use driver_host::{Host, Peer, Trust};
use fake_vcenter_server::VCenter;
use fake_vcenter_types::{CnsBlockBackingDetails, CnsContainerCluster, CnsVolumeCreateSpec, CnsVolumeMetadata, DataObject};
use fake_vcenter_world::{
    CategoryConfig, DatastoreConfig, DatastoreKind, KeyProviderConfig, KeyProviderKind, PolicyConfig, TagConfig, TagTarget, UserConfig,
    WorldConfig,
};
use seatrial_journal::{Journal, Seed};
use seatrial_wires::{Certificate, Progress, VirtualClock, serve_tls};
use vsphere_client::{ClientOptions, Credentials, VsphereClient, created_volume, volume_result};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port: u16 = std::env::args().nth(1).unwrap_or_else(|| "8443".to_owned()).parse()?;
    // Under a clock that is not paused this is wall time.
    let clock = Arc::new(VirtualClock::start(Progress::default()));
    let vcenter = VCenter::new(config(), Seed::new(1), clock.clone(), Journal::new(clock));
    OperatingSystem::default().spawn("tasks", Box::pin(Arc::clone(&vcenter).run()));
    let certificate = Certificate::self_signed(&["localhost", "127.0.0.1"])?;
    let server = serve_tls(SocketAddr::from((Ipv4Addr::LOCALHOST, port)), certificate, vcenter.http_service()).await?;
    let worker = vcenter.with_world(|world| world.vm_named("worker-1")).ok_or("the world has a worker-1")?;
    attach_a_volume(server.address.port(), &worker.bios_uuid).await?;
    println!("export GOVC_URL=https://administrator@vsphere.local:seatrial@{}/sdk GOVC_INSECURE=true", server.address);
    std::future::pending().await
}

/// What there is: one cluster in a zone of a region, two datastores of which one is gold, policies, two accounts, key
/// providers of both kinds; the second node is encrypted.
fn config() -> WorldConfig {
    let mut config = WorldConfig::small("vc-a", 3, 3);
    if let Some(datacenter) = config.inventory.datacenters.first_mut() {
        datacenter.datastores.push(DatastoreConfig { kind: DatastoreKind::Vmfs, ..DatastoreConfig::vsan("vmfs-a", 512) });
        datacenter.clusters.iter_mut().for_each(|cluster| cluster.datastores.push("vmfs-a".to_owned()));
    }
    config.tags.categories =
        vec![CategoryConfig::single("k8s-region"), CategoryConfig::single("k8s-zone"), CategoryConfig::multiple("tier")];
    config.tags.tags = vec![
        TagConfig::new("k8s-region", "west", vec![TagTarget::Datacenter("dc-1".to_owned())]),
        TagConfig::new("k8s-zone", "zone-a", vec![TagTarget::Cluster("prod".to_owned())]),
        TagConfig::new("tier", "gold", vec![TagTarget::Datastore("vmfs-a".to_owned())]),
    ];
    config.policies = vec![PolicyConfig::tagged("gold", "tier", &["gold"]), PolicyConfig::encrypting("secret")];
    let lacks = ["Cns.Searchable", "StorageProfile.View", "System.Read@vsan-a"].map(str::to_owned).to_vec();
    config.key_providers = vec![
        KeyProviderConfig { default: true, ..KeyProviderConfig::standard("kp-1") },
        KeyProviderConfig { kind: KeyProviderKind::Native, ..KeyProviderConfig::standard("native-1") },
    ];
    if let Some(vm) = config.inventory.datacenters.iter_mut().flat_map(|datacenter| &mut datacenter.vms).nth(1) {
        vm.encrypted_with = Some("kp-1".to_owned());
    }
    config.users.push(UserConfig { lacks, ..UserConfig::administrator("viewer@vsphere.local", "seatrial") });
    config
}

/// Creates a volume and attaches it to the VM, as a driver would.
async fn attach_a_volume(port: u16, bios_uuid: &str) -> Result<(), Box<dyn std::error::Error>> {
    let host = OperatingSystem::default();
    let peer = Peer::Vcenter { host: "localhost".to_owned(), port, trust: Trust::Anything };
    let service = host.connect(&peer).await.map_err(|error| error.to_string())?;
    let credentials = Credentials { user: "administrator@vsphere.local".to_owned(), password: "seatrial".to_owned() };
    let options = ClientOptions::new("example", Arc::new(|| 4), Arc::new(move |name, task| host.spawn(name, task)));
    let client = VsphereClient::new(service, &format!("localhost:{port}"), credentials, options);
    let cluster = CnsContainerCluster {
        cluster_type: "KUBERNETES".to_owned(),
        cluster_id: "example".to_owned(),
        vsphere_user: client.session_user().await?,
        cluster_flavor: Some("VANILLA".to_owned()),
        ..CnsContainerCluster::default()
    };
    let metadata =
        CnsVolumeMetadata { container_cluster: cluster.clone(), container_cluster_array: vec![cluster], ..CnsVolumeMetadata::default() };
    let spec = CnsVolumeCreateSpec {
        name: "pvc-example".to_owned(),
        volume_type: "BLOCK".to_owned(),
        datastores: client.datastores().await?.into_iter().map(|datastore| datastore.reference).collect(),
        metadata: Some(metadata),
        backing_object_details: CnsBlockBackingDetails { capacity_in_mb: Some(1024), ..CnsBlockBackingDetails::default() }.into_object(),
        ..CnsVolumeCreateSpec::default()
    };
    let task = client.cns_create_volume(spec).await?;
    let (volume, _) = created_volume(&client.wait_for_task(&task).await?)?;
    let vm = client.find_vm_by_uuid(bios_uuid).await?.ok_or("the VM is found by its uuid")?;
    let task = client.cns_attach_volume(&volume, &vm).await?;
    volume_result::<fake_vcenter_types::CnsVolumeAttachResult>(&client.wait_for_task(&task).await?)?;
    client.logout().await?;
    Ok(())
}
