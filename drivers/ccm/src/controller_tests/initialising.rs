//! New nodes.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_node_gets_everything_in_one_write_and_its_addresses_before() {
    let world = TestWorld::new(ZONED);
    world.a.open().machines.push(machine(1, "worker-1"));
    let (cluster, datacenter) = (reference("ClusterComputeResource", "domain-c7"), reference("Datacenter", "datacenter-2"));
    world.a.open().parents.insert(reference("HostSystem", "host-1"), cluster.clone());
    world.a.open().parents.insert(cluster.clone(), datacenter.clone());
    world.a.tag(&cluster, "k8s-zone", "zone-a");
    world.a.tag(&datacenter, "k8s-region", "west");
    let running = world.start(Behaviours::default());
    pass(1).await;
    world.cluster.register("worker-1", &uuid(1).to_uppercase());
    pass(1).await;
    world.cluster.ready("worker-1", true);
    pass(10).await;
    assert!(running.shut_down().await.is_empty());
    insta::assert_snapshot!("trace_of_an_initialisation", world.trace.take().join("\n"));
    let node = world.node("worker-1");
    insta::assert_json_snapshot!(
        "an_initialised_node",
        serde_json::json!({
            "labels": node["metadata"]["labels"], "spec": node["spec"], "addresses": node["status"]["addresses"],
        })
    );
}

#[tokio::test(start_paused = true)]
async fn a_node_waits_for_the_tools_and_is_told_once_why() {
    let world = TestWorld::new(TWO);
    let mut silent = machine(1, "");
    silent.name = "worker-1".into();
    silent.cards.clear();
    world.a.open().machines.push(silent);
    world.cluster.register("worker-1", &uuid(1));
    world.start(Behaviours::default());
    pass(30).await;
    assert!(world.waits("worker-1"));
    assert_eq!(world.cluster.events("worker-1").len(), 1);
    world.a.open().machines[0].host_name = "worker-1".into();
    pass(70).await;
    assert!(world.waits("worker-1"), "it has a name by now, and no address");
    world.a.open().machines[0] = machine(1, "worker-1");
    pass(70).await;
    assert!(!world.waits("worker-1"));
    insta::assert_snapshot!(world.cluster.events("worker-1").join("\n"));
}

#[tokio::test(start_paused = true)]
async fn without_waiting_for_the_tools_a_node_is_let_in_without_addresses() {
    let world = TestWorld::new(TWO);
    world.a.open().machines.push(crate::vcenter::Machine { cards: Vec::new(), host_name: String::new(), ..machine(1, "worker-1") });
    world.cluster.register("worker-1", &uuid(1));
    world.start(Behaviours { wait_for_guest_tools: false, ..Behaviours::default() });
    pass(5).await;
    assert!(!world.waits("worker-1") && world.node("worker-1")["status"]["addresses"].is_null());
}

/// A node whose kubelet could not read a uuid, and whose machine does not have one yet.
fn without_uuid() -> TestWorld {
    let world = TestWorld::new(TWO);
    world.a.open().machines.push(crate::vcenter::Machine { uuid: String::new(), ..machine(1, "worker-1") });
    world.cluster.register("worker-1", "");
    world
}

#[tokio::test(start_paused = true)]
async fn a_provider_id_is_whole_or_not_there() {
    let world = without_uuid();
    world.start(Behaviours::default());
    pass(10).await;
    assert!(world.waits("worker-1") && world.node("worker-1")["spec"]["providerID"].is_null());
    assert_eq!(world.cluster.events("worker-1"), ["NoUUID: worker-1 says that its uuid is \"\", which is none"]);
    world.a.open().machines[0].uuid = uuid(1);
    pass(60).await;
    assert_eq!(world.node("worker-1")["spec"]["providerID"], format!("vsphere://{}", uuid(1)));
}

#[tokio::test(start_paused = true)]
async fn without_whole_provider_ids_a_node_is_given_half_a_one() {
    let world = without_uuid();
    world.start(Behaviours { whole_provider_ids_only: false, ..Behaviours::default() });
    world.cluster.register("worker-2", &uuid(2));
    world.b.open().machines.push(crate::vcenter::Machine { uuid: String::new(), ..machine(2, "worker-2") });
    pass(10).await;
    assert_eq!(world.node("worker-1")["spec"]["providerID"], "vsphere://");
    assert_eq!(world.node("worker-2")["spec"]["providerID"], "vsphere://", "kubelet knew its uuid, and vCenter did not");
}

/// Two machines of two vCenters whose guests have one name.
fn namesakes() -> TestWorld {
    let world = TestWorld::new(TWO);
    world.a.open().machines.push(machine(1, "worker-1"));
    world.b.open().machines.push(machine(2, "worker-1"));
    world.cluster.register("worker-1", "");
    world
}

#[tokio::test(start_paused = true)]
async fn several_machines_of_one_name_are_named_and_none_is_taken() {
    let world = namesakes();
    world.start(Behaviours::default());
    pass(10).await;
    assert!(world.waits("worker-1"));
    insta::assert_snapshot!(world.cluster.events("worker-1").join("\n"));
    // A vCenter that is down could have the other one: the name alone decides nothing then.
    world.a.down(true);
    pass(120).await;
    assert!(world.waits("worker-1"));
    world.a.down(false);
    world.a.open().machines.clear();
    pass(120).await;
    assert_eq!(world.node("worker-1")["spec"]["providerID"], format!("vsphere://{}", uuid(2)));
}

