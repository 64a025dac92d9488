//! Several vCenters: whose volume it is, where a create goes on, and what one that is down takes with it. And one without zones.

use std::collections::BTreeMap;
use std::time::Duration;

use csi_api::v1;
use fake_vcenter_world::{ClusterConfig, DatastoreConfig, LatencyProfile, PolicyConfig, TagTarget, WorldConfig};
use futures::future::join;
use seatrial_driver_tests::Once;
use seatrial_journal::Call;
use seatrial_wires::Moment;
use tonic::Status;

use crate::setting::{alone, machine, two, vcenter};
use crate::{Behaviours, Code, NODE, OTHER, Setting, creation, pass, segments, within};

fn reached(volume: &v1::Volume) -> Vec<BTreeMap<String, String>> {
    volume.accessible_topology.iter().map(|topology| topology.segments.clone()).collect()
}

fn named(name: &str, request: v1::CreateVolumeRequest) -> v1::CreateVolumeRequest {
    v1::CreateVolumeRequest { name: name.into(), ..request }
}

/// How many volumes each vCenter has in truth.
fn volumes(setting: &Setting) -> (usize, usize) {
    (setting.a().look(|world| world.volumes().len()), setting.b().look(|world| world.volumes().len()))
}

#[test]
fn a_volume_lives_in_the_vcenter_of_its_zone() {
    Setting::two(Behaviours::default(), |setting| async move {
        let volume = setting.create(within(&["zone-b"])).await.expect("created");
        assert_eq!((setting.sent("vc-a", "CnsCreateVolume"), setting.sent("vc-b", "CnsCreateVolume")), (0, 1));
        assert_eq!(reached(&volume), [segments("zone-b")]);
        // Another process does not remember whose it is, and finds it.
        setting.start(Behaviours::default()).await;
        let id = volume.volume_id;
        setting.publish(&id, OTHER).await.expect("attached");
        assert_eq!(setting.disks("worker-2"), [id.as_str()]);
        let across = setting.publish(&id, NODE).await.expect_err("the node is in the other vCenter");
        assert_eq!(across.code(), Code::FailedPrecondition);
        insta::assert_snapshot!(across.message());
        setting.unpublish(&id, OTHER).await.expect("detached");
        setting.delete(&id).await.expect("deleted");
        assert_eq!((volumes(&setting), setting.records().await.len()), ((0, 0), 0));
    });
}

#[test]
fn a_vcenter_that_is_down_concerns_its_own_volumes_only() {
    Setting::two(Behaviours::default(), |setting| async move {
        let ours = setting.create(within(&["zone-a"])).await.expect("created").volume_id;
        let theirs = setting.create(named("other", within(&["zone-b"]))).await.expect("created").volume_id;
        setting.start(Behaviours::default()).await;
        setting.down(setting.a(), true);
        setting.publish(&theirs, OTHER).await.expect("attached");
        setting.unpublish(&theirs, OTHER).await.expect("detached");
        assert_eq!(setting.publish(&ours, NODE).await.expect_err("nobody knows").code(), Code::Unavailable);
        assert_eq!(setting.unpublish(&ours, NODE).await.expect_err("nobody knows").code(), Code::Unavailable);
        assert_eq!(setting.delete(&ours).await.expect_err("nobody knows").code(), Code::Unavailable);
        setting.delete(&theirs).await.expect("deleted");
        let third = setting.create(named("third", within(&["zone-a", "zone-b"]))).await.expect("there is another zone");
        assert_eq!(reached(&third), [segments("zone-b")]);
        setting.down(setting.a(), false);
        pass(60).await;
        setting.delete(&ours).await.expect("deleted");
        assert_eq!(volumes(&setting), (0, 1));
    });
}

#[test]
fn when_a_vcenter_s_silence_is_taken_for_absence_a_volume_is_left_behind() {
    Setting::two(Behaviours::default(), |setting| async move {
        let ours = setting.create(within(&["zone-a"])).await.expect("created").volume_id;
        setting.start(Behaviours { unanswered_is_not_absent: false, ..Behaviours::default() }).await;
        setting.down(setting.a(), true);
        setting.delete(&ours).await.expect("it says so");
        assert_eq!(volumes(&setting), (1, 0));
    });
}

