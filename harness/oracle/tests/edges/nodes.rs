//! The edges of the oracles that look at nodes, places, keys, rest and secrets.

use super::story::Story;
use seatrial_journal::{Border, ChangeKind, OutageState};
use seatrial_oracle::{Labels, Meaning, OracleSet, Severity};
use serde_json::{Value, json};

fn delete_node(story: &mut Story, who: &str) -> u64 {
    let call = story.call(Border::Kubernetes, who, "delete nodes");
    story.change("kubernetes", "nodes/worker-1", ChangeKind::Removed, Value::Null, Some(call))
}

#[test]
fn a_node_is_deleted_by_a_user_or_after_its_vm() {
    let mut story = Story::with_two_nodes();
    delete_node(&mut story, "user");
    story.node("1");
    story.remove("vc-a", "VirtualMachine/vm-1");
    // Another VM of the same name is another VM.
    story.machine("vc-b", "1", "poweredOn");
    delete_node(&mut story, "ccm");
    assert!(story.says("node-deletion").is_empty(), "{:?}", story.says("node-deletion"));
}

#[test]
fn a_node_that_a_program_deletes_without_proof_is_told_with_the_last_answer_that_the_program_got() {
    let mut story = Story::with_two_nodes();
    let asked = story.call(Border::VCenter, "ccm", "FindByUuid");
    let answered = story.answer(asked, Some("ServiceUnavailable"));
    let deleted = delete_node(&mut story, "ccm");
    let violations = story.violations("node-deletion");
    assert_eq!(
        violations[0].message,
        "ccm deleted Node worker-1 although its VM worker-1 (vm-1 in vc-a) exists and is poweredOn: without proof that the VM is gone, a Node must stay"
    );
    assert!(violations[0].entries.contains(&answered) && violations[0].entries.contains(&deleted));
    assert_eq!(violations[0].about.as_deref(), Some("worker-1"));
}

#[test]
fn a_node_that_has_told_no_uuid_yet_has_the_vm_of_its_name() {
    let mut story = Story::with_two_nodes();
    story.patch("kubernetes", "nodes/worker-1", json!({"spec": {"providerID": "vsphere://"}}));
    delete_node(&mut story, "ccm");
    assert_eq!(story.says("node-deletion").len(), 1);
}

#[test]
fn a_node_outlives_its_vm_by_five_minutes_while_ccm_runs_and_nothing_is_out_of_service() {
    let mut story = Story::with_two_nodes();
    story.remove("vc-a", "VirtualMachine/vm-1");
    story.pass(60);
    assert!(story.says("node-gone").is_empty(), "nobody deletes nodes in a world without ccm");
    story.started("ccm");
    story.outage("vcenter vc-a", OutageState::Began);
    story.pass(60);
    story.outage("vcenter vc-a", OutageState::Ended);
    story.pass(5);
    story.pass(1);
    assert_eq!(story.says("node-gone").len(), 1);
}

#[test]
fn a_node_that_goes_in_time_or_gets_its_vm_back_is_in_order() {
    let mut story = Story::with_two_nodes();
    story.started("ccm");
    story.remove("vc-a", "VirtualMachine/vm-1");
    story.remove("vc-a", "VirtualMachine/vm-2");
    story.pass(1);
    story.remove("kubernetes", "nodes/worker-1");
    story.machine("vc-a", "2", "poweredOn");
    story.pass(60);
    assert!(story.says("node-gone").is_empty(), "{:?}", story.says("node-gone"));
}

fn placed(affinity: Value) -> Story {
    let mut story = Story::with_two_nodes();
    story.add("vc-a", "Datastore/datastore-1", json!({"name": "vsan-1"}));
    story.add("vc-a", "HostSystem/host-1", json!({"name": "esx-1", "datastores": ["datastore-1"]}));
    story.add("vc-a", "HostSystem/host-2", json!({"name": "esx-2", "datastores": ["datastore-2"]}));
    story.volume("vc-a", "7", json!({}));
    story.persistent_volume("7", affinity);
    story.settled();
    story
}

