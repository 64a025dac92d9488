//! Every scenario fails when what it is about is broken: a table of scenarios and changes. Each change is one named
//! behaviour of our drivers, or, where no driver can do it, one named rule of our vCenter or control loops; each must make
//! its scenario break, by an oracle, a step or an expectation, and not by a fault of the harness.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::collections::BTreeSet;

use common::workers::in_parallel;
use common::{all_scenarios, specs};
use seatrial_engine::{RunSpec, Switches};

/// A scenario, a change, and what the change is called.
struct Row {
    scenario: &'static str,
    change: &'static str,
    apply: fn(&mut Switches),
}

/// `row!("scenario", csi.behaviour)` switches that behaviour off.
macro_rules! row {
    ($scenario:literal, $part:ident . $name:ident) => {
        Row {
            scenario: $scenario,
            change: concat!(stringify!($part), ".", stringify!($name)),
            apply: |switches| switches.$part.$name = false,
        }
    };
}

const TABLE: &[Row] = &[
    row!("addresses/asked-for", ccm.keep_known_addresses),
    row!("addresses/dual-stack", ccm.leave_out_local_addresses),
    row!("addresses/order", ccm.choose_configured_addresses),
    row!("adoption/claim-again", csi.format_only_blank_disks),
    row!("adoption/detached-by-hand", csi.list_published_nodes),
    row!("adoption/first-class-disk", csi.register_disks),
    row!("adoption/kept-no-more", csi.delete_volumes),
    row!("adoption/lacks-on-datastore", csi.report_publish_errors),
    row!("adoption/never-used", csi.register_disks),
    row!("adoption/not-there", csi.attach_before_answering),
    row!("adoption/retained", csi.format_only_blank_disks),
    row!("adoption/two-of-one", csi.format_only_blank_disks),
    row!("adoption/vmdk", csi.register_disks),
    row!("adoption/volume-first", csi.format_only_blank_disks),
    row!("bug-reports/ccm-381", ccm.never_delete_unregistered),
    row!("bug-reports/ccm-479", ccm.delete_only_on_proof),
    row!("bug-reports/csi-114", vcenter.faults_name_privileges),
    row!("bug-reports/csi-1289", csi.record_operation_first),
    row!("bug-reports/csi-1474", csi.report_mixed_tags),
    row!("bug-reports/csi-1629", ccm.try_both_byte_orders),
    row!("bug-reports/csi-1658", csi.refuse_what_no_node_can_do),
    row!("bug-reports/csi-221", csi.absent_vm_is_detached),
    row!("bug-reports/csi-2224", csi.record_operation_first),
    row!("bug-reports/csi-2338", kubernetes.refuse_claim_selectors),
    row!("bug-reports/csi-2431", csi.keep_one_session),
    row!("bug-reports/csi-2431", ccm.keep_one_session),
    row!("bug-reports/csi-2506", csi.report_publish_errors),
    row!("bug-reports/csi-2507", csi.record_operation_first),
    row!("bug-reports/csi-2619", ccm.search_every_vcenter),
    row!("bug-reports/csi-266", csi.delete_waits_for_detach),
    row!("bug-reports/csi-267", csi.log_in_again),
    row!("bug-reports/csi-3589", csi.log_in_again),
    row!("bug-reports/csi-359", kubernetes.force_detach_after_six_minutes),
    row!("bug-reports/csi-3787", csi.hold_refused_logins),
    row!("bug-reports/csi-3787", ccm.hold_refused_logins),
    row!("statefulset/cns-restarted", kubernetes.try_failed_claims_again),
    row!("statefulset/password-changed", csi.hold_refused_logins),
    row!("statefulset/slow-vcenter", csi.record_operation_first),
    row!("statefulset/slow-vcenter", csi.look_before_deleting_again),
    row!("bug-reports/csi-3869", csi.log_in_again),
    row!("bug-reports/csi-3888", csi.report_absent_datacenters),
    row!("bug-reports/csi-3996", csi.never_delete_what_was_found),
    row!("bug-reports/csi-468", csi.report_attach_limit),
    row!("bug-reports/csi-468", csi.look_before_attaching_again),
    row!("bug-reports/csi-580", csi.publish_twice_is_once),
    row!("bug-reports/k8s-50281", csi.unknown_is_not_detached),
    row!("bug-reports/k8s-78841", csi.respect_topology),
    row!("configuration/account", csi.follow_configuration),
    row!("configuration/account", ccm.follow_configuration),
    row!("configuration/environment", csi.attach_before_answering),
    row!("configuration/host", csi.follow_configuration),
    row!("configuration/second-vcenter", csi.follow_configuration),
    row!("configuration/second-vcenter", ccm.follow_configuration),
    row!("configuration/locked-out", csi.hold_refused_logins),
    row!("configuration/short-sessions", csi.log_in_again),
    row!("configuration/short-sessions", csi.keep_one_session),
    row!("configuration/snapshot-limit", csi.follow_configuration),
    row!("encryption-rekey/move", csi.recrypt_before_attach),
    row!("encryption-rekey/interrupted", csi.retry_interrupted_recrypt),
    row!("encryption-rekey/provider-down", csi.report_publish_errors),
    row!("growth/class-forbids", csi.extend_before_answering),
    row!("growth/controller-restart", csi.grown_already_is_success),
    row!("growth/deleted-while-growing", csi.grow_filesystems),
    row!("growth/each", csi.grow_filesystems),
    row!("growth/kubelet-away", csi.grow_filesystems),
    row!("growth/lost-answer", csi.grown_already_is_success),
    row!("growth/no-space", csi.extend_before_answering),
    row!("growth/offline", csi.nodes_take_part_in_growth),
    row!("growth/online", csi.extend_before_answering),
    row!("growth/online", csi.grow_filesystems),
    row!("growth/online", csi.nodes_take_part_in_growth),
    row!("growth/online", csi.rescan_grown_disks),
    row!("growth/quota", csi.extend_before_answering),
    row!("growth/raw-block", csi.rescan_grown_disks),
    row!("growth/slow-task", csi.grown_already_is_success),
    row!("growth/smaller-again", csi.extend_before_answering),
    row!("growth/snapshots-forbid", csi.extend_before_answering),
    row!("growth/statefulset", csi.grow_filesystems),
    row!("growth/two-sizes", csi.extend_before_answering),
    row!("growth/xfs", csi.grow_filesystems),
    row!("multi-vcenter/one-down", csi.one_vcenter_down_is_not_all),
    row!("multi-vcenter/one-down", csi.record_operation_first),
    row!("multi-vcenter/deleted-while-down", csi.unanswered_is_not_absent),
    row!("multi-vcenter/one-volume-one-home", ccm.search_every_vcenter),
    row!("multi-vcenter/one-volume-one-home", csi.respect_topology),
    row!("node-failure/host-ha", csi.format_only_blank_disks),
    row!("node-failure/inaccessible", csi.format_only_blank_disks),
    row!("node-failure/isolated", ccm.delete_only_on_proof),
    row!("node-failure/maintenance", csi.shared_by_all_nodes),
    row!("node-failure/new-host", csi.format_only_blank_disks),
    row!("node-failure/replaced", kubernetes.forget_what_fails_to_register),
    row!("node-failure/leaders", ccm.take_over_expired_leases),
    row!("node-failure/leaders", ccm.lead_before_working),
    row!("node-failure/leader-cut-off", ccm.end_without_lead),
    row!("node-failure/power-off", kubernetes.evict_from_unreachable_nodes),
    row!("node-failure/power-off", ccm.taint_shutdown_nodes),
    row!("shapes/ephemeral", csi.attach_before_answering),
    row!("shapes/file-systems", csi.format_only_blank_disks),
    row!("shapes/group", kubernetes.give_volumes_to_groups),
    row!("shapes/group-policy", kubernetes.give_volumes_to_groups),
    row!("shapes/mount-options", csi.keep_mount_options),
    row!("shapes/read-only", csi.publish_read_only),
    row!("shapes/one-pod-only", csi.attach_before_answering),
    row!("shapes/raw-block", csi.attach_before_answering),
    row!("shapes/retention", csi.attach_before_answering),
    row!("shapes/rounding", csi.round_sizes_up),
    row!("shapes/unknown-file-system", csi.refuse_what_no_node_can_do),
    row!("shapes/sub-path", csi.attach_before_answering),
    row!("snapshots/backup", csi.restore_from_snapshots),
    row!("snapshots/being-restored", kubernetes.keep_snapshots_being_restored),
    row!("snapshots/claim-first", csi.delete_waits_for_snapshots),
    row!("snapshots/failed-after-effect", csi.look_before_snapshotting_again),
    row!("snapshots/killed", csi.look_before_snapshotting_again),
    row!("snapshots/larger-refused", csi.restore_in_the_same_size),
    row!("snapshots/limit", csi.limit_snapshots),
    row!("snapshots/lost-answer", csi.record_operation_first),
    row!("snapshots/restore", csi.restore_from_snapshots),
    row!("snapshots/retain", kubernetes.retain_snapshots),
    row!("snapshots/smaller-refused", kubernetes.check_restore_size),
    row!("snapshots/snapshot-first", csi.delete_snapshots),
    row!("snapshots/zones", csi.respect_topology),
    row!("statefulset/cut-off", csi.record_operation_first),
    row!("statefulset/drain", csi.format_only_blank_disks),
    row!("statefulset/failed-after-effect", csi.look_after_failed_tasks),
    row!("statefulset/leaders", kubernetes.take_over_expired_leases),
    row!("statefulset/maintenance", csi.format_only_blank_disks),
    row!("statefulset/remove", kubernetes.keep_claims_in_use),
    row!("statefulset/remove-early", csi.delete_volumes),
    row!("statefulset/leave-at-once", csi.look_before_detaching_again),
    row!("statefulset/rollout", csi.record_operation_first),
    row!("statefulset/scale", csi.attach_before_answering),
    row!("statefulset/scale", csi.format_only_blank_disks),
    row!("statefulset/scale", csi.keep_one_session),
    row!("statefulset/scale", vcenter.attach_adds_disk_to_vm),
    row!("statefulset/scale-crash", csi.record_operation_first),
    row!("statefulset/scale-crash", csi.look_before_creating_again),
    row!("statefulset/told-otherwise", csi.record_operation_first),
    row!("zones/bare-host", csi.zones_need_what_their_nodes_need),
    row!("zones/joins-later", csi.prefer_what_every_host_mounts),
    row!("zones/outage", ccm.keep_zone_labels),
    row!("zones/placement", csi.respect_topology),
    row!("zones/placement", csi.check_policy),
    row!("zones/placement", ccm.label_zones_from_ancestors),
    row!("zones/placement", kubernetes.volume_affinity_is_a_filter),
    row!("zones/placement", kubernetes.wait_for_first_consumer),
];

