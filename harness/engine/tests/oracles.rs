//! An oracle that has never failed proves nothing: each one catches our driver with one named behaviour changed, or,
//! where no driver can do it, one named rule of our vCenter switched off.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use common::{from_text, spec, specs};
use seatrial_engine::{RunOutcome, RunSpec, Switches};

fn run(spec: RunSpec, change: impl FnOnce(&mut Switches)) -> RunOutcome {
    let mut switches = Switches::default();
    change(&mut switches);
    RunSpec { switches, ..spec }.run()
}

/// The 8.0 U3 case of the crash scenario: names repeat there, so a second create makes a second volume.
fn crash(change: impl FnOnce(&mut Switches)) -> RunOutcome {
    run(specs("statefulset/scale-crash", 1).remove(0), change)
}

fn scale(change: impl FnOnce(&mut Switches)) -> RunOutcome {
    run(spec("statefulset/scale", 1), change)
}

#[track_caller]
fn caught_by(outcome: &RunOutcome, oracle: &str) {
    let caught = outcome.violations.iter().position(|violation| violation.oracle == oracle);
    let Some(place) = caught else { panic!("{oracle} saw nothing; the outcome was {:#?}", outcome.complaints()) };
    assert!(!outcome.excerpts[place].is_empty(), "{oracle} shows nothing of the journal");
}

#[test]
fn the_unchanged_driver_is_caught_by_none() {
    for outcome in [crash(|_| {}), scale(|_| {})] {
        assert!(outcome.passed(), "{:#?}", outcome.complaints());
    }
}

#[test]
fn a_create_that_is_not_recorded_first_leaves_an_orphan() {
    let outcome = crash(|switches| switches.csi.record_operation_first = false);
    caught_by(&outcome, "orphans");
    caught_by(&outcome, "one-volume-per-claim");
}

#[test]
fn a_create_that_is_sent_again_without_a_look_makes_a_second_volume() {
    let outcome = crash(|switches| switches.csi.look_before_creating_again = false);
    caught_by(&outcome, "one-volume-per-claim");
}

#[test]
fn a_publish_that_answers_without_attaching_is_a_lie_in_three_places() {
    caught_by(&scale(|switches| switches.csi.attach_before_answering = false), "attach-truth");
}

#[test]
fn an_attach_that_adds_no_disk_is_seen_in_the_hardware() {
    caught_by(&scale(|switches| switches.vcenter.attach_adds_disk_to_vm = false), "attach-truth");
}

#[test]
fn a_disk_that_is_formatted_at_each_staging_loses_what_was_kept() {
    caught_by(&scale(|switches| switches.csi.format_only_blank_disks = false), "data-kept");
}

#[test]
fn a_session_for_each_call_is_one_too_many() {
    caught_by(&scale(|switches| switches.csi.keep_one_session = false), "sessions-bounded");
}

#[test]
fn an_account_that_is_refused_again_and_again_is_locked() {
    caught_by(&changed("bug-reports/csi-3787", |switches| switches.csi.hold_refused_logins = false), "logins-bounded");
    caught_by(&changed("bug-reports/csi-3787", |switches| switches.ccm.hold_refused_logins = false), "logins-bounded");
}

#[test]
fn a_claim_that_nobody_tries_again_is_told() {
    let text = "
scenario: The driver fails once, and half an hour passes
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 2}
  drivers: {csi: ours}
steps:
  - apply: manifests/web.yaml
    settle: false
  - sleep: 30m
  - wait: {statefulset/web: ready, within: 1h}
faults:
  - id: fails-once
    when: {call: CreateVolume, to: csi-controller, position: before-sending}
    does: {grpc: Unavailable}
";
    let spec = || from_text(text, "statefulset", 1).remove(0);
    assert!(run(spec(), |_| {}).passed());
    caught_by(&run(spec(), |switches| switches.kubernetes.try_failed_claims_again = false), "tried-again");
}

#[test]
fn a_volume_that_an_earlier_attempt_made_is_not_deleted() {
    caught_by(&changed("bug-reports/csi-3996", |switches| switches.csi.never_delete_what_was_found = false), "kept-when-found");
}

#[test]
fn a_volume_without_the_policy_of_its_class_is_told() {
    caught_by(&changed("encryption-rekey/move", |switches| switches.csi.check_policy = false), "policies");
}

