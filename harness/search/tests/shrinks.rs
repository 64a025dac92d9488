//! What shrinking leaves: what matters and nothing else, by itself and with planted bugs.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use common::bundle;
use proptest::prelude::*;
use seatrial_engine::{Mode, Switches};
use seatrial_search::Bundle;
use seatrial_search::document::read;
use seatrial_search::shrink::{ShrinkOptions, Suspect, SuspectError, shrink};

const OPTIONS: ShrinkOptions = ShrinkOptions { workers: 1, tries: 5_000 };

/// The lines under `steps` and `faults`.
fn lines(bundle: &Bundle) -> usize {
    let mut inside = false;
    bundle
        .scenario
        .lines()
        .filter(|line| {
            if !line.starts_with(' ') {
                inside = ["steps:", "faults:"].contains(line);
                return false;
            }
            inside
        })
        .count()
}

#[test]
fn what_matters_stays_and_nothing_else() {
    let wanted = ["CnsCreateVolume", "web-2", "kept", "storageClassName"];
    let holds = |bundle: &Bundle| {
        let all: String = bundle.files("scenario.yaml").into_iter().map(|(_, text)| text.to_owned()).collect();
        wanted.iter().all(|word| all.contains(word))
    };
    let before = bundle("statefulset/scale");
    let shrunk = shrink(&before, OPTIONS, holds, |_, _| {}).unwrap();
    assert!(holds(&shrunk.bundle) && shrunk.size[1] < shrunk.size[0] / 4, "{shrunk:#?}");
    assert!(!shrunk.bundle.scenario.contains("web-1") && lines(&shrunk.bundle) <= 4, "{}", shrunk.bundle.scenario);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn how_many_work_at_it_changes_nothing(words in prop::collection::btree_set(prop::sample::select(vec!["web-0", "web-2", "settle", "hosts", "volumes", "wait", "replicas", "port"]), 1..4)) {
        let holds = |bundle: &Bundle| {
            let all: String = bundle.files("scenario.yaml").into_iter().map(|(_, text)| text.to_owned()).collect();
            words.iter().all(|word| all.contains(word)) && read(&bundle.scenario).is_ok()
        };
        let before = bundle("statefulset/remove");
        prop_assume!(holds(&before));
        let alone = shrink(&before, OPTIONS, holds, |_, _| {}).unwrap();
        let three = shrink(&before, ShrinkOptions { workers: 3, ..OPTIONS }, holds, |_, _| {}).unwrap();
        prop_assert_eq!(&alone.bundle, &three.bundle);
        prop_assert!(holds(&alone.bundle));
        // Nothing more can go.
        let again = shrink(&alone.bundle, OPTIONS, holds, |_, _| {}).unwrap();
        prop_assert_eq!(again.bundle, alone.bundle);
    }
}

#[test]
fn what_passes_is_not_shrunk() {
    let found = Suspect::find(&bundle("statefulset/remove"), 1, &Switches::default(), &Mode::Virtual);
    assert!(matches!(found, Err(SuspectError::Passes(1))), "{found:?}");
}

#[test]
fn a_planted_bug_fits_twelve_lines() {
    let mut switches = Switches::default();
    switches.csi.look_before_creating_again = false;
    let suspect = Suspect::find(&bundle("statefulset/scale-crash"), 1, &switches, &Mode::Virtual).unwrap();
    assert_eq!(suspect.reason.who, "orphans");
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let options = ShrinkOptions { workers, tries: 400 };
    let shrunk = shrink(&suspect.bundle, options, |bundle| suspect.is(bundle), |_, _| {}).unwrap();
    let told = suspect.told(&shrunk.bundle).unwrap();
    assert!(lines(&told) <= 12, "{}", told.scenario);
    // Whoever runs it again sees the same.
    let again = Suspect::find(&told, 1, &switches, &Mode::Virtual).unwrap();
    assert_eq!(again.reason, suspect.reason);
    let words: Vec<&str> = told.scenario.split_whitespace().collect();
    assert!(words.join(" ").contains("Under seed 1 it fails: orphans"), "{}", told.scenario);
}

#[test]
fn reasons_are_read_off_a_run() {
    let mut switches = Switches::default();
    switches.csi.attach_before_answering = false;
    let suspect = Suspect::find(&bundle("statefulset/scale"), 1, &switches, &Mode::Virtual).unwrap();
    assert_eq!(suspect.reason.who, "attach-truth", "{}", suspect.reason);
    assert!(!suspect.reason.words.iter().any(|word| word.contains("web")), "{}", suspect.reason);
}