/// A create was begun in the second vCenter and its controller died when it had written down the task; the first is preferred by now.
async fn begun_elsewhere(setting: &Setting, behaviours: Behaviours) -> Result<v1::Volume, Status> {
    setting.start(Behaviours::default()).await;
    let writes = |call: &Call| {
        call.from == "csi-controller" && call.method.contains("cnsvolumeoperationrequests") && !call.method.starts_with("get")
    };
    setting.world.befall(Once::kill("csi-controller", Moment::AfterAnswer, 2, writes));
    setting.create(within(&["zone-b"])).await.expect_err("it has died");
    assert!(!setting.world.lives("csi-controller"));
    assert_eq!(setting.sent("vc-b", "CnsCreateVolume"), 1);
    // By then nothing that it had sent is on its way.
    pass(20).await;
    setting.start(behaviours).await;
    setting.create(within(&["zone-a", "zone-b"])).await
}

#[test]
fn a_create_goes_on_in_the_vcenter_where_it_began() {
    Setting::begin(two(), true, |setting| async move {
        let made = begun_elsewhere(&setting, Behaviours::default()).await.expect("it is found");
        assert_eq!(reached(&made), [segments("zone-b")]);
        pass(60).await;
        assert_eq!(volumes(&setting), (0, 1));
    });
}

#[test]
fn a_create_that_is_resumed_elsewhere_is_made_twice() {
    Setting::begin(two(), true, |setting| async move {
        let behaviours = Behaviours { resume_where_it_began: false, ..Behaviours::default() };
        let made = begun_elsewhere(&setting, behaviours).await;
        assert!(made.is_err(), "the task is looked for where it is not, for as long as it may be lost");
    });
    Setting::begin(two(), true, |setting| async move {
        let careless = Behaviours { resume_where_it_began: false, wait_for_lost_tasks: false, ..Behaviours::default() };
        begun_elsewhere(&setting, careless).await.expect("created");
        pass(60).await;
        assert_eq!(volumes(&setting), (1, 1));
    });
}

