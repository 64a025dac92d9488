//! Addresses and labels of nodes that are there.

use super::*;

#[tokio::test(start_paused = true)]
async fn addresses_follow_the_machine_at_one_call_for_each_vcenter() {
    let world = two_nodes(Behaviours::default()).await;
    world.trace.take();
    world.a.open().machines[0].cards[0].addresses = vec!["10.0.0.77".into()];
    pass(300).await;
    assert_eq!(world.node("worker-1")["status"]["addresses"][1]["address"], "10.0.0.77");
    insta::assert_snapshot!("trace_of_a_refresh", world.trace.take().join("\n"));
    pass(3000).await;
    assert_eq!((world.trace.count("vc-"), world.trace.count("kubernetes: ")), (20, 0), "ten refreshes that find nothing new");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_says_nothing_keeps_its_node_s_addresses() {
    let world = two_nodes(Behaviours::default()).await;
    let before = world.node("worker-1");
    world.a.open().machines[0].cards.clear();
    pass(700).await;
    world.a.open().machines[0].cards.push(crate::vcenter::Card {
        network: "x".into(),
        virtual_hardware: true,
        addresses: vec!["::1".into()],
    });
    pass(700).await;
    assert_eq!(world.node("worker-1")["status"]["addresses"], before["status"]["addresses"]);
    assert_eq!(world.trace.count("its addresses stay as they are"), 1);
}

#[tokio::test(start_paused = true)]
async fn yesterday_s_labels_are_made_equal_to_today_s() {
    let world = two_nodes(Behaviours::default()).await;
    world.cluster.patch("worker-1", &serde_json::json!({"metadata": {"labels": {"beta.kubernetes.io/instance-type": "wrong"}}}));
    pass(301).await;
    let [today, yesterday] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
    assert_eq!(world.label("worker-1", yesterday), world.label("worker-1", today));
}
