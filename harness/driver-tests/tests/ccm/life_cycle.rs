//! Nodes that are not ready.

use fake_vcenter_world::{PowerState, Service};

use crate::setting::{USER, vcenter};
use crate::{Behaviours, Setting, TWO, machine, pass, two_nodes, uuid};

fn destroy(setting: &Setting) {
    setting.a.on_vm("worker-1", fake_vcenter_world::World::destroy_vm);
}

#[test]
fn a_node_whose_machine_is_gone_goes_with_an_event() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        setting.world.forget();
        destroy(&setting);
        pass(60).await;
        assert!(setting.has("worker-1").await, "it is ready, and nobody asks");
        assert_eq!(setting.called("vc-a") + setting.called("vc-b"), 0);
        setting.world.cluster.ready("worker-1", false).await;
        pass(6).await;
        assert!(!setting.has("worker-1").await && setting.has("worker-2").await);
        insta::assert_snapshot!("trace_of_a_deletion", setting.trace());
        insta::assert_snapshot!(setting.world.cluster.events("worker-1").await.last().unwrap());
    });
}

#[test]
fn nodes_that_are_not_ready_cost_one_call_for_each_vcenter() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        for number in 3..8 {
            let name = format!("worker-{number}");
            setting.a.create_vm(&machine(number, &name));
            setting.world.cluster.register(&name, &uuid(number)).await;
        }
        pass(10).await;
        setting.world.cluster.ready("worker-2", false).await;
        pass(10).await;
        setting.world.forget();
        pass(50).await;
        // Five nodes of the one and one of the other, for ten passes.
        assert_eq!((setting.called("vc-a"), setting.called("vc-b")), (10, 10));
        let calls = setting.world.calls("ccm");
        assert!(calls.iter().filter(|call| call.to.starts_with("vc-")).all(|call| call.method == "RetrievePropertiesEx"));
    });
}

/// The vCenter of a node that is not ready does not answer.
async fn silent_vcenter(setting: &Setting, behaviours: Behaviours) {
    two_nodes(setting, behaviours).await;
    setting.down(&setting.a, true);
    setting.world.cluster.ready("worker-1", false).await;
    setting.world.cluster.ready("worker-2", false).await;
    pass(600).await;
}

#[test]
fn a_vcenter_that_is_down_proves_nothing() {
    Setting::begin(TWO, |setting| async move {
        silent_vcenter(&setting, Behaviours::default()).await;
        assert!(setting.has("worker-1").await && setting.has("worker-2").await);
        assert_eq!(setting.logged("it is not known whether its machine is there"), 1);
        // Nor does one that answers, but not with what was asked for.
        setting.down(&setting.a, false);
        setting.a.act(|world, now| {
            world.stop_service(now, Service::Vpxd);
            Ok(())
        });
        destroy(&setting);
        pass(600).await;
        assert!(setting.has("worker-1").await);
        // Nor one that does not let the account in.
        let mut strict = vcenter("vc-a", 1);
        strict.users.retain(|user| user.name != USER);
        setting.world.vcenter(strict);
        pass(600).await;
        assert!(setting.has("worker-1").await);
    });
}

#[test]
fn without_proof_a_node_is_deleted_when_its_vcenter_is_down() {
    Setting::begin(TWO, |setting| async move {
        silent_vcenter(&setting, Behaviours { delete_only_on_proof: false, ..Behaviours::default() }).await;
        assert!(!setting.has("worker-1").await && setting.has("worker-2").await);
    });
}

#[test]
fn after_a_restart_a_vcenter_that_is_down_could_still_have_the_machine() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        setting.kill();
        setting.b.on_vm("worker-2", fake_vcenter_world::World::destroy_vm);
        setting.down(&setting.a, true);
        setting.world.cluster.ready("worker-2", false).await;
        setting.start(Behaviours::default()).await;
        pass(300).await;
        assert!(setting.has("worker-2").await, "it may have moved to the one that is down");
        setting.down(&setting.a, false);
        pass(120).await;
        assert!(!setting.has("worker-2").await);
    });
}

#[test]
fn an_account_that_sees_nothing_proves_nothing() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        let lacks = ["System.View", "System.Read"].map(str::to_owned);
        setting.a.act(|world, now| world.set_privileges(now, USER, &lacks));
        setting.world.cluster.ready("worker-1", false).await;
        pass(600).await;
        assert!(setting.has("worker-1").await);
        assert_eq!(setting.logged("lacks System.View or System.Read"), 1);
    });
}