fn affinity(zones: &[&str]) -> Value {
    let requirement = json!({"key": "topology.kubernetes.io/zone", "operator": "In", "values": zones});
    json!({"nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [requirement]}]}}})
}

#[test]
fn a_volume_is_in_reach_of_every_node_that_its_pods_may_run_on() {
    assert!(placed(affinity(&["zone-1"])).says("reachable").is_empty());
    let says = placed(affinity(&["zone-1", "zone-2"])).says("reachable");
    assert!(says[0].contains("may run on worker-2, but the volume lies on datastore vsan-1 of vc-a"), "{says:?}");
    assert_eq!(placed(json!({})).says("reachable").len(), 1, "without affinity every node is allowed");
}

#[test]
fn a_volume_that_no_node_may_use_is_out_of_reach_as_well() {
    let says = placed(affinity(&["zone-9"])).says("reachable");
    assert!(says[0].contains("may run nowhere") && says[0].ends_with("in reach of worker-1"), "{says:?}");
}

#[test]
fn a_volume_that_must_be_encrypted_is_never_in_clear() {
    let mut story = Story::with_two_nodes();
    story.volume("vc-a", "7", json!({"policy": "secret", "mustBeEncrypted": true, "encrypted": true, "keyProvider": "kp-1"}));
    assert!(story.says("keys").is_empty());
    story.patch("vc-a", "Volume/7", json!({"encrypted": false, "attachedTo": "vm-1"}));
    let says = story.says("keys");
    assert!(says[0].contains("is attached in clear to worker-1 (vm-1 in vc-a)"), "{says:?}");
}

#[test]
fn keys_come_from_the_provider_that_a_class_names() {
    let mut story = Story::with_two_nodes();
    story.add("kubernetes", "volumeattributesclasses/fresh", json!({"parameters": {"seatrial.dev/key-provider": "kp-2"}}));
    story.add("kubernetes", "storageclasses/moving", json!({"parameters": {"seatrial.dev/recrypt-before-attach": "true"}}));
    story.volume("vc-a", "7", json!({"encrypted": true, "keyProvider": "kp-1"}));
    story.persistent_volume("7", json!({"volumeAttributesClassName": "fresh"}));
    story.volume("vc-a", "8", json!({"encrypted": true, "keyProvider": "kp-1", "attachedTo": "vm-1"}));
    story.persistent_volume("8", json!({"storageClassName": "moving"}));
    story.patch("vc-a", "VirtualMachine/vm-1", json!({"keyProvider": "kp-3"}));
    story.settled();
    let says = story.says("keys");
    assert_eq!(says.len(), 2, "{says:?}");
    assert!(says[0].ends_with("is under key provider kp-1, but VolumeAttributesClass fresh wants kp-2"), "{says:?}");
    assert!(says[1].contains("StorageClass moving together with worker-1 (vm-1 in vc-a)") && says[1].ends_with("wants kp-3"), "{says:?}");
}

#[test]
fn a_world_at_rest_beats_its_heart_and_writes_nothing() {
    let mut story = Story::default();
    story.call(Border::VCenter, "csi-controller", "CnsAttachVolume");
    story.rest("began");
    let beat = story.call(Border::Kubernetes, "kubelet/worker-1", "update leases");
    story.answer(beat, None);
    assert!(story.says("steady-state").is_empty());
    for _ in 0..3 {
        let attach = story.call(Border::VCenter, "csi-controller", "CnsAttachVolume");
        story.answer(attach, None);
    }
    story.rest("ended");
    story.call(Border::VCenter, "csi-controller", "CnsDetachVolume");
    let says = story.says("steady-state");
    assert_eq!(says, ["csi-controller sent CnsAttachVolume to server in a world at rest, in which nobody asked for anything"]);
}

#[test]
fn a_heartbeat_that_fails_at_rest_is_told() {
    let mut story = Story::default();
    story.rest("began");
    let look = story.call(Border::VCenter, "ccm", "FindByUuid");
    story.answer(look, Some("NotAuthenticated"));
    assert_eq!(story.says("steady-state"), ["ccm sent FindByUuid to server and got NotAuthenticated in a world at rest"]);
}

#[test]
fn a_password_in_a_log_is_told_without_repeating_it() {
    let mut oracles = OracleSet::guarding(&["correct-horse".to_owned()], &Labels::default());
    let line = "cannot log in as admin with correct-horse".to_owned();
    let event = seatrial_journal::Event::Log { process: "ccm".into(), line };
    oracles.on(&seatrial_journal::Entry { seq: 1, at: seatrial_journal::Elapsed(0), event });
    let violations = oracles.findings();
    assert_eq!(violations[0].message, "the password of an account stands in the log of ccm, where anybody reads it");
}

#[test]
fn labels_of_a_domain_of_the_drivers_own_are_compared_by_what_they_mean() {
    let mut labels = Labels::of_categories(Some("k8s-zone"), None);
    labels.add(Meaning::Zone, "topology.example.com/zone".to_owned());
    for key in ["topology.csi.vmware.com/k8s-zone", "topology.example.com/zone", "topology.kubernetes.io/zone"] {
        let mut story = Story::with_labels(&labels);
        let says = |zone: &str| json!({"status": {"topologyLabels": [{"key": key, "value": zone}]}});
        story.add("kubernetes", "csinodetopologies/worker-1", says("zone-1"));
        story.settled();
        assert!(story.says("zones-differ").is_empty(), "{key}: {:?}", story.says("zones-differ"));
        story.patch("kubernetes", "csinodetopologies/worker-1", says("zone-2"));
        story.settled();
        let told = ["what is the zone of node worker-1? CCM's label: zone-1; CSI's CSINodeTopology: zone-2"];
        assert_eq!(story.says("zones-differ"), told, "{key}");
    }
}

#[test]
fn a_vm_that_moved_to_another_zone_is_a_finding_about_its_node() {
    let mut story = Story::with_two_nodes();
    story.add("vc-a", "HostSystem/host-1", json!({"name": "esx-1", "cluster": "domain-c1"}));
    story.add("vc-a", "TagAssociation/domain-c1", json!({"k8s-zone": ["zone-1"]}));
    story.add("vc-a", "TagAssociation/domain-c2", json!({"k8s-zone": ["zone-2"]}));
    let labels = json!([{"key": "topology.csi.vmware.com/k8s-zone", "value": "zone-1"}]);
    story.add("kubernetes", "csinodetopologies/worker-1", json!({"status": {"topologyLabels": labels}}));
    // The region is the datacenter's, and nobody contradicts it.
    story.add("vc-a", "TagAssociation/datacenter-1", json!({"k8s-region": ["west"]}));
    story.patch("kubernetes", "nodes/worker-1", json!({"metadata": {"labels": {"topology.kubernetes.io/region": "west"}}}));
    story.settled();
    assert!(story.says("zones-differ").is_empty(), "{:?}", story.says("zones-differ"));
    story.patch("vc-a", "HostSystem/host-1", json!({"cluster": "domain-c2"}));
    story.settled();
    let found = &story.violations("zones-differ")[0];
    assert_eq!(
        found.message,
        "what is the zone of node worker-1? CCM's label: zone-1; CSI's CSINodeTopology: zone-1; \
         the tag of k8s-zone on domain-c2 in vc-a, where its VM is now: zone-2"
    );
    assert_eq!((found.severity, found.about.as_deref()), (Severity::Finding, Some("worker-1")));
}

fn addresses(story: &mut Story, who: &str, addresses: &Value) {
    let call = story.call(Border::Kubernetes, who, "patch nodes/status");
    let patch = json!({"status": {"addresses": addresses}});
    story.change("kubernetes", "nodes/worker-1", ChangeKind::Changed, patch, Some(call));
}

#[test]
fn a_node_keeps_its_last_address_and_the_one_that_kubelet_asks_for() {
    let inside = json!({"type": "InternalIP", "address": "10.0.0.1"});
    let outside = json!({"type": "ExternalIP", "address": "203.0.113.1"});
    let name = json!({"type": "Hostname", "address": "worker-1"});
    let mut story = Story::with_two_nodes();
    addresses(&mut story, "ccm", &json!([name, inside]));
    // Another address is another matter, as long as nobody asks for the first.
    addresses(&mut story, "ccm", &json!([name, outside]));
    addresses(&mut story, "user", &json!([]));
    addresses(&mut story, "ccm", &json!([inside, outside]));
    assert!(story.says("addresses-kept").is_empty(), "{:?}", story.says("addresses-kept"));
    story.patch("kubernetes", "nodes/worker-1", json!({"metadata": {"annotations": {"alpha.kubernetes.io/provided-node-ip": "10.0.0.1"}}}));
    addresses(&mut story, "ccm", &json!([outside]));
    addresses(&mut story, "ccm", &json!([name]));
    let says = story.says("addresses-kept");
    assert_eq!(says.len(), 2, "{says:?}");
    assert!(says[0].contains("the address 10.0.0.1, for which its kubelet asks, off Node worker-1"), "{says:?}");
    assert!(says[1].contains("its last address (203.0.113.1)"), "{says:?}");
}

#[test]
fn a_node_whose_machine_is_gone_may_lose_what_it_had() {
    let mut story = Story::with_two_nodes();
    addresses(&mut story, "ccm", &json!([{"type": "InternalIP", "address": "10.0.0.1"}]));
    story.remove("vc-a", "VirtualMachine/vm-1");
    addresses(&mut story, "ccm", &json!([]));
    assert!(story.says("addresses-kept").is_empty(), "{:?}", story.says("addresses-kept"));
}
