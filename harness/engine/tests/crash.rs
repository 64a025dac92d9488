//! The CSI controller is killed at every border call of its create path, at every moment of it, and comes back: every
//! claim has exactly one volume and the set gets ready. Upstream's oldest leak (csi#2507) lives in one of these places.
//! The same on the paths of attach and detach: the set is scaled in and out, and its data comes back. The same on the
//! path of delete: the set and its claims are removed, and no disk stays behind.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use common::{in_parallel, voyage, voyages};
use seatrial_engine::crash::{Crossing, MOMENTS, crossings_during};
use seatrial_engine::{Faults, Voyage};

const SUBJECT: &str = "csi-controller";
const AWAY: Duration = Duration::from_secs(5);

/// The crossings of a run in which nothing goes wrong, while this RPC is in flight.
fn crossings(voyage: &Voyage, method: &str) -> Vec<Crossing> {
    let calm = Voyage { faults: Faults::Instead(Vec::new()), keep_journal: true, ..voyage.clone() };
    let outcome = calm.sail();
    assert!(outcome.held(), "{:#?}", outcome.complaints());
    crossings_during(&outcome.journal, SUBJECT, method)
}

/// How many crossings there are, by border and method: what is reviewed when the driver learns to call more or less.
fn summary(crossings: &[Crossing]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for crossing in crossings {
        *counts.entry(format!("{:?} {}", crossing.border, crossing.method)).or_default() += 1;
    }
    let mut text = String::new();
    for (call, count) in counts {
        writeln!(text, "{count:3} {call}").unwrap();
    }
    writeln!(text, "{:3} calls, {} kills", crossings.len(), crossings.len() * MOMENTS.len()).unwrap();
    text
}

fn every_kill_holds(path: &str, voyage: &Voyage, method: &str) {
    let crossings = crossings(voyage, method);
    insta::assert_snapshot!(format!("{path} path {}", voyage.sailing.name), summary(&crossings));
    let kills: Vec<_> = crossings.iter().flat_map(|crossing| MOMENTS.map(|moment| crossing.kill(SUBJECT, moment, AWAY))).collect();
    let broken: Vec<String> = in_parallel(kills, |rule| {
        let id = rule.id.clone();
        let outcome = Voyage { faults: Faults::Instead(vec![rule]), ..voyage.clone() }.sail();
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
    every_kill_holds("create", &voyages("statefulset/scale-crash", 1)[0], "CreateVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_create_path_makes_one_volume_a_claim_on_9_1() {
    every_kill_holds("create", &voyages("statefulset/scale-crash", 1)[1], "CreateVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_attach_path_attaches_once_and_keeps_the_data() {
    every_kill_holds("attach", &voyage("statefulset/scale", 1), "ControllerPublishVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_detach_path_lets_the_volume_go() {
    every_kill_holds("detach", &voyage("statefulset/scale", 1), "ControllerUnpublishVolume");
}

#[test]
fn a_controller_killed_anywhere_on_the_delete_path_leaves_no_disk_behind() {
    every_kill_holds("delete", &voyage("statefulset/remove", 1), "DeleteVolume");
}