#[test]
fn without_searching_every_vcenter_nodes_of_the_second_are_deleted() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours { search_every_vcenter: false, ..Behaviours::default() }).await;
        setting.world.cluster.ready("worker-2", false).await;
        pass(10).await;
        assert!(!setting.has("worker-2").await);
    });
}

fn power(setting: &Setting, state: PowerState) {
    setting.a.on_vm("worker-1", |world, now, vm| world.set_power(now, vm, state));
}

/// The keys of the taints that this controller puts on a node, with their effects.
async fn own_taints(setting: &Setting) -> Vec<String> {
    let node = setting.node("worker-1").await;
    let taints = node["spec"]["taints"].as_array().cloned().unwrap_or_default();
    let text = |taint: &serde_json::Value| format!("{}:{}", taint["key"].as_str().unwrap(), taint["effect"].as_str().unwrap());
    taints.iter().map(text).filter(|taint| taint.contains("cloudprovider")).collect()
}

#[test]
fn a_node_whose_machine_is_off_bears_the_taint_until_it_is_ready() {
    const SHUTDOWN: &str = "node.cloudprovider.kubernetes.io/shutdown:NoSchedule";
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        power(&setting, PowerState::PoweredOff);
        setting.world.cluster.ready("worker-1", false).await;
        pass(6).await;
        assert_eq!(own_taints(&setting).await, [SHUTDOWN]);
        setting.world.forget();
        pass(60).await;
        assert_eq!(setting.writes(), 0, "it is written once");
        power(&setting, PowerState::PoweredOn);
        pass(10).await;
        assert_eq!(own_taints(&setting).await, [SHUTDOWN], "a machine that runs is not yet a node that is ready");
        setting.world.cluster.ready("worker-1", true).await;
        pass(6).await;
        assert!(own_taints(&setting).await.is_empty());
    });
}

#[test]
fn without_the_taint_nothing_shows_that_the_machine_is_off() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours { taint_shutdown_nodes: false, ..Behaviours::default() }).await;
        power(&setting, PowerState::PoweredOff);
        setting.world.cluster.ready("worker-1", false).await;
        pass(60).await;
        assert!(!setting.node("worker-1").await["spec"]["taints"].to_string().contains("shutdown"));
    });
}

/// What vCenter does not know of the machine of a node whose kubelet is quicker than its machine's tools.
fn known(setting: &Setting, known: bool) {
    setting.a.on_vm("worker-1", |world, now, vm| world.clear_bios_uuid(now, vm, !known));
    setting.a.guest("worker-1", |guest| (guest.tools_running, guest.host_name) = (known, known.then(|| "worker-1".into())));
}

async fn quick_kubelet(setting: &Setting, behaviours: Behaviours) {
    setting.a.create_vm(&machine(1, "worker-1"));
    known(setting, false);
    setting.world.cluster.register("worker-1", "").await;
    setting.start(behaviours).await;
    pass(60).await;
}

#[test]
fn a_node_that_was_never_initialised_is_never_deleted() {
    Setting::begin(TWO, |setting| async move {
        quick_kubelet(&setting, Behaviours::default()).await;
        assert!(setting.waits("worker-1").await);
        known(&setting, true);
        pass(120).await;
        assert!(!setting.waits("worker-1").await);
    });
}

#[test]
fn without_that_a_node_is_deleted_because_its_name_is_not_known_yet() {
    Setting::begin(TWO, |setting| async move {
        quick_kubelet(&setting, Behaviours { never_delete_unregistered: false, ..Behaviours::default() }).await;
        assert!(!setting.has("worker-1").await);
    });
}

#[test]
fn a_machine_that_moves_to_another_vcenter_keeps_its_node() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        destroy(&setting);
        setting.b.create_vm(&machine(1, "worker-1"));
        setting.world.cluster.ready("worker-1", false).await;
        pass(60).await;
        assert!(setting.has("worker-1").await);
    });
}

#[test]
fn a_reference_that_another_machine_has_now_is_not_believed() {
    Setting::begin(TWO, |setting| async move {
        two_nodes(&setting, Behaviours::default()).await;
        let before = setting.a.look(|world| world.vm_named("worker-1")).unwrap().vm;
        // The appliance was set up anew: its numbers begin where the old one's did.
        let anew = setting.world.vcenter(vcenter("vc-a", 1));
        assert_eq!(anew.create_vm(&machine(99, "stranger")), before);
        setting.world.cluster.ready("worker-1", false).await;
        pass(10).await;
        assert!(!setting.has("worker-1").await);
    });
}
