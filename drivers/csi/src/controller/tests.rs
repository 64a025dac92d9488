//! The controller's calls, twice, late, and about things that are gone.

use std::collections::BTreeMap;

use csi_api::v1::controller_server::Controller as _;
use csi_api::v1::volume_capability::access_mode::Mode;
use csi_api::v1::volume_capability::{AccessMode, AccessType, MountVolume};
use csi_api::v1::{CapacityRange, VolumeCapability};
use tonic::Code;
use vsphere_types::MoRef;

use super::creation::doubles::{Crash, Machine, TestWorld, fault};
use super::*;
use crate::config::Category;
use crate::pool::Member;
use crate::vcenter::VCenterError;

mod attach;
mod calls;
mod encryption;
mod vcenters;

const NAME: &str = "pvc-1b4e28ba-2fa1-41d2-883f-0016d3cca427";
const NODE: &str = "4216511d-2233-4455-6677-8899aabbccdd";
const OTHER: &str = "4216511d-0000-4455-6677-8899aabbccdd";

fn started(behaviours: Behaviours) -> (TestWorld, Controller) {
    let world = TestWorld::new("8.0.3", Crash::Never);
    world.script().vms = vec![Machine::new(NODE, "worker-1"), Machine::new(OTHER, "worker-2")];
    let controller = controller(&[&world], Vec::new(), behaviours);
    (world, controller)
}

/// A controller of these vCenters; the first one's double keeps the records and is the host.
pub(super) fn controller(worlds: &[&TestWorld], categories: Vec<Category>, behaviours: Behaviours) -> Controller {
    let first: Arc<TestWorld> = Arc::new(worlds[0].clone());
    let members = worlds.iter().map(|world| Arc::new((*world).clone()) as Member).collect();
    let pool = Arc::new(VCenterPool::new(first.clone(), members, behaviours));
    let views = Arc::new(TopologyViews::new(categories, behaviours.report_mixed_tags));
    let parts = Parts { host: first.clone(), pool, views, operations: first.clone(), nodes: first };
    Controller::new(parts, behaviours)
}

fn capability(mode: Mode) -> VolumeCapability {
    let mount = MountVolume { fs_type: "ext4".into(), ..MountVolume::default() };
    VolumeCapability { access_type: Some(AccessType::Mount(mount)), access_mode: Some(AccessMode { mode: mode.into() }) }
}

fn creation() -> v1::CreateVolumeRequest {
    v1::CreateVolumeRequest {
        name: NAME.into(),
        capacity_range: Some(CapacityRange { required_bytes: 1 << 30, limit_bytes: 0 }),
        volume_capabilities: vec![capability(Mode::SingleNodeWriter)],
        ..Default::default()
    }
}

async fn create(controller: &Controller, request: v1::CreateVolumeRequest) -> Result<v1::Volume, Status> {
    Ok(controller.create_volume(Request::new(request)).await?.into_inner().volume.expect("success has a volume"))
}

async fn delete(controller: &Controller, volume_id: &str) -> Result<(), Status> {
    let request = v1::DeleteVolumeRequest { volume_id: volume_id.into(), ..Default::default() };
    controller.delete_volume(Request::new(request)).await.map(drop)
}

async fn publish(controller: &Controller, volume_id: &str, node_id: &str) -> Result<BTreeMap<String, String>, Status> {
    let request = v1::ControllerPublishVolumeRequest {
        volume_id: volume_id.into(),
        node_id: node_id.into(),
        volume_capability: Some(capability(Mode::SingleNodeWriter)),
        ..Default::default()
    };
    Ok(controller.controller_publish_volume(Request::new(request)).await?.into_inner().publish_context)
}

async fn unpublish(controller: &Controller, volume_id: &str, node_id: &str) -> Result<(), Status> {
    let request = v1::ControllerUnpublishVolumeRequest { volume_id: volume_id.into(), node_id: node_id.into(), ..Default::default() };
    controller.controller_unpublish_volume(Request::new(request)).await.map(drop)
}

#[tokio::test(start_paused = true)]
async fn a_volume_s_life_may_come_twice_at_every_step() {
    let (world, controller) = started(Behaviours::default());
    let volume = create(&controller, creation()).await.expect("created");
    assert_eq!(create(&controller, creation()).await.expect("created already"), volume);
    assert_eq!(volume.capacity_bytes, 1 << 30);
    assert_eq!(volume.volume_context["type"], DISK_TYPE);
    let context = publish(&controller, &volume.volume_id, NODE).await.expect("attached");
    assert_eq!(publish(&controller, &volume.volume_id, &NODE.to_uppercase()).await.expect("attached already"), context);
    assert_eq!(context[DISK_UUID], "6000c29a000040008000000000000001");
    for _ in 0..2 {
        unpublish(&controller, &volume.volume_id, NODE).await.expect("detached");
    }
    for _ in 0..2 {
        delete(&controller, &volume.volume_id).await.expect("deleted");
    }
    assert_eq!(world.script().creates, 1);
    assert!(world.script().records.is_empty(), "a deleted volume leaves no record");
}

#[tokio::test(start_paused = true)]
async fn a_volume_that_another_machine_has_is_not_attached_and_the_other_is_named() {
    let (_, controller) = started(Behaviours::default());
    let id = create(&controller, creation()).await.expect("created").volume_id;
    publish(&controller, &id, OTHER).await.expect("attached");
    let refused = publish(&controller, &id, NODE).await.expect_err("it is in use");
    assert_eq!(refused.code(), Code::FailedPrecondition);
    insta::assert_snapshot!(refused.message());
    unpublish(&controller, &id, NODE).await.expect("it was never there");
    unpublish(&controller, &id, "").await.expect("from wherever it is");
    publish(&controller, &id, NODE).await.expect("it is free now");
}

