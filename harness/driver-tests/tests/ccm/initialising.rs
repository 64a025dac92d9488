//! New nodes.

use fake_vcenter_world::{TagTarget, VmConfig};
use seatrial_driver_tests::Once;
use seatrial_journal::Call;
use seatrial_wires::Moment;
use serde_json::json;

use crate::{Behaviours, Setting, TWO, ZONED, machine, pass, uuid};

#[test]
fn a_node_gets_everything_in_one_write_and_its_addresses_before() {
    Setting::begin(ZONED, |setting| async move {
        setting.a.create_vm(&machine(1, "worker-1"));
        setting.a.tag(&TagTarget::Cluster("prod".into()), "k8s-zone", "zone-a");
        setting.a.tag(&TagTarget::Datacenter("dc-1".into()), "k8s-region", "west");
        let running = setting.start(Behaviours::default()).await;
        pass(1).await;
        setting.world.cluster.register("worker-1", &uuid(1).to_uppercase()).await;
        pass(1).await;
        setting.world.cluster.ready("worker-1", true).await;
        pass(10).await;
        assert!(running.shut_down().await.is_empty());
        insta::assert_snapshot!("trace_of_an_initialisation", setting.trace());
        let node = setting.node("worker-1").await;
        insta::assert_json_snapshot!(
            "an_initialised_node",
            json!({"labels": node["metadata"]["labels"], "spec": node["spec"], "addresses": node["status"]["addresses"]})
        );
    });
}

/// A machine whose tools have not come up.
fn silent(setting: &Setting, vm: &VmConfig) {
    setting.a.create_vm(vm);
    setting.a.guest(&vm.name, |guest| {
        (guest.tools_running, guest.host_name) = (false, None);
        guest.addresses.clear();
    });
}

#[test]
fn a_node_waits_for_the_tools_and_is_told_once_why() {
    Setting::begin(TWO, |setting| async move {
        silent(&setting, &machine(1, "worker-1"));
        setting.world.cluster.register("worker-1", &uuid(1)).await;
        setting.start(Behaviours::default()).await;
        pass(30).await;
        assert!(setting.waits("worker-1").await);
        assert_eq!(setting.world.cluster.events("worker-1").await.len(), 1);
        setting.a.guest("worker-1", |guest| (guest.tools_running, guest.host_name) = (true, Some("worker-1".into())));
        pass(70).await;
        assert!(setting.waits("worker-1").await, "it has a name by now, and no address");
        setting.a.guest("worker-1", |guest| guest.addresses = vec!["10.0.0.1".into()]);
        pass(70).await;
        assert!(!setting.waits("worker-1").await);
        insta::assert_snapshot!(setting.events("worker-1").await);
    });
}

#[test]
fn without_waiting_for_the_tools_a_node_is_let_in_without_addresses() {
    Setting::begin(TWO, |setting| async move {
        silent(&setting, &machine(1, "worker-1"));
        setting.world.cluster.register("worker-1", &uuid(1)).await;
        setting.start(Behaviours { wait_for_guest_tools: false, ..Behaviours::default() }).await;
        pass(5).await;
        assert!(!setting.waits("worker-1").await && setting.node("worker-1").await["status"]["addresses"].is_null());
    });
}

/// A node whose kubelet could not read a uuid, and whose machine does not have one yet.
async fn without_uuid(setting: &Setting) {
    setting.a.create_vm(&machine(1, "worker-1"));
    setting.a.on_vm("worker-1", |world, now, vm| world.clear_bios_uuid(now, vm, true));
    setting.world.cluster.register("worker-1", "").await;
}

#[test]
fn a_provider_id_is_whole_or_not_there() {
    Setting::begin(TWO, |setting| async move {
        without_uuid(&setting).await;
        setting.start(Behaviours::default()).await;
        pass(10).await;
        assert!(setting.waits("worker-1").await && setting.node("worker-1").await["spec"]["providerID"].is_null());
        assert_eq!(setting.events("worker-1").await, "NoUUID: worker-1 says that its uuid is \"\", which is none");
        setting.a.on_vm("worker-1", |world, now, vm| world.clear_bios_uuid(now, vm, false));
        pass(60).await;
        assert_eq!(setting.node("worker-1").await["spec"]["providerID"], format!("vsphere://{}", uuid(1)));
    });
}

#[test]
fn without_whole_provider_ids_a_node_is_given_half_a_one() {
    Setting::begin(TWO, |setting| async move {
        without_uuid(&setting).await;
        setting.start(Behaviours { whole_provider_ids_only: false, ..Behaviours::default() }).await;
        setting.b.create_vm(&machine(2, "worker-2"));
        setting.b.on_vm("worker-2", |world, now, vm| world.clear_bios_uuid(now, vm, true));
        setting.world.cluster.register("worker-2", &uuid(2)).await;
        pass(10).await;
        assert_eq!(setting.node("worker-1").await["spec"]["providerID"], "vsphere://");
        assert_eq!(setting.node("worker-2").await["spec"]["providerID"], "vsphere://", "kubelet knew its uuid, and vCenter did not");
    });
}

/// Two machines of two vCenters whose guests have one name.
async fn namesakes(setting: &Setting) {
    setting.a.create_vm(&machine(1, "worker-1"));
    setting.b.create_vm(&machine(2, "worker-1"));
    setting.world.cluster.register("worker-1", "").await;
}

