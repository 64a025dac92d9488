//! Addresses and labels of nodes that are there.

use fake_vcenter_world::{GuestAdapter, VmConfig};
use serde_json::json;

use crate::{Behaviours, Setting, TWO, machine, pass, two_nodes, uuid};

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

#[test]
fn without_keeping_what_is_known_silent_tools_take_a_node_s_addresses() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours { keep_known_addresses: false, ..Behaviours::default() }).await;
        setting.a.guest("worker-1", |guest| guest.tools_running = false);
        pass(700).await;
        let node = setting.node("worker-1").await;
        assert!(node["status"]["addresses"].as_array().is_none_or(Vec::is_empty), "{node}");
    });
}

#[test]
fn of_several_adapters_the_configured_network_is_internal_and_local_addresses_are_left_out() {
    let adapter = |network: &str, addresses: &[&str], hardware: bool| GuestAdapter {
        network: network.to_owned(),
        addresses: addresses.iter().map(|address| (*address).to_owned()).collect(),
        hardware,
    };
    let told = [
        adapter("", &["172.17.0.1"], false),
        adapter("outside", &["169.254.1.1", "203.0.113.1"], true),
        adapter("inside", &["10.0.0.1"], true),
    ];
    let addresses = |behaviours: Behaviours| {
        let told = told.to_vec();
        Setting::begin(&format!("{TWO}nodes: {{internalVmNetworkName: inside, externalVmNetworkName: outside}}\n"), |setting| async move {
            setting.a.create_vm(&VmConfig { adapters: told, ..machine(1, "worker-1") });
            setting.world.cluster.register("worker-1", &uuid(1)).await;
            setting.start(behaviours).await;
            pass(10).await;
            let node = setting.node("worker-1").await;
            let address = |place: usize| node["status"]["addresses"][place]["address"].as_str().unwrap_or_default().to_owned();
            [address(1), address(2)]
        })
    };
    assert_eq!(addresses(Behaviours::default()), ["10.0.0.1", "203.0.113.1"]);
    assert_eq!(addresses(Behaviours { choose_configured_addresses: false, ..Behaviours::default() }), ["203.0.113.1"; 2]);
    assert_eq!(addresses(Behaviours { leave_out_local_addresses: false, ..Behaviours::default() }), ["10.0.0.1", "169.254.1.1"]);
}
