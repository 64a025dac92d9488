//! The edges of the oracles that look at attachments and at data.

use super::story::Story;
use seatrial_journal::{Border, CallId, Event};
use serde_json::json;

fn attachment(story: &mut Story, volume: &str, node: &str) {
    let spec = json!({"attacher": seatrial_oracle::DRIVER, "nodeName": node, "source": {"persistentVolumeName": format!("pvc-{volume}")}});
    story.add("kubernetes", &format!("volumeattachments/{volume}-{node}"), json!({"spec": spec, "status": {"attached": true}}));
}

#[test]
fn two_running_vms_with_one_disk_are_seen_whatever_the_volume_says() {
    let mut story = Story::with_two_nodes();
    story.volume("vc-a", "7", json!({"attachedTo": "vm-1"}));
    story.persistent_volume("7", json!({}));
    story.disk("vc-a", "1", "7");
    assert!(story.says("double-attach").is_empty());
    story.disk("vc-a", "2", "7");
    let says = story.says("double-attach");
    assert_eq!(
        says,
        ["volume 7 in vc-a (claim default/claim-7, PersistentVolume pvc-7) is a disk of two running VMs, worker-1 (vm-1 in vc-a) and \
          worker-2 (vm-2 in vc-a): both can write to it, and its file system will not survive that"]
    );
}

#[test]
fn a_vm_that_is_off_writes_nothing_until_it_is_switched_on() {
    let mut story = Story::with_two_nodes();
    story.volume("vc-a", "7", json!({}));
    story.disk("vc-a", "1", "7");
    story.patch("vc-a", "VirtualMachine/vm-1", json!({"power": "poweredOff"}));
    story.disk("vc-a", "2", "7");
    assert!(story.says("double-attach").is_empty());
    story.patch("vc-a", "VirtualMachine/vm-1", json!({"power": "poweredOn"}));
    assert_eq!(story.says("double-attach").len(), 1);
}

#[test]
fn shared_volumes_and_equal_ids_in_two_vcenters_are_no_double_attach() {
    let mut story = Story::with_two_nodes();
    story.machine("vc-b", "1", "poweredOn");
    story.volume("vc-a", "7", json!({}));
    story.volume("vc-b", "7", json!({}));
    story.disk("vc-a", "1", "7");
    story.disk("vc-b", "1", "7");
    story.volume("vc-a", "8", json!({}));
    story.persistent_volume("8", json!({"accessModes": ["ReadWriteMany"]}));
    story.disk("vc-a", "1", "8");
    story.disk("vc-a", "2", "8");
    assert!(story.says("double-attach").is_empty());
}

#[test]
fn three_witnesses_that_agree_are_believed_and_each_that_is_alone_is_not() {
    let mut story = Story::with_two_nodes();
    story.volume("vc-a", "7", json!({"attachedTo": "vm-1"}));
    story.persistent_volume("7", json!({}));
    story.disk("vc-a", "1", "7");
    attachment(&mut story, "7", "worker-1");
    story.settled();
    assert!(story.says("attach-truth").is_empty());
    story.remove("kubernetes", "volumeattachments/7-worker-1");
    story.settled();
    let says = story.says("attach-truth");
    assert!(says[0].ends_with("Kubernetes knows nothing of it, so nobody will ever detach it"), "{says:?}");
}

#[test]
fn a_vm_with_the_number_of_another_vcenters_vm_is_another_vm() {
    let mut story = Story::with_two_nodes();
    story.machine("vc-b", "1", "poweredOn");
    story.volume("vc-b", "7", json!({"attachedTo": "vm-1"}));
    story.persistent_volume("7", json!({}));
    story.disk("vc-b", "1", "7");
    // The node's VM is vm-1 of vc-a, by its UUID; the disk is in vm-1 of vc-b.
    attachment(&mut story, "7", "worker-1");
    story.settled();
    assert_eq!(story.says("attach-truth").len(), 2, "{:?}", story.says("attach-truth"));
}

#[test]
fn an_attachment_to_a_vm_that_is_gone_is_told_with_its_node() {
    let mut story = Story::with_two_nodes();
    story.volume("vc-a", "7", json!({}));
    story.persistent_volume("7", json!({}));
    attachment(&mut story, "7", "worker-1");
    story.remove("vc-a", "VirtualMachine/vm-1");
    story.settled();
    assert!(story.says("attach-truth")[0].contains("attached to worker-1, a node without a VM?"), "{:?}", story.says("attach-truth"));
}

#[test]
fn a_volume_is_not_deleted_under_its_claim_nor_against_retain() {
    let mut story = Story::default();
    for id in ["7", "8", "9"] {
        story.volume("vc-a", id, json!({}));
    }
    story.persistent_volume("7", json!({}));
    story.remove("vc-a", "Volume/7");
    story.persistent_volume("8", json!({"persistentVolumeReclaimPolicy": "Retain"}));
    story.remove("kubernetes", "persistentvolumes/pvc-8");
    story.remove("vc-a", "Volume/8");
    story.persistent_volume("9", json!({}));
    story.patch("kubernetes", "persistentvolumes/pvc-9", json!({"status": {"phase": "Released"}}));
    story.remove("vc-a", "Volume/9");
    let says = story.says("data-kept");
    assert_eq!(says.len(), 2, "{says:?}");
    assert!(says[0].contains("while claim default/claim-7 is bound to it") && says[1].contains("said Retain"), "{says:?}");
}