#[test]
fn several_machines_of_one_name_are_named_and_none_is_taken() {
    Setting::begin(TWO, |setting| async move {
        namesakes(&setting).await;
        setting.start(Behaviours::default()).await;
        pass(10).await;
        assert!(setting.waits("worker-1").await);
        insta::assert_snapshot!(setting.events("worker-1").await);
        // A vCenter that is down could have the other one: the name alone decides nothing then.
        setting.down(&setting.a, true);
        pass(120).await;
        assert!(setting.waits("worker-1").await);
        setting.down(&setting.a, false);
        setting.a.on_vm("worker-1", fake_vcenter_world::World::destroy_vm);
        pass(120).await;
        assert_eq!(setting.node("worker-1").await["spec"]["providerID"], format!("vsphere://{}", uuid(2)));
    });
}

#[test]
fn without_the_error_the_first_machine_of_a_name_is_taken() {
    Setting::begin(TWO, |setting| async move {
        namesakes(&setting).await;
        setting.start(Behaviours { ambiguous_name_is_error: false, ..Behaviours::default() }).await;
        pass(10).await;
        assert_eq!(setting.node("worker-1").await["spec"]["providerID"], format!("vsphere://{}", uuid(1)));
    });
}

#[test]
fn a_uuid_is_found_in_either_order_of_its_bytes() {
    Setting::begin(TWO, |setting| async move {
        setting.b.create_vm(&machine(2, "worker-2"));
        setting.world.cluster.register("worker-2", "1d511642-3322-5544-6677-000000000002").await;
        setting.start(Behaviours::default()).await;
        pass(2).await;
        assert_eq!(setting.node("worker-2").await["spec"]["providerID"], format!("vsphere://{}", uuid(2)));
    });
}

#[test]
fn a_vcenter_that_is_down_keeps_only_its_own_nodes_waiting() {
    Setting::begin(TWO, |setting| async move {
        setting.a.create_vm(&machine(1, "worker-1"));
        setting.b.create_vm(&machine(2, "worker-2"));
        setting.down(&setting.a, true);
        setting.world.cluster.register("worker-1", &uuid(1)).await;
        setting.world.cluster.register("worker-2", &uuid(2)).await;
        setting.start(Behaviours::default()).await;
        pass(600).await;
        assert!(!setting.waits("worker-2").await && setting.waits("worker-1").await);
        insta::assert_snapshot!(setting.events("worker-1").await);
        let asked = setting.called("vc-a");
        assert!((8..64).contains(&asked), "it is asked less and less often, but it was asked {asked} times");
        setting.down(&setting.a, false);
        pass(120).await;
        assert!(!setting.waits("worker-1").await);
    });
}

#[test]
fn without_searching_every_vcenter_nodes_of_the_second_are_not_found() {
    Setting::begin(TWO, |setting| async move {
        setting.b.create_vm(&machine(2, "worker-2"));
        setting.world.cluster.register("worker-2", &uuid(2)).await;
        setting.start(Behaviours { search_every_vcenter: false, ..Behaviours::default() }).await;
        pass(60).await;
        assert!(setting.waits("worker-2").await);
    });
}

/// A controller that dies after its first write to the Node, and another one after it.
async fn dies_after_the_first_write(setting: &Setting, behaviours: Behaviours) {
    setting.a.create_vm(&machine(1, "worker-1"));
    setting.world.cluster.register("worker-1", &uuid(1)).await;
    let writes = |call: &Call| call.from == "ccm" && ["patch nodes", "update nodes"].iter().any(|write| call.method.starts_with(write));
    setting.world.befall(Once::kill("ccm", Moment::AfterAnswer, 1, writes));
    setting.start(behaviours).await;
    pass(2).await;
    assert!(!setting.world.lives("ccm"), "it has written and died");
    setting.start(behaviours).await;
    pass(60).await;
}

#[test]
fn a_controller_that_dies_between_its_writes_leaves_the_taint() {
    Setting::begin(TWO, |setting| async move {
        dies_after_the_first_write(&setting, Behaviours::default()).await;
        assert_eq!(setting.node("worker-1").await["spec"]["providerID"], format!("vsphere://{}", uuid(1)));
        assert!(!setting.waits("worker-1").await);
    });
}

#[test]
fn without_taking_the_taint_last_a_node_is_let_in_and_never_told_who_it_is() {
    Setting::begin(TWO, |setting| async move {
        dies_after_the_first_write(&setting, Behaviours { remove_taint_last: false, ..Behaviours::default() }).await;
        assert!(!setting.waits("worker-1").await && setting.node("worker-1").await["spec"]["providerID"].is_null());
    });
}

#[test]
fn what_kubelet_was_told_of_its_address_rules() {
    Setting::begin(TWO, |setting| async move {
        let addresses = vec!["10.0.0.1".into(), "10.9.0.1".into()];
        setting.a.create_vm(&VmConfig { addresses, ..machine(1, "worker-1") });
        setting.world.cluster.register("worker-1", &uuid(1)).await;
        let provided = |ip: &str| json!({"metadata": {"annotations": {"alpha.kubernetes.io/provided-node-ip": ip}}});
        setting.world.cluster.patch_node("worker-1", provided("10.9.0.1")).await;
        setting.start(Behaviours::default()).await;
        pass(10).await;
        insta::assert_snapshot!(setting.events("worker-1").await);
        setting.world.cluster.patch_node("worker-1", provided("10.0.0.1")).await;
        pass(60).await;
        assert!(!setting.waits("worker-1").await);
    });
}

#[test]
fn a_node_of_another_cloud_is_told_so_and_left_alone() {
    Setting::begin(TWO, |setting| async move {
        setting.world.cluster.register("worker-1", &uuid(1)).await;
        setting.world.cluster.patch_node("worker-1", json!({"spec": {"providerID": "aws:///i-1"}})).await;
        setting.start(Behaviours::default()).await;
        pass(60).await;
        insta::assert_snapshot!(setting.events("worker-1").await);
        assert_eq!(setting.called("vc-a"), 0);
    });
}