#[tokio::test(start_paused = true)]
async fn detached_is_said_by_proof_only() {
    let (world, controller) = started(Behaviours::default());
    let id = create(&controller, creation()).await.expect("created").volume_id;
    publish(&controller, &id, NODE).await.expect("attached");
    let ends = [
        (fault("NotFound", None), Code::NotFound),
        (fault("InvalidState", None), Code::FailedPrecondition),
        (VCenterError::NoAnswer { operation: "CnsDetachVolume", reason: "reset".into() }, Code::Unavailable),
        (VCenterError::TaskGone { task: MoRef::new("Task", "task-9") }, Code::Aborted),
    ];
    for (end, code) in ends {
        world.script().next_end = Some(end);
        // The disk is on the machine, whatever CNS says.
        assert_eq!(unpublish(&controller, &id, NODE).await.expect_err("it is attached").code(), code);
    }
    world.script().vms.retain(|vm| vm.uuid != NODE);
    unpublish(&controller, &id, NODE).await.expect("the machine is gone");
}

#[tokio::test(start_paused = true)]
async fn an_attach_whose_end_is_unknown_is_looked_for_on_the_machine() {
    let (world, controller) = started(Behaviours::default());
    let id = create(&controller, creation()).await.expect("created").volume_id;
    let gone = || VCenterError::TaskGone { task: MoRef::new("Task", "task-9") };
    world.script().next_end = Some(gone());
    assert_eq!(publish(&controller, &id, NODE).await.expect_err("it is not there yet").code(), Code::Aborted);
    publish(&controller, &id, NODE).await.expect("attached");
    world.script().next_end = Some(gone());
    publish(&controller, &id, NODE).await.expect("it is there");
}

#[tokio::test(start_paused = true)]
async fn without_attaching_first_success_is_made_up() {
    let (world, controller) = started(Behaviours { attach_before_answering: false, ..Behaviours::default() });
    let id = create(&controller, creation()).await.expect("created").volume_id;
    let context = publish(&controller, &id, NODE).await.expect("it says so");
    assert_eq!(context[DISK_UUID].len(), 32);
    assert!(world.script().vms[0].volumes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_goes_away_does_not_stop_the_create() {
    let (world, controller) = started(Behaviours::default());
    let patience = std::time::Duration::from_millis(100);
    assert!(tokio::time::timeout(patience, create(&controller, creation())).await.is_err());
    tokio::time::sleep(std::time::Duration::from_secs(10)).await;
    assert!(world.script().records[0].volume_id.is_some());
    create(&controller, creation()).await.expect("it is there");
    assert_eq!(world.script().creates, 1);
}

#[tokio::test(start_paused = true)]
async fn two_calls_for_one_name_stand_in_line() {
    let (world, controller) = started(Behaviours::default());
    let both = futures::future::join(create(&controller, creation()), create(&controller, creation())).await;
    assert_eq!(both.0.expect("created"), both.1.expect("created already"));
    assert_eq!(world.script().creates, 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_given_is_refused_with_its_reason() {
    let (_, controller) = started(Behaviours::default());
    let parameter =
        |key: &str, value: &str| v1::CreateVolumeRequest { parameters: BTreeMap::from([(key.to_owned(), value.to_owned())]), ..creation() };
    let requests = [
        v1::CreateVolumeRequest { name: String::new(), ..creation() },
        v1::CreateVolumeRequest { volume_capabilities: Vec::new(), ..creation() },
        v1::CreateVolumeRequest { volume_capabilities: vec![capability(Mode::MultiNodeMultiWriter)], ..creation() },
        v1::CreateVolumeRequest { volume_capabilities: vec![VolumeCapability::default()], ..creation() },
        v1::CreateVolumeRequest { volume_content_source: Some(v1::VolumeContentSource::default()), ..creation() },
        v1::CreateVolumeRequest { capacity_range: Some(CapacityRange { required_bytes: 2, limit_bytes: 1 }), ..creation() },
        parameter("storagepolicyname", "gold"),
        parameter("StoragePolicyNam", "gold"),
        parameter("fstype", "ntfs"),
        parameter("datastoreurl", "ds:///vmfs/volumes/none/"),
    ];
    let mut told = Vec::new();
    for request in requests {
        let status = create(&controller, request).await.expect_err("it cannot be given");
        told.push(format!("{:?}: {}", status.code(), status.message()));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn ids_that_this_driver_never_gave_are_no_volumes() {
    let (_, controller) = started(Behaviours::default());
    delete(&controller, "file:1").await.expect("there is nothing to delete");
    unpublish(&controller, "file:1", NODE).await.expect("there is nothing to detach");
    assert_eq!(publish(&controller, "file:1", NODE).await.expect_err("there is none").code(), Code::NotFound);
    let unknown = "1b4e28ba-2fa1-41d2-883f-0016d3cca427";
    assert_eq!(publish(&controller, unknown, NODE).await.expect_err("there is none").code(), Code::NotFound);
    let id = create(&controller, creation()).await.expect("created").volume_id;
    assert_eq!(publish(&controller, &id, "4216511d-ffff-4455-6677-8899aabbccdd").await.expect_err("no such node").code(), Code::NotFound);
}
