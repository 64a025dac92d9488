//! Addresses and labels of nodes that are there.

use serde_json::json;

use crate::{Behaviours, Setting, TWO, pass, two_nodes};

#[test]
fn addresses_follow_the_machine_at_one_call_for_each_vcenter() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        setting.world.forget();
        setting.a.guest("worker-1", |guest| guest.addresses = vec!["10.0.0.77".into()]);
        pass(300).await;
        assert_eq!(setting.node("worker-1").await["status"]["addresses"][1]["address"], "10.0.0.77");
        insta::assert_snapshot!("trace_of_a_refresh", setting.trace());
        setting.world.forget();
        pass(3000).await;
        let asked = setting.called("vc-a") + setting.called("vc-b");
        assert_eq!((asked, setting.writes()), (20, 0), "ten refreshes that find nothing new");
    });
}

#[test]
fn a_machine_that_says_nothing_keeps_its_node_s_addresses() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        let before = setting.node("worker-1").await;
        setting.a.guest("worker-1", |guest| guest.addresses.clear());
        pass(700).await;
        setting.a.guest("worker-1", |guest| guest.addresses = vec!["::1".into()]);
        pass(700).await;
        assert_eq!(setting.node("worker-1").await["status"]["addresses"], before["status"]["addresses"]);
        assert_eq!(setting.logged("its addresses stay as they are"), 1);
    });
}

#[test]
fn yesterday_s_labels_are_made_equal_to_today_s() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        let wrong = json!({"metadata": {"labels": {"beta.kubernetes.io/instance-type": "wrong"}}});
        setting.world.cluster.patch_node("worker-1", wrong).await;
        pass(301).await;
        let [today, yesterday] = ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"];
        assert_eq!(setting.label("worker-1", yesterday).await, setting.label("worker-1", today).await);
        assert_ne!(setting.label("worker-1", today).await, None);
    });
}