#[test]
fn a_create_whose_task_was_lost_in_a_restart_is_waited_out() {
    for (behaviours, expected) in [(Behaviours::default(), 1), (Behaviours { wait_for_lost_tasks: false, ..Behaviours::default() }, 2)] {
        let mut config = alone();
        config.latency = LatencyProfile::default().scaled(10, 1);
        Setting::begin(vec![config], false, |setting| async move {
            setting.start(behaviours).await;
            let restart = async {
                while setting.sent("vc-a", "CnsCreateVolume") == 0 {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                // By then a host works on it, and brings it to its end without vCenter.
                tokio::time::sleep(Duration::from_millis(700)).await;
                setting.a().act(|world, now| {
                    world.restart(now);
                    Ok(())
                });
            };
            let (mut outcome, ()) = join(setting.create(creation()), restart).await;
            for _ in 0..100 {
                if outcome.is_ok() {
                    break;
                }
                pass(1).await;
                outcome = setting.create(creation()).await;
            }
            outcome.expect("created");
            pass(60).await;
            assert_eq!(setting.a().look(|world| world.volumes().len()), expected);
        });
    }
}

#[test]
fn a_place_without_room_is_passed_over() {
    Setting::two(Behaviours::default(), |setting| async move {
        for store in setting.a().look(fake_vcenter_world::World::datastores) {
            setting.a().act(|world, now| world.set_used_bytes(now, &store.datastore, store.capacity_bytes));
        }
        let volume = setting.create(within(&["zone-a", "zone-b"])).await.expect("the other has room");
        assert_eq!(reached(&volume), [segments("zone-b")]);
        assert_eq!(volumes(&setting), (0, 1));
        assert_eq!(setting.records().await[0]["status"]["errorCount"], 1);
    });
}

#[test]
fn without_heeding_topology_a_volume_is_said_to_be_where_it_is_not() {
    Setting::two(Behaviours { respect_topology: false, ..Behaviours::default() }, |setting| async move {
        let volume = setting.create(within(&["zone-b"])).await.expect("created");
        assert_eq!(reached(&volume), [segments("zone-b")]);
        assert_eq!(volumes(&setting), (1, 0), "it is in the vCenter of zone-a");
    });
}

#[test]
fn the_policy_of_the_class_is_carried_by_its_id_there() {
    let mut configs = two();
    for config in &mut configs {
        config.policies = vec![PolicyConfig::tagged("gold", "class", &["gold"])];
    }
    Setting::begin(configs, true, |setting| async move {
        for vcenter in &setting.vcenters {
            vcenter.tag(&TagTarget::Datastore("store-1".into()), "class", "gold");
        }
        let gold =
            |request| v1::CreateVolumeRequest { parameters: BTreeMap::from([("storagepolicyname".into(), "gold".into())]), ..request };
        setting.start(Behaviours::default()).await;
        let policy = |volume: &v1::Volume| setting.volume(&volume.volume_id).policy;
        let asked = setting.create(gold(within(&["zone-a"]))).await.expect("created");
        // A volume whose class names no policy has vCenter's own.
        let plain = setting.create(named("plain", within(&["zone-a"]))).await.expect("created");
        assert_ne!(policy(&asked), policy(&plain));
        let there = setting.create(gold(named("there", within(&["zone-b"])))).await.expect("created");
        assert_ne!(policy(&there), policy(&asked), "each vCenter has an id of its own");
        setting.start(Behaviours { check_policy: false, ..Behaviours::default() }).await;
        let careless = setting.create(gold(named("careless", within(&["zone-a"])))).await.expect("created");
        assert_eq!(policy(&careless), policy(&plain));
    });
}

/// One vCenter without zones, a node in each of two clusters with these datastores.
fn unzoned(prod: &[&str], edge: &[&str]) -> WorldConfig {
    let mut config = vcenter("vc-a", "zone-a");
    let datacenter = &mut config.inventory.datacenters[0];
    datacenter.clusters = vec![ClusterConfig::new("prod", 1, prod), ClusterConfig::new("edge", 1, edge)];
    datacenter.datastores = ["store-1", "store-9", "store-77"].map(|name| DatastoreConfig::vsan(name, 1024)).into();
    datacenter.vms = vec![machine("worker-1", NODE, "prod"), machine("worker-2", OTHER, "edge")];
    config
}

async fn started(setting: &Setting, behaviours: Behaviours) {
    for (name, uuid) in [("worker-1", NODE), ("worker-2", OTHER)] {
        setting.world.cluster.csi_node(name, vsphere_csi::DRIVER_NAME, uuid).await;
    }
    setting.start(behaviours).await;
}

/// The name of the datastore that a volume lies on.
fn store(setting: &Setting, volume: &v1::Volume) -> String {
    let lies_on = setting.volume(&volume.volume_id).datastore;
    let stores = setting.a().look(fake_vcenter_world::World::datastores);
    stores.into_iter().find(|store| store.datastore == lies_on).unwrap().name
}

#[test]
fn without_zones_a_volume_goes_where_all_nodes_reach_it() {
    Setting::begin(vec![unzoned(&["store-1", "store-77"], &["store-77"])], false, |setting| async move {
        started(&setting, Behaviours::default()).await;
        let volume = setting.create(creation()).await.expect("created");
        assert_eq!(store(&setting, &volume), "store-77");
        // A node that is gone needs to reach nothing, and its machine is found to be gone.
        setting.a().on_vm("worker-2", fake_vcenter_world::World::destroy_vm);
        setting.world.cluster.remove_csi_node("worker-2").await;
        setting.create(named("other", creation())).await.expect("created");
    });
    Setting::begin(vec![unzoned(&["store-1"], &["store-9"])], false, |setting| async move {
        started(&setting, Behaviours::default()).await;
        let refused = setting.create(creation()).await.expect_err("there is nothing in common");
        insta::assert_snapshot!(refused.message());
    });
    Setting::begin(vec![unzoned(&["store-1"], &["store-9"])], false, |setting| async move {
        started(&setting, Behaviours { shared_by_all_nodes: false, ..Behaviours::default() }).await;
        setting.create(creation()).await.expect("one of the nodes cannot have it");
    });
}
