//! An oracle that has never failed proves nothing: each one catches our driver with one named behaviour changed, or,
//! where no driver can do it, one named rule of our vCenter switched off.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use common::{voyage, voyages};
use seatrial_engine::{Outcome, Switches, Voyage};

fn sail(voyage: Voyage, change: impl FnOnce(&mut Switches)) -> Outcome {
    let mut switches = Switches::default();
    change(&mut switches);
    Voyage { switches, ..voyage }.sail()
}

/// The 8.0 U3 sailing of the crash scenario: names repeat there, so a second create makes a second volume.
fn crash(change: impl FnOnce(&mut Switches)) -> Outcome {
    sail(voyages("statefulset/scale-crash", 1).remove(0), change)
}

fn scale(change: impl FnOnce(&mut Switches)) -> Outcome {
    sail(voyage("statefulset/scale", 1), change)
}

#[track_caller]
fn caught_by(outcome: &Outcome, oracle: &str) {
    let caught = outcome.violations.iter().position(|violation| violation.oracle == oracle);
    let Some(place) = caught else { panic!("{oracle} saw nothing; the outcome was {:#?}", outcome.complaints()) };
    assert!(!outcome.excerpts[place].is_empty(), "{oracle} shows nothing of the journal");
}

#[test]
fn the_unchanged_driver_is_caught_by_none() {
    for outcome in [crash(|_| {}), scale(|_| {})] {
        assert!(outcome.held(), "{:#?}", outcome.complaints());
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
