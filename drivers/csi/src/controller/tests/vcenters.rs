//! Several vCenters: whose volume it is, where a create goes on, and what one that is down takes with it.

use super::super::placement::tests::vcenter;
use super::*;
use crate::operations::{Operations, Record};
use crate::topology::Segments;
use crate::topology::tests::{segments, zones};

/// Two vCenters whose managed object ids are the same; a node in each.
fn two(behaviours: Behaviours) -> (TestWorld, TestWorld, Controller) {
    let (first, second) = (vcenter("vc-a", "zone-a", 1), vcenter("vc-b", "zone-b", 1));
    first.script().vms = vec![Machine::new(NODE, "worker-1")];
    second.script().vms = vec![Machine::new(OTHER, "worker-1")];
    let controller = controller(&[&first, &second], zones(), behaviours);
    (first, second, controller)
}

fn within(preferred: &[&str]) -> v1::CreateVolumeRequest {
    let topology = |zone: &&str| v1::Topology { segments: segments(zone) };
    let preferred: Vec<v1::Topology> = preferred.iter().map(topology).collect();
    let requirement = v1::TopologyRequirement { requisite: preferred.clone(), preferred };
    v1::CreateVolumeRequest { accessibility_requirements: Some(requirement), ..creation() }
}

fn reached(volume: &v1::Volume) -> Vec<Segments> {
    volume.accessible_topology.iter().map(|topology| topology.segments.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_volume_lives_in_the_vcenter_of_its_zone() {
    let (first, second, controller) = two(Behaviours::default());
    let volume = create(&controller, within(&["zone-b"])).await.expect("created");
    assert_eq!((first.script().creates, second.script().creates), (0, 1));
    assert_eq!(reached(&volume), [segments("zone-b")]);
    // Another process does not remember whose it is, and finds it.
    let controller = super::controller(&[&first, &second], zones(), Behaviours::default());
    publish(&controller, &volume.volume_id, OTHER).await.expect("attached");
    assert_eq!(second.script().vms[0].volumes, std::slice::from_ref(&volume.volume_id));
    let across = publish(&controller, &volume.volume_id, NODE).await.expect_err("the node is in the other vCenter");
    assert_eq!(across.code(), Code::FailedPrecondition);
    insta::assert_snapshot!(across.message());
    unpublish(&controller, &volume.volume_id, OTHER).await.expect("detached");
    delete(&controller, &volume.volume_id).await.expect("deleted");
    assert!(second.script().volumes.is_empty() && first.script().records.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_vcenter_that_is_down_concerns_its_own_volumes_only() {
    let (first, second, controller) = two(Behaviours::default());
    let (ours, theirs) = (within(&["zone-a"]), v1::CreateVolumeRequest { name: "other".into(), ..within(&["zone-b"]) });
    let ours = create(&controller, ours).await.expect("created").volume_id;
    let theirs = create(&controller, theirs).await.expect("created").volume_id;
    let controller = super::controller(&[&first, &second], zones(), Behaviours::default());
    first.script().down = true;
    publish(&controller, &theirs, OTHER).await.expect("attached");
    unpublish(&controller, &theirs, OTHER).await.expect("detached");
    assert_eq!(publish(&controller, &ours, NODE).await.expect_err("nobody knows").code(), Code::Unavailable);
    assert_eq!(unpublish(&controller, &ours, NODE).await.expect_err("nobody knows").code(), Code::Unavailable);
    assert_eq!(delete(&controller, &ours).await.expect_err("nobody knows").code(), Code::Unavailable);
    delete(&controller, &theirs).await.expect("deleted");
    let third = v1::CreateVolumeRequest { name: "third".into(), ..within(&["zone-a", "zone-b"]) };
    assert_eq!(reached(&create(&controller, third).await.expect("there is another zone")), [segments("zone-b")]);
    first.script().down = false;
    delete(&controller, &ours).await.expect("deleted");
    assert!(first.script().volumes.is_empty());
}

#[tokio::test(start_paused = true)]
async fn when_a_vcenter_s_silence_is_taken_for_absence_a_volume_is_left_behind() {
    let (first, second, controller) = two(Behaviours::default());
    let ours = create(&controller, within(&["zone-a"])).await.expect("created").volume_id;
    let careless = Behaviours { unanswered_is_not_absent: false, ..Behaviours::default() };
    let controller = super::controller(&[&first, &second], zones(), careless);
    first.script().down = true;
    delete(&controller, &ours).await.expect("it says so");
    assert_eq!(first.script().volumes.len(), 1);
}

/// A create was begun in the second vCenter, and its controller died; the first is preferred by now.
async fn begun_elsewhere(behaviours: Behaviours) -> (TestWorld, TestWorld, Result<v1::Volume, Status>) {
    let (first, second, controller) = two(behaviours);
    let record = Record::new(NAME).intending("2025-12-31T23:00:00Z".parse().expect("a timestamp"), "vc-b", "00000001");
    first.write(&record.with_task(&MoRef::new("Task", "task-1"))).await.expect("it is written");
    let volume = crate::vcenter::NewVolume {
        name: NAME.into(),
        capacity_mb: 1024,
        datastores: vec![MoRef::new("Datastore", "datastore-1")],
        profile: None,
        key_provider: None,
        chosen_id: None,
        operation_id: String::new(),
    };
    second.accept(&volume, tokio::time::Instant::now()).expect("it takes it");
    let made = create(&controller, within(&["zone-a", "zone-b"])).await;
    (first, second, made)
}

#[tokio::test(start_paused = true)]
async fn a_create_goes_on_in_the_vcenter_where_it_began() {
    let (first, second, made) = begun_elsewhere(Behaviours::default()).await;
    assert_eq!(reached(&made.expect("it is found")), [segments("zone-b")]);
    assert_eq!((first.script().creates, second.script().creates), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_create_that_is_resumed_elsewhere_is_made_twice() {
    let (first, second, made) = begun_elsewhere(Behaviours { resume_where_it_began: false, ..Behaviours::default() }).await;
    assert!(made.is_err(), "the task is looked for where it is not, for as long as it may be lost");
    let _ = (&first, &second);
    let careless = Behaviours { resume_where_it_began: false, wait_for_lost_tasks: false, ..Behaviours::default() };
    let (first, second, made) = begun_elsewhere(careless).await;
    made.expect("created");
    assert_eq!((first.script().creates, second.script().creates), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_place_without_room_is_passed_over() {
    let (first, second, controller) = two(Behaviours::default());
    first.script().full = true;
    let volume = create(&controller, within(&["zone-a", "zone-b"])).await.expect("the other has room");
    assert_eq!(reached(&volume), [segments("zone-b")]);
    assert_eq!((first.script().volumes.len(), second.script().volumes.len()), (0, 1));
    assert_eq!(first.script().records[0].error_count, 1);
}

#[tokio::test(start_paused = true)]
async fn without_heeding_topology_a_volume_is_said_to_be_where_it_is_not() {
    let (first, _, controller) = two(Behaviours { respect_topology: false, ..Behaviours::default() });
    let volume = create(&controller, within(&["zone-b"])).await.expect("created");
    assert_eq!(reached(&volume), [segments("zone-b")]);
    assert_eq!(first.script().creates, 1, "it is in the vCenter of zone-a");
}

#[tokio::test(start_paused = true)]
async fn the_policy_of_the_class_is_carried_by_its_id_there() {
    let (first, second, controller) = two(Behaviours::default());
    let datastore = || vec![MoRef::new("Datastore", "datastore-1")];
    first.script().policies = vec![("gold".into(), "policy-a".into(), datastore())];
    second.script().policies = vec![("gold".into(), "policy-b".into(), datastore())];
    let gold = |request| v1::CreateVolumeRequest { parameters: BTreeMap::from([("storagepolicyname".into(), "gold".into())]), ..request };
    create(&controller, gold(within(&["zone-b"]))).await.expect("created");
    assert_eq!(second.script().profiles, [Some("policy-b".to_owned())]);
    let careless = super::controller(&[&first, &second], zones(), Behaviours { check_policy: false, ..Behaviours::default() });
    create(&careless, gold(v1::CreateVolumeRequest { name: "other".into(), ..within(&["zone-a"]) })).await.expect("created");
    assert_eq!(first.script().profiles, [None]);
}

/// One vCenter without zones, a node in each of two clusters; one datastore is mounted by the hosts of both.
fn unzoned(behaviours: Behaviours) -> (TestWorld, Controller) {
    let world = vcenter("vc-a", "zone-a", 1);
    {
        let mut script = world.script();
        let reference = |number: usize| MoRef::new("Datastore", format!("datastore-{number}"));
        script.hosts[0].datastores = vec![reference(1), reference(77)];
        script.hosts[1].datastores = vec![reference(77)];
        let on = |uuid, name, host: usize| Machine { host: Some(script.hosts[host].reference.clone()), ..Machine::new(uuid, name) };
        let vms = vec![on(NODE, "worker-1", 0), on(OTHER, "worker-2", 1)];
        script.vms = vms;
        script.nodes = vec![NODE, OTHER];
    }
    let controller = controller(&[&world], Vec::new(), behaviours);
    (world, controller)
}

#[tokio::test(start_paused = true)]
async fn without_zones_a_volume_goes_where_all_nodes_reach_it() {
    let url = |world: &TestWorld| world.script().volumes[0].datastore_url.clone();
    let (world, controller) = unzoned(Behaviours::default());
    create(&controller, creation()).await.expect("created");
    assert_eq!(url(&world), "ds:///vmfs/volumes/vc-a-77/");
    // A node that is gone needs to reach nothing, and its machine is found to be gone.
    world.script().vms.truncate(1);
    world.script().nodes.truncate(1);
    create(&controller, v1::CreateVolumeRequest { name: "other".into(), ..creation() }).await.expect("created");
    let (world, controller) = unzoned(Behaviours { shared_by_all_nodes: false, ..Behaviours::default() });
    create(&controller, creation()).await.expect("created");
    assert_eq!(url(&world), "ds:///vmfs/volumes/vc-a-1/", "one of the nodes cannot have it");
    let (world, controller) = unzoned(Behaviours::default());
    world.script().hosts[1].datastores.clear();
    let refused = create(&controller, creation()).await.expect_err("there is nothing in common");
    insta::assert_snapshot!(refused.message());
}
