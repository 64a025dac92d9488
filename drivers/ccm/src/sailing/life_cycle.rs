//! Nodes that are not ready.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_node_whose_machine_is_gone_goes_with_an_event() {
    let sea = two_nodes(Behaviours::default()).await;
    sea.trace.take();
    sea.a.open().machines.clear();
    pass(60).await;
    assert!(sea.cluster.node("worker-1").is_some(), "it is ready, and nobody asks");
    assert_eq!(sea.trace.count("vc-"), 0);
    sea.cluster.ready("worker-1", false);
    pass(6).await;
    assert!(sea.cluster.node("worker-1").is_none() && sea.cluster.node("worker-2").is_some());
    insta::assert_snapshot!("trace_of_a_deletion", sea.trace.take().join("\n"));
    insta::assert_snapshot!(sea.cluster.events("worker-1").last().unwrap());
}

#[tokio::test(start_paused = true)]
async fn nodes_that_are_not_ready_cost_one_call_for_each_vcenter() {
    let sea = two_nodes(Behaviours::default()).await;
    for number in 3..8 {
        let name = format!("worker-{number}");
        sea.a.open().machines.push(machine(number, &name));
        sea.cluster.register(&name, &uuid(number));
    }
    pass(10).await;
    sea.cluster.ready("worker-2", false);
    pass(10).await;
    sea.trace.take();
    pass(50).await;
    // Five nodes of the one and one of the other, for ten passes.
    assert_eq!((sea.trace.count("vc-a: states"), sea.trace.count("vc-b: states")), (10, 10));
    assert_eq!(sea.trace.count("vc-"), 20);
}

/// The vCenter of a node that is not ready does not answer.
async fn silent_vcenter(behaviours: Behaviours) -> Sea {
    let sea = two_nodes(behaviours).await;
    sea.a.down(true);
    sea.cluster.ready("worker-1", false);
    sea.cluster.ready("worker-2", false);
    pass(600).await;
    sea
}

#[tokio::test(start_paused = true)]
async fn a_vcenter_that_is_down_proves_nothing() {
    let sea = silent_vcenter(Behaviours::default()).await;
    assert!(sea.cluster.node("worker-1").is_some() && sea.cluster.node("worker-2").is_some());
    assert_eq!(sea.trace.count("it is not known whether its machine is there"), 1);
    // Nor does one that answers with a fault, or whose account is not let in.
    for error in
        [crate::VcenterError::Refused { reason: "SystemError".into() }, crate::VcenterError::Login { reason: "failed to log in".into() }]
    {
        sea.a.open().fails = Some(error);
        pass(600).await;
        assert!(sea.cluster.node("worker-1").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn without_proof_a_node_is_deleted_when_its_vcenter_is_down() {
    let sea = silent_vcenter(Behaviours { delete_only_on_proof: false, ..Behaviours::default() }).await;
    assert!(sea.cluster.node("worker-1").is_none() && sea.cluster.node("worker-2").is_some());
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_a_vcenter_that_is_down_could_still_have_the_machine() {
    let sea = two_nodes(Behaviours::default()).await;
    sea.host.kill();
    sea.b.open().machines.clear();
    sea.a.down(true);
    sea.cluster.ready("worker-2", false);
    sea.start(Behaviours::default());
    pass(300).await;
    assert!(sea.cluster.node("worker-2").is_some(), "it may have moved to the one that is down");
    sea.a.down(false);
    pass(120).await;
    assert!(sea.cluster.node("worker-2").is_none());
}

#[tokio::test(start_paused = true)]
async fn an_account_that_sees_nothing_proves_nothing() {
    let sea = two_nodes(Behaviours::default()).await;
    sea.a.open().blind = true;
    sea.cluster.ready("worker-1", false);
    pass(600).await;
    assert!(sea.cluster.node("worker-1").is_some());
    assert_eq!(sea.trace.count("lacks System.View or System.Read"), 1);
}

#[tokio::test(start_paused = true)]
async fn without_searching_every_vcenter_nodes_of_the_second_are_deleted() {
    let sea = two_nodes(Behaviours { search_every_vcenter: false, ..Behaviours::default() }).await;
    sea.cluster.ready("worker-2", false);
    pass(10).await;
    assert!(sea.cluster.node("worker-2").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_node_whose_machine_is_off_bears_the_taint_until_it_is_ready() {
    let sea = two_nodes(Behaviours::default()).await;
    sea.a.open().off.push(reference("VirtualMachine", "vm-1"));
    sea.cluster.ready("worker-1", false);
    pass(6).await;
    let taints = |sea: &Sea| sea.node("worker-1")["spec"]["taints"].to_string();
    assert_eq!(taints(&sea), r#"[{"effect":"NoSchedule","key":"node.cloudprovider.kubernetes.io/shutdown"}]"#);
    sea.trace.take();
    pass(60).await;
    assert_eq!(sea.trace.count("kubernetes: "), 0, "it is written once");
    sea.a.open().off.clear();
    pass(10).await;
    assert!(taints(&sea).contains("shutdown"), "a machine that runs is not yet a node that is ready");
    sea.cluster.ready("worker-1", true);
    pass(6).await;
    assert_eq!(taints(&sea), "[]");
}

#[tokio::test(start_paused = true)]
async fn without_the_taint_nothing_shows_that_the_machine_is_off() {
    let sea = two_nodes(Behaviours { taint_shutdown_nodes: false, ..Behaviours::default() }).await;
    sea.a.open().off.push(reference("VirtualMachine", "vm-1"));
    sea.cluster.ready("worker-1", false);
    pass(60).await;
    assert!(!sea.node("worker-1")["spec"]["taints"].to_string().contains("shutdown"));
}

/// A node whose kubelet is quicker than its machine's tools.
async fn quick_kubelet(behaviours: Behaviours) -> Sea {
    let sea = Sea::new(TWO);
    sea.a.open().machines.push(crate::vcenter::Machine { host_name: String::new(), uuid: String::new(), ..machine(1, "worker-1") });
    sea.cluster.register("worker-1", "");
    sea.start(behaviours);
    pass(60).await;
    sea
}

#[tokio::test(start_paused = true)]
async fn a_node_that_was_never_initialised_is_never_deleted() {
    let sea = quick_kubelet(Behaviours::default()).await;
    assert!(sea.waits("worker-1"));
    sea.a.open().machines[0] = machine(1, "worker-1");
    pass(120).await;
    assert!(!sea.waits("worker-1"));
}

#[tokio::test(start_paused = true)]
async fn without_that_a_node_is_deleted_because_its_name_is_not_known_yet() {
    let sea = quick_kubelet(Behaviours { never_delete_unregistered: false, ..Behaviours::default() }).await;
    assert!(sea.cluster.node("worker-1").is_none());
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_moves_to_another_vcenter_keeps_its_node() {
    let sea = two_nodes(Behaviours::default()).await;
    let moved = sea.a.open().machines.remove(0);
    sea.b.open().machines.push(crate::vcenter::Machine { reference: reference("VirtualMachine", "vm-77"), ..moved });
    sea.cluster.ready("worker-1", false);
    pass(60).await;
    assert!(sea.cluster.node("worker-1").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_reference_that_another_machine_has_now_is_not_believed() {
    let sea = two_nodes(Behaviours::default()).await;
    sea.a.open().machines[0].uuid = uuid(99);
    sea.cluster.ready("worker-1", false);
    pass(10).await;
    assert!(sea.cluster.node("worker-1").is_none());
}
