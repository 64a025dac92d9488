//! The CSI controller is killed at every border call of its create path, at every moment of it, and comes back: every
//! claim has exactly one volume and the set gets ready. Upstream's oldest leak (csi#2507) lives in one of these places.
//! The same on the paths of attach and detach: the set is scaled in and out, and its data comes back. The same on the
//! path of delete: the set and its claims are removed, and no disk stays behind. The same, and for the node plugin, on the path of growth:
//! claim, volume, disk and file system are equally large at the end. And on the paths of snapshots: each is taken once,
//! goes when it is told to, and volumes of it are made once. And on the paths of a disk that somebody made by hand: it is registered once,
//! attached, and deleted when it was to be.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use common::workers::in_parallel;
use common::{spec, specs};
use seatrial_engine::crash::{InjectionPoint, MOMENTS, injection_points_during};
use seatrial_engine::{Faults, KeepJournal, RunSpec};

const SUBJECT: &str = "csi-controller";
const AWAY: Duration = Duration::from_secs(5);

/// The injection points of a run in which nothing goes wrong, while this RPC to a process is in flight.
fn injection_points(spec: &RunSpec, subject: &str, method: &str) -> Vec<InjectionPoint> {
    let calm = RunSpec { faults: Faults::Instead(Vec::new()), keep_journal: KeepJournal::Always, ..spec.clone() };
    let outcome = calm.run();
    assert!(outcome.passed(), "{:#?}", outcome.complaints());
    injection_points_during(&outcome.journal, subject, method)
}

/// How many injection points there are, by border and method: what is reviewed when the driver learns to call more or less.
fn summary(injection_points: &[InjectionPoint]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for injection_point in injection_points {
        *counts.entry(format!("{:?} {}", injection_point.border, injection_point.method)).or_default() += 1;
    }
    let mut text = String::new();
    for (call, count) in counts {
        writeln!(text, "{count:3} {call}").unwrap();
    }
    writeln!(text, "{:3} calls, {} kills", injection_points.len(), injection_points.len() * MOMENTS.len()).unwrap();
    text
}

fn every_kill_holds(path: &str, spec: &RunSpec, method: &str) {
    every_kill_of(SUBJECT, path, spec, method);
}

fn every_kill_of(subject: &str, path: &str, spec: &RunSpec, method: &str) {
    let injection_points = injection_points(spec, subject, method);
    insta::assert_snapshot!(format!("{path} path {}", spec.case.name), summary(&injection_points));
    let kills: Vec<_> =
        injection_points.iter().flat_map(|injection_point| MOMENTS.map(|moment| injection_point.kill(subject, moment, AWAY))).collect();
    let broken: Vec<String> = in_parallel(kills, |rule| {
        let id = rule.id.clone();
        let outcome = RunSpec { faults: Faults::Instead(vec![rule]), ..spec.clone() }.run();
        let mut complaints = outcome.complaints();
        if outcome.fired.get(&id) != Some(&1) {
            complaints.push(format!("the kill struck {:?} times instead of once", outcome.fired.get(&id)));
        }
        (id, complaints)
    })
    .into_iter()
    .filter(|(_, complaints)| !complaints.is_empty())
    .map(|(id, complaints)| format!("{id}: {}", complaints.join("; ")))
    .collect();
    assert!(broken.is_empty(), "{} kills broke something:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn a_controller_killed_anywhere_on_the_create_path_makes_one_volume_a_claim_on_8_0_u3() {
    every_kill_holds("create", &specs("statefulset/scale-crash", 1)[0], "CreateVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_create_path_makes_one_volume_a_claim_on_9_1() {
    every_kill_holds("create", &specs("statefulset/scale-crash", 1)[1], "CreateVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_attach_path_attaches_once_and_keeps_the_data() {
    every_kill_holds("attach", &spec("statefulset/scale", 1), "ControllerPublishVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_detach_path_lets_the_volume_go() {
    every_kill_holds("detach", &spec("statefulset/scale", 1), "ControllerUnpublishVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_delete_path_leaves_no_disk_behind() {
    every_kill_holds("delete", &spec("statefulset/remove", 1), "DeleteVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_growth_path_grows_the_volume_on_all_sides() {
    every_kill_holds("growth", &specs("growth/controller-restart", 1)[0], "ControllerExpandVolume");
}

#[test]
fn a_node_plugin_killed_anywhere_while_it_grows_a_file_system_grows_it() {
    every_kill_of("csi-node/worker-1", "growth on the node", &specs("growth/controller-restart", 1)[0], "NodeExpandVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_snapshot_path_takes_one_snapshot_on_8_0_u3() {
    every_kill_holds("snapshot", &specs("snapshots/snapshot-first", 1)[0], "CreateSnapshot");
}

#[test]
fn a_controller_killed_anywhere_on_the_snapshot_path_takes_one_snapshot_on_9_1() {
    every_kill_holds("snapshot", &specs("snapshots/snapshot-first", 1)[1], "CreateSnapshot");
}

#[test]
fn a_controller_killed_anywhere_on_the_path_of_a_snapshots_end_leaves_none_behind() {
    every_kill_holds("snapshot's end", &specs("snapshots/snapshot-first", 1)[0], "DeleteSnapshot");
}

#[test]
fn a_controller_killed_anywhere_on_the_restore_path_makes_one_volume_with_the_snapshots_bytes() {
    every_kill_holds("restore", &specs("snapshots/restore", 1)[0], "CreateVolume");
}

#[test]
fn a_controller_killed_anywhere_while_it_adopts_a_disk_registers_it_once() {
    every_kill_holds("adoption", &spec("adoption/first-class-disk", 1), "ControllerPublishVolume");
}

#[test]
fn a_controller_killed_anywhere_while_it_deletes_a_disk_that_cns_does_not_know_leaves_none_behind() {
    every_kill_holds("adoption's end", &spec("adoption/never-used", 1), "DeleteVolume");
}