/// Under so many seeds at most a change may go unnoticed: where a scheduler chooses freely, it may choose well by chance.
const SEEDS: u64 = 4;

/// The first complaint of the first case that fails, or what is wrong with the row.
fn broken_by(row: &Row) -> Result<String, String> {
    for seed in 1..=SEEDS {
        for spec in specs(row.scenario, seed) {
            let mut switches = Switches::default();
            (row.apply)(&mut switches);
            let outcome = RunSpec { switches, ..spec }.run();
            if let Some(internal) = outcome.internal {
                return Err(format!("{} with {} off: our own fault: {internal}", row.scenario, row.change));
            }
            if let Some(complaint) = outcome.complaints().into_iter().next() {
                return Ok(complaint);
            }
        }
    }
    Err(format!("{} with {} off holds all the same", row.scenario, row.change))
}

#[test]
fn every_scenario_breaks_when_what_it_is_about_is_broken() {
    let results = in_parallel(TABLE.iter().collect(), broken_by);
    let wrong: Vec<String> = results.iter().filter_map(|result| result.as_ref().err().cloned()).collect();
    for (row, result) in TABLE.iter().zip(&results) {
        println!("{} with {} off: {}", row.scenario, row.change, result.as_ref().unwrap_or_else(|wrong| wrong));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_scenario_is_missing_in_the_table() {
    let named: BTreeSet<&str> = TABLE.iter().map(|row| row.scenario).collect();
    let missing: Vec<String> = all_scenarios().into_iter().filter(|name| !named.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "nothing shows what breaks {}", missing.join(", "));
}
