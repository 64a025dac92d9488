//! What each RPC asks of vCenter: a reviewed list, so that nobody makes the driver talk more without noticing.

use super::super::placement::tests::vcenter;
use super::*;
use crate::topology::tests::{segments, zones};

/// The calls since the last look, in one line.
fn asked(world: &TestWorld, what: &str) -> String {
    let calls = std::mem::take(&mut world.script().calls);
    let counted: Vec<String> =
        calls.iter().map(|(call, count)| if *count == 1 { (*call).to_owned() } else { format!("{count} x {call}") }).collect();
    format!("{what}: {}", counted.join(", "))
}

#[tokio::test(start_paused = true)]
async fn each_rpc_asks_no_more_than_it_needs() {
    let world = vcenter("vc-a", "zone-a", 1);
    {
        let mut script = world.script();
        script.vms = vec![Machine { provider: Some("kp-2"), ..Machine::new(NODE, "worker-1") }];
        script.policies = vec![("gold".into(), "policy-a".into(), vec![MoRef::new("Datastore", "datastore-1")])];
        script.providers = BTreeMap::from([("kp-1", true), ("kp-2", true)]);
    }
    let controller = controller(&[&world], zones(), Behaviours::default());
    let mut lines = Vec::new();
    let topology = vec![v1::Topology { segments: segments("zone-a") }];
    let requirement = v1::TopologyRequirement { requisite: topology.clone(), preferred: topology };
    let request = v1::CreateVolumeRequest {
        accessibility_requirements: Some(requirement),
        parameters: BTreeMap::from([("storagepolicyname".into(), "gold".into())]),
        ..creation()
    };
    let id = create(&controller, request.clone()).await.expect("created").volume_id;
    lines.push(asked(&world, "first CreateVolume with topology and policy"));
    create(&controller, v1::CreateVolumeRequest { name: "another".into(), ..request.clone() }).await.expect("created");
    lines.push(asked(&world, "next CreateVolume, 8.0.3 without a chosen id"));
    create(&controller, request).await.expect("created already");
    lines.push(asked(&world, "CreateVolume of what is there"));
    world.script().keys.insert(id.clone(), ("kp-1", None));
    let modify = v1::ControllerModifyVolumeRequest {
        volume_id: id.clone(),
        mutable_parameters: BTreeMap::from([("seatrial.dev/key-provider".into(), "kp-2".into())]),
        ..Default::default()
    };
    controller.controller_modify_volume(Request::new(modify)).await.expect("modified");
    lines.push(asked(&world, "ControllerModifyVolume"));
    publish(&controller, &id, NODE).await.expect("attached");
    lines.push(asked(&world, "ControllerPublishVolume"));
    publish(&controller, &id, NODE).await.expect("attached already");
    lines.push(asked(&world, "ControllerPublishVolume of what is attached"));
    unpublish(&controller, &id, NODE).await.expect("detached");
    lines.push(asked(&world, "ControllerUnpublishVolume"));
    delete(&controller, &id).await.expect("deleted");
    lines.push(asked(&world, "DeleteVolume"));
    insta::assert_snapshot!(lines.join("\n"));
}