#[test]
fn a_disk_that_goes_before_its_volume_is_gone_in_peace_and_without_it_is_torn_out() {
    let mut story = Story::default();
    story.volume("vc-a", "7", json!({}));
    story.add("disks", "Disk/disk-7", json!({"fsType": "ext4", "files": {"/a": "1", "/b": "2"}}));
    story.patch("disks", "Disk/disk-7", json!({"files": {"/b": null}}));
    story.remove("disks", "Disk/disk-7");
    let says = story.says("data-kept");
    assert!(says[0].contains("is gone with its files") && says[1].contains("file /b on disk disk-7 is gone"), "{says:?}");
    story.remove("vc-a", "Volume/7");
    assert_eq!(story.says("data-kept").len(), 1);
}

#[test]
fn equal_volume_ids_in_two_vcenters_have_one_owner_each() {
    let mut story = Story::default();
    story.volume("vc-a", "7", json!({"name": "somebody-elses"}));
    story.volume("vc-b", "7", json!({}));
    story.persistent_volume("7", json!({}));
    story.settled();
    let says = story.says("orphans");
    assert_eq!(says.len(), 1);
    assert!(says[0].starts_with("volume 7 (somebody-elses) in vc-a has no PersistentVolume"), "{says:?}");
}

#[test]
fn while_an_outage_lasts_nothing_is_settled() {
    let mut story = Story::default();
    story.volume("vc-a", "7", json!({}));
    story.outage("vcenter vc-a", seatrial_journal::OutageState::Began);
    story.settled();
    assert!(story.says("orphans").is_empty());
    story.outage("vcenter vc-a", seatrial_journal::OutageState::Ended);
    story.settled();
    assert_eq!(story.says("orphans").len(), 1);
}

#[test]
fn a_released_volume_has_ten_minutes_after_the_last_outage() {
    let mut story = Story::default();
    story.volume("vc-a", "7", json!({}));
    story.persistent_volume("7", json!({}));
    story.patch("kubernetes", "persistentvolumes/pvc-7", json!({"status": {"phase": "Released"}}));
    story.pass(9);
    story.outage("vcenter vc-a", seatrial_journal::OutageState::Began);
    story.pass(60);
    story.outage("vcenter vc-a", seatrial_journal::OutageState::Ended);
    story.pass(9);
    assert!(story.says("released").is_empty());
    story.pass(1);
    story.pass(1);
    assert_eq!(story.says("released").len(), 1);
}

#[test]
fn a_disk_that_somebody_attached_by_hand_is_a_finding_and_one_that_stays_is_a_failure() {
    let mut story = Story::with_two_nodes();
    story.volume("vc-a", "7", json!({}));
    story.persistent_volume("7", json!({}));
    story.by_hand("vc-a", "2", "7");
    story.patch("vc-a", "Volume/7", json!({"attachedTo": "vm-2"}));
    story.patch("kubernetes", "persistentvolumes/pvc-7", json!({"status": {"phase": "Released"}}));
    story.pass(60);
    story.settled();
    assert!(story.violations("attach-truth")[0].is_failure() && story.says("released").is_empty());
    story.patch("vc-a", "VirtualMachine/vm-2", json!({"disks": {"2001": null}}));
    story.patch("vc-a", "Volume/7", json!({"attachedTo": null}));
    story.settled();
    let violations = story.violations("attach-truth");
    assert!(violations.len() == 1 && !violations[0].is_failure(), "{violations:?}");
    story.pass(11);
    assert_eq!(story.says("released").len(), 1);
}

/// A volume is made for a claim, something happens, and then the driver deletes it.
fn deleted_after(happens: impl Fn(&mut Story, u64)) -> Vec<String> {
    let mut story = Story::with_two_nodes();
    let create = || ("csi-provisioner", "csi-controller:/csi/csi.sock");
    let call = story.call_to(Border::Csi, create(), "CreateVolume", Some("pvc-7"));
    story.volume("vc-a", "7", json!({}));
    happens(&mut story, call);
    story.call_to(Border::VCenter, ("csi-controller", "vc-a"), "CnsDeleteVolume", Some("7"));
    story.says("kept-when-found")
}

#[test]
fn a_driver_takes_back_what_it_has_just_made_and_nothing_older() {
    assert_eq!(deleted_after(|_, _| {}), Vec::<String>::new());
    let given_up = |story: &mut Story, call: u64| {
        story.record(Event::CallerGone { call: CallId(call) });
    };
    assert_eq!(deleted_after(given_up), Vec::<String>::new(), "the process may still work on it");
    let again = |story: &mut Story| {
        story.call_to(Border::Csi, ("csi-provisioner", "csi-controller:/csi/csi.sock"), "CreateVolume", Some("pvc-7"));
    };
    let answered = |story: &mut Story, call: u64| {
        story.answer(call, Some("Internal"));
        again(story);
    };
    assert_eq!(deleted_after(answered).len(), 1);
    let restarted = |story: &mut Story, call: u64| {
        given_up(story, call);
        story.started("csi-controller");
        again(story);
    };
    let told = deleted_after(restarted);
    assert!(told.len() == 1 && told[0].starts_with("csi-controller deletes volume 7 (pvc-7) in vc-a"), "{told:?}");
    let asked = |story: &mut Story, call: u64| {
        story.answer(call, None);
        story.call_to(Border::Csi, ("csi-provisioner", "csi-controller:/csi/csi.sock"), "DeleteVolume", Some("7"));
    };
    assert_eq!(deleted_after(asked), Vec::<String>::new());
}