#[tokio::test(start_paused = true)]
async fn without_the_error_the_first_machine_of_a_name_is_taken() {
    let world = namesakes();
    world.start(Behaviours { ambiguous_name_is_error: false, ..Behaviours::default() });
    pass(10).await;
    assert_eq!(world.node("worker-1")["spec"]["providerID"], format!("vsphere://{}", uuid(1)));
}

#[tokio::test(start_paused = true)]
async fn a_uuid_is_found_in_either_order_of_its_bytes() {
    let world = TestWorld::new(TWO);
    world.b.open().machines.push(machine(2, "worker-2"));
    world.cluster.register("worker-2", "1d511642-3322-5544-6677-000000000002");
    world.start(Behaviours::default());
    pass(1).await;
    assert_eq!(world.node("worker-2")["spec"]["providerID"], format!("vsphere://{}", uuid(2)));
}

#[tokio::test(start_paused = true)]
async fn a_vcenter_that_is_down_keeps_only_its_own_nodes_waiting() {
    let world = TestWorld::new(TWO);
    world.a.open().machines.push(machine(1, "worker-1"));
    world.b.open().machines.push(machine(2, "worker-2"));
    world.a.down(true);
    world.cluster.register("worker-1", &uuid(1));
    world.cluster.register("worker-2", &uuid(2));
    world.start(Behaviours::default());
    pass(600).await;
    assert!(!world.waits("worker-2") && world.waits("worker-1"));
    insta::assert_snapshot!(world.cluster.events("worker-1").join("\n"));
    let asked = world.trace.count("vc-a: ");
    assert!((8..32).contains(&asked), "it is asked less and less often, but it was asked {asked} times");
    world.a.down(false);
    pass(120).await;
    assert!(!world.waits("worker-1"));
}

#[tokio::test(start_paused = true)]
async fn without_searching_every_vcenter_nodes_of_the_second_are_not_found() {
    let world = TestWorld::new(TWO);
    world.b.open().machines.push(machine(2, "worker-2"));
    world.cluster.register("worker-2", &uuid(2));
    world.start(Behaviours { search_every_vcenter: false, ..Behaviours::default() });
    pass(60).await;
    assert!(world.waits("worker-2"));
}

/// A controller that dies after its first write, and another one after it.
async fn dies_after_the_first_write(behaviours: Behaviours) -> TestWorld {
    let world = TestWorld::new(TWO);
    world.a.open().machines.push(machine(1, "worker-1"));
    world.cluster.register("worker-1", &uuid(1));
    world.cluster.refuse_after(Some(1));
    world.start(behaviours);
    pass(1).await;
    world.host.kill();
    world.cluster.refuse_after(None);
    world.start(behaviours);
    pass(60).await;
    world
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_dies_between_its_writes_leaves_the_taint() {
    let world = dies_after_the_first_write(Behaviours::default()).await;
    assert_eq!(world.node("worker-1")["spec"]["providerID"], format!("vsphere://{}", uuid(1)));
    assert!(!world.waits("worker-1"));
}

#[tokio::test(start_paused = true)]
async fn without_taking_the_taint_last_a_node_is_let_in_and_never_told_who_it_is() {
    let world = dies_after_the_first_write(Behaviours { remove_taint_last: false, ..Behaviours::default() }).await;
    assert!(!world.waits("worker-1") && world.node("worker-1")["spec"]["providerID"].is_null());
}

#[tokio::test(start_paused = true)]
async fn what_kubelet_was_told_of_its_address_rules() {
    let world = TestWorld::new(TWO);
    let mut two_addresses = machine(1, "worker-1");
    two_addresses.cards[0].addresses.push("10.9.0.1".into());
    world.a.open().machines.push(two_addresses);
    world.cluster.register("worker-1", &uuid(1));
    let provided = |ip: &str| serde_json::json!({"metadata": {"annotations": {"alpha.kubernetes.io/provided-node-ip": ip}}});
    world.cluster.patch("worker-1", &provided("10.9.0.1"));
    world.start(Behaviours::default());
    pass(10).await;
    insta::assert_snapshot!(world.cluster.events("worker-1").join("\n"));
    world.cluster.patch("worker-1", &provided("10.0.0.1"));
    pass(60).await;
    assert!(!world.waits("worker-1"));
}

#[tokio::test(start_paused = true)]
async fn a_node_of_another_cloud_is_told_so_and_left_alone() {
    let world = TestWorld::new(TWO);
    world.cluster.register("worker-1", &uuid(1));
    world.cluster.patch("worker-1", &serde_json::json!({"spec": {"providerID": "aws:///i-1"}}));
    world.start(Behaviours::default());
    pass(60).await;
    insta::assert_snapshot!(world.cluster.events("worker-1").join("\n"));
    assert_eq!(world.trace.count("vc-a: "), 0);
}
