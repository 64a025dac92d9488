//! Nodes that are not ready.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_node_whose_machine_is_gone_goes_with_an_event() {
    let world = two_nodes(Behaviours::default()).await;
    world.trace.take();
    world.a.open().machines.clear();
    pass(60).await;
    assert!(world.cluster.node("worker-1").is_some(), "it is ready, and nobody asks");
    assert_eq!(world.trace.count("vc-"), 0);
    world.cluster.ready("worker-1", false);
    pass(6).await;
    assert!(world.cluster.node("worker-1").is_none() && world.cluster.node("worker-2").is_some());
    insta::assert_snapshot!("trace_of_a_deletion", world.trace.take().join("\n"));
    insta::assert_snapshot!(world.cluster.events("worker-1").last().unwrap());
}

#[tokio::test(start_paused = true)]
async fn nodes_that_are_not_ready_cost_one_call_for_each_vcenter() {
    let world = two_nodes(Behaviours::default()).await;
    for number in 3..8 {
        let name = format!("worker-{number}");
        world.a.open().machines.push(machine(number, &name));
        world.cluster.register(&name, &uuid(number));
    }
    pass(10).await;
    world.cluster.ready("worker-2", false);
    pass(10).await;
    world.trace.take();
    pass(50).await;
    // Five nodes of the one and one of the other, for ten passes.
    assert_eq!((world.trace.count("vc-a: states"), world.trace.count("vc-b: states")), (10, 10));
    assert_eq!(world.trace.count("vc-"), 20);
}

/// The vCenter of a node that is not ready does not answer.
async fn silent_vcenter(behaviours: Behaviours) -> TestWorld {
    let world = two_nodes(behaviours).await;
    world.a.down(true);
    world.cluster.ready("worker-1", false);
    world.cluster.ready("worker-2", false);
    pass(600).await;
    world
}

#[tokio::test(start_paused = true)]
async fn a_vcenter_that_is_down_proves_nothing() {
    let world = silent_vcenter(Behaviours::default()).await;
    assert!(world.cluster.node("worker-1").is_some() && world.cluster.node("worker-2").is_some());
    assert_eq!(world.trace.count("it is not known whether its machine is there"), 1);
    // Nor does one that answers with a fault, or whose account is not let in.
    for error in
        [crate::VCenterError::Refused { reason: "SystemError".into() }, crate::VCenterError::Login { reason: "failed to log in".into() }]
    {
        world.a.open().fails = Some(error);
        pass(600).await;
        assert!(world.cluster.node("worker-1").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn without_proof_a_node_is_deleted_when_its_vcenter_is_down() {
    let world = silent_vcenter(Behaviours { delete_only_on_proof: false, ..Behaviours::default() }).await;
    assert!(world.cluster.node("worker-1").is_none() && world.cluster.node("worker-2").is_some());
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_a_vcenter_that_is_down_could_still_have_the_machine() {
    let world = two_nodes(Behaviours::default()).await;
    world.host.kill();
    world.b.open().machines.clear();
    world.a.down(true);
    world.cluster.ready("worker-2", false);
    world.start(Behaviours::default());
    pass(300).await;
    assert!(world.cluster.node("worker-2").is_some(), "it may have moved to the one that is down");
    world.a.down(false);
    pass(120).await;
    assert!(world.cluster.node("worker-2").is_none());
}

#[tokio::test(start_paused = true)]
async fn an_account_that_sees_nothing_proves_nothing() {
    let world = two_nodes(Behaviours::default()).await;
    world.a.open().blind = true;
    world.cluster.ready("worker-1", false);
    pass(600).await;
    assert!(world.cluster.node("worker-1").is_some());
    assert_eq!(world.trace.count("lacks System.View or System.Read"), 1);
}

#[tokio::test(start_paused = true)]
async fn without_searching_every_vcenter_nodes_of_the_second_are_deleted() {
    let world = two_nodes(Behaviours { search_every_vcenter: false, ..Behaviours::default() }).await;
    world.cluster.ready("worker-2", false);
    pass(10).await;
    assert!(world.cluster.node("worker-2").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_node_whose_machine_is_off_bears_the_taint_until_it_is_ready() {
    let world = two_nodes(Behaviours::default()).await;
    world.a.open().off.push(reference("VirtualMachine", "vm-1"));
    world.cluster.ready("worker-1", false);
    pass(6).await;
    let taints = |world: &TestWorld| world.node("worker-1")["spec"]["taints"].to_string();
    assert_eq!(taints(&world), r#"[{"effect":"NoSchedule","key":"node.cloudprovider.kubernetes.io/shutdown"}]"#);
    world.trace.take();
    pass(60).await;
    assert_eq!(world.trace.count("kubernetes: "), 0, "it is written once");
    world.a.open().off.clear();
    pass(10).await;
    assert!(taints(&world).contains("shutdown"), "a machine that runs is not yet a node that is ready");
    world.cluster.ready("worker-1", true);
    pass(6).await;
    assert_eq!(taints(&world), "[]");
}

#[tokio::test(start_paused = true)]
async fn without_the_taint_nothing_shows_that_the_machine_is_off() {
    let world = two_nodes(Behaviours { taint_shutdown_nodes: false, ..Behaviours::default() }).await;
    world.a.open().off.push(reference("VirtualMachine", "vm-1"));
    world.cluster.ready("worker-1", false);
    pass(60).await;
    assert!(!world.node("worker-1")["spec"]["taints"].to_string().contains("shutdown"));
}

/// A node whose kubelet is quicker than its machine's tools.
async fn quick_kubelet(behaviours: Behaviours) -> TestWorld {
    let world = TestWorld::new(TWO);
    world.a.open().machines.push(crate::vcenter::Machine { host_name: String::new(), uuid: String::new(), ..machine(1, "worker-1") });
    world.cluster.register("worker-1", "");
    world.start(behaviours);
    pass(60).await;
    world
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_never_initialised_is_never_deleted() {
    let world = quick_kubelet(Behaviours::default()).await;
    assert!(world.waits("worker-1"));
    world.a.open().machines[0] = machine(1, "worker-1");
    pass(120).await;
    assert!(!world.waits("worker-1"));
}

#[tokio::test(start_paused = true)]
async fn without_that_a_node_is_deleted_because_its_name_is_not_known_yet() {
    let world = quick_kubelet(Behaviours { never_delete_unregistered: false, ..Behaviours::default() }).await;
    assert!(world.cluster.node("worker-1").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_moves_to_another_vcenter_keeps_its_node() {
    let world = two_nodes(Behaviours::default()).await;
    let moved = world.a.open().machines.remove(0);
    world.b.open().machines.push(crate::vcenter::Machine { reference: reference("VirtualMachine", "vm-77"), ..moved });
    world.cluster.ready("worker-1", false);
    pass(60).await;
    assert!(world.cluster.node("worker-1").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_reference_that_another_machine_has_now_is_not_believed() {
    let world = two_nodes(Behaviours::default()).await;
    world.a.open().machines[0].uuid = uuid(99);
    world.cluster.ready("worker-1", false);
    pass(10).await;
    assert!(world.cluster.node("worker-1").is_none());
}
