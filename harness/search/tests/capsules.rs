//! Capsules: what is packed is unpacked, and a replay says what there is to say.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use common::bundle;
use seatrial_engine::{Mode, Switches};
use seatrial_search::capsule::{Capsule, CapsuleError, Maker};
use seatrial_search::shrink::Suspect;
use seatrial_search::{Bundle, anonymised};

fn maker() -> Maker {
    Maker { seatrial: "0.0.0".to_owned(), commit: None, drivers: Vec::new() }
}

/// A scenario that fails: nobody makes that many volumes.
fn failing() -> Bundle {
    let bundle = bundle("statefulset/remove");
    Bundle { scenario: bundle.scenario.replace("volumes: {total: 0}", "volumes: {total: 7}"), ..bundle }
}

#[test]
fn a_replay_is_the_same_run() {
    let capsule = Capsule::make(&failing(), "remove.yaml", 3, None, &Mode::Virtual, &maker()).unwrap();
    let bytes = capsule.pack().unwrap();
    let unpacked = Capsule::unpack(&bytes).unwrap();
    assert_eq!(unpacked, capsule);
    assert!(capsule.journal.len() > 500 && bytes.len() < 200_000, "{} lines, {} bytes", capsule.journal.len(), bytes.len());
    let replayed = unpacked.replay(&Mode::Virtual).unwrap();
    assert!(replayed.same_reason, "{:#?}", replayed.verdict);
    assert_eq!(replayed.difference, None);
}

#[test]
fn a_run_that_parts_is_told_where() {
    let mut capsule = Capsule::make(&failing(), "remove.yaml", 3, None, &Mode::Virtual, &maker()).unwrap();
    capsule.seed = 4;
    let replayed = capsule.replay(&Mode::Virtual).unwrap();
    assert!(replayed.same_reason);
    assert!(replayed.difference.is_some());
}

#[test]
fn what_is_no_capsule_is_refused() {
    assert!(matches!(Capsule::unpack(b"scenario: not packed"), Err(CapsuleError::Shape(_))));
    let capsule = Capsule::make(&failing(), "remove.yaml", 3, Some("8.0.3"), &Mode::Virtual, &maker()).unwrap();
    assert_eq!(capsule.case, "8.0.3");
    assert!(matches!(Capsule::make(&failing(), "remove.yaml", 3, Some("6.7"), &Mode::Virtual, &maker()), Err(CapsuleError::Case(_))));
}

#[test]
fn other_names_fail_for_the_same_reason_and_tell_nothing() {
    let suspect = Suspect::find(&failing(), 3, &Switches::default(), &Mode::Virtual).unwrap();
    let other = anonymised(&suspect.bundle).unwrap();
    assert!(suspect.is(&other), "{}", other.scenario);
    let all: String = other.files("scenario.yaml").into_iter().map(|(name, text)| format!("# {name}\n{text}")).collect();
    for told in ["web", "vsan-a", "prod", "nginx", "data-", "StatefulSet that is removed"] {
        assert!(!all.contains(told), "{told}: {all}");
    }
    assert!(all.contains("csi.vsphere.vmware.com") && all.contains("/claim1"), "{all}");
}