#[test]
fn a_datastore_of_another_zone_is_not_to_be_offered() {
    caught_by(&changed("zones/placement", |switches| switches.csi.respect_topology = false), "offered");
}

/// The first case of a scenario with a change.
fn changed(scenario: &str, change: impl FnOnce(&mut Switches)) -> RunOutcome {
    run(specs(scenario, 1).remove(0), change)
}

#[test]
fn a_disk_on_two_running_machines_is_seen_at_once() {
    caught_by(&changed("bug-reports/csi-2506", |switches| switches.vcenter.attached_volume_is_in_use = false), "double-attach");
}

#[test]
fn a_node_that_is_deleted_while_its_machine_lives_is_one_too_many() {
    caught_by(&changed("bug-reports/ccm-479", |switches| switches.ccm.delete_only_on_proof = false), "node-deletion");
}

#[test]
fn a_node_that_loses_its_addresses_while_its_machine_lives_is_told() {
    caught_by(&changed("addresses/asked-for", |switches| switches.ccm.keep_known_addresses = false), "addresses-kept");
}

#[test]
fn a_node_that_stays_when_its_machine_is_gone_is_told() {
    let text = "
scenario: A machine is destroyed, and ten minutes pass
world:
  vcenters: [{name: vc-a, version: 8.0.3, clusters: [{name: prod, hosts: 2, datastores: [vsan-a]}]}]
  kubernetes: {nodes: 2}
  drivers: {csi: ours, ccm: ours}
steps:
  - destroy: {vm: worker-1}
    settle: false
  - sleep: 10m
";
    let spec = || from_text(text, "statefulset", 1).remove(0);
    assert!(run(spec(), |_| {}).passed());
    caught_by(&run(spec(), |switches| switches.ccm.delete_what_is_gone = false), "node-gone");
}

#[test]
fn a_controller_that_writes_what_stands_there_already_is_not_at_rest() {
    caught_by(&changed("statefulset/drain", |switches| switches.ccm.write_only_changes = false), "steady-state");
}

#[test]
fn a_volume_that_lies_elsewhere_than_it_says_is_out_of_reach() {
    caught_by(&changed("bug-reports/k8s-78841", |switches| switches.csi.respect_topology = false), "reachable");
}

#[test]
fn half_a_recrypt_is_not_taken_for_a_whole_one() {
    caught_by(&changed("encryption-rekey/interrupted", |switches| switches.csi.retry_interrupted_recrypt = false), "keys");
}

#[test]
fn a_released_volume_that_stays_is_told() {
    caught_by(&changed("multi-vcenter/deleted-while-down", |switches| switches.csi.unanswered_is_not_absent = false), "released");
}

#[test]
fn a_password_in_a_log_is_found() {
    caught_by(&scale(|switches| switches.csi.keep_secrets = false), "secrets");
}

#[test]
fn a_volume_that_has_not_grown_everywhere_is_told() {
    let broken: [fn(&mut Switches); 4] = [
        |switches| switches.csi.extend_before_answering = false,
        |switches| switches.csi.grow_filesystems = false,
        |switches| switches.csi.nodes_take_part_in_growth = false,
        |switches| switches.csi.rescan_grown_disks = false,
    ];
    for change in broken {
        caught_by(&changed("growth/online", change), "sizes-agree");
    }
    caught_by(&changed("growth/raw-block", |switches| switches.csi.rescan_grown_disks = false), "sizes-agree");
}

#[test]
fn a_volume_that_takes_no_space_is_missed() {
    caught_by(&scale(|switches| switches.vcenter.volumes_take_space = false), "space-adds-up");
}

#[test]
fn a_snapshot_that_is_only_said_to_be_deleted_is_nobodys() {
    caught_by(&changed("snapshots/snapshot-first", |switches| switches.csi.delete_snapshots = false), "snapshots-agree");
}

#[test]
fn a_snapshot_that_is_taken_twice_is_one_too_many() {
    caught_by(&changed("snapshots/killed", |switches| switches.csi.look_before_snapshotting_again = false), "snapshots-agree");
}

#[test]
fn a_snapshot_that_goes_with_its_volume_is_missed() {
    caught_by(&changed("snapshots/claim-first", |switches| switches.csi.delete_waits_for_snapshots = false), "snapshots-agree");
}

#[test]
fn a_volume_of_a_snapshot_that_is_blank_is_seen() {
    caught_by(&changed("snapshots/restore", |switches| switches.csi.restore_from_snapshots = false), "restored-bytes");
}
