//! Addresses and labels of nodes that are there.

use super::*;

#[tokio::test(start_paused = true)]
async fn addresses_follow_the_machine_at_one_call_for_each_vcenter() {
    let sea = two_nodes(Behaviours::default()).await;
    sea.trace.take();
    sea.a.open().machines[0].cards[0].addresses = vec!["10.0.0.77".into()];
    pass(300).await;
    assert_eq!(sea.node("worker-1")["status"]["addresses"][1]["address"], "10.0.0.77");
    insta::assert_snapshot!("trace_of_a_refresh", sea.trace.take().join("\n"));
    pass(3000).await;
    assert_eq!((sea.trace.count("vc-"), sea.trace.count("kubernetes: ")), (20, 0), "ten refreshes that find nothing new");
}

#[tokio::test(start_paused = true)]
async fn a_machine_that_says_nothing_keeps_its_node_s_addresses() {
    let sea = two_nodes(Behaviours::default()).await;
    let before = sea.node("worker-1");
    sea.a.open().machines[0].cards.clear();
    pass(700).await;
    sea.a.open().machines[0].cards.push(crate::vcenter::Card {
        network: "x".into(),
        virtual_hardware: true,
        addresses: vec!["::1".into()],
    });
    pass(700).await;
    assert_eq!(sea.node("worker-1")["status"]["addresses"], before["status"]["addresses"]);
    assert_eq!(sea.trace.count("its addresses stay as they are"), 1);
}

#[tokio::test(start_paused = true)]
async fn yesterday_s_labels_are_made_equal_to_today_s() {
    let sea = two_nodes(Behaviours::default()).await;
    sea.cluster.patch("worker-1", &serde_json::json!({"metadata": {"labels": {"beta.kubernetes.io/instance-type": "wrong"}}}));
    pass(301).await;
    let [today, yesterday] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
    assert_eq!(sea.label("worker-1", yesterday), sea.label("worker-1", today));
}
