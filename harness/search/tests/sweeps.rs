//! Sweeps of committed scenarios: what is struck, what holds, and what a broken driver does not survive.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::collections::BTreeSet;

use common::workers::in_parallel;
use common::{bundle, swept};
use seatrial_engine::{Mode, RunSpec, Switches};
use seatrial_search::sweep::{Strike, Subjects, SweepOptions, Trouble, strikes};

fn options(troubles: &[Trouble], sample: Option<usize>) -> SweepOptions {
    SweepOptions { subjects: Subjects::named(&[]), troubles: troubles.to_vec(), polls: Vec::new(), sample }
}

/// The strikes of a sweep at calls of this method with these switches, and what does not hold of each.
fn run(name: &str, method: &str, options: &SweepOptions, change: fn(&mut Switches)) -> Vec<(Strike, Vec<String>)> {
    let swept = swept(name);
    let all: Vec<Strike> = strikes(&swept.journal, options).into_iter().filter(|strike| strike.place.method.contains(method)).collect();
    let results = in_parallel(all.clone(), |strike| {
        let bundle = strike.bundle(&swept.bundle, &swept.spec).unwrap();
        let specs = bundle.prepare(&strike.id, 1, &swept.spec.mode).unwrap_or_else(|errors| panic!("{errors}\n{}", bundle.scenario));
        let [spec] = specs.as_slice() else { panic!("a strike has one case") };
        let mut switches = Switches::default();
        change(&mut switches);
        RunSpec { switches, ..spec.clone() }.run().complaints()
    });
    all.into_iter().zip(results).collect()
}

#[test]
fn equal_places_are_struck_once() {
    let swept = swept("statefulset/scale");
    let all = strikes(&swept.journal, &options(&Trouble::ALL, None));
    let ids: BTreeSet<&str> = all.iter().map(|strike| strike.id.as_str()).collect();
    assert_eq!(ids.len(), all.len(), "each strike has a name of its own");
    // Each of three replicas is made, attached and staged once by equal calls, in the same steps.
    let of =
        |method: &str, trouble: Trouble| all.iter().filter(|strike| strike.place.method == method && strike.trouble == trouble).count();
    assert_eq!(of("CnsCreateVolume", Trouble::TaskFails), 4, "two faults, before and after the effect, at creates of one kind");
    assert!(of("CnsCreateVolume", Trouble::LostAnswer) < 3, "three creates, of which some are alike");
    assert!(all.iter().any(|strike| strike.place.alike > 2));
    for trouble in Trouble::ALL {
        assert!(all.iter().any(|strike| strike.trouble == trouble), "{trouble} never strikes");
    }
    let sample = strikes(&swept.journal, &options(&Trouble::ALL, Some(10)));
    assert!(sample.len() == 10 && sample.iter().all(|strike| all.contains(strike)));
}

#[test]
fn a_strike_is_a_scenario_that_a_person_can_read() {
    let swept = swept("statefulset/scale");
    let all = strikes(&swept.journal, &options(&[Trouble::Kill], None));
    let strike = all.iter().find(|strike| strike.id == "kill-csi-controller-at-cnscreatevolume-1-after-effect").unwrap();
    insta::assert_snapshot!(strike.bundle(&swept.bundle, &swept.spec).unwrap().scenario);
}

#[test]
fn a_create_that_is_not_recorded_first_is_found_without_a_scenario_written_for_it() {
    let found = run("statefulset/scale", "CnsCreateVolume", &options(&[Trouble::LostAnswer, Trouble::Kill], None), |switches| {
        switches.csi.record_operation_first = false;
    });
    let broken: Vec<&str> = found.iter().filter(|(_, why)| !why.is_empty()).map(|(strike, _)| strike.id.as_str()).collect();
    assert!(!broken.is_empty() && broken.len() < found.len(), "{broken:#?} of {}", found.len());
}

#[test]
fn the_unchanged_drivers_hold_under_lost_answers() {
    let found = run("statefulset/scale", "", &options(&[Trouble::LostAnswer], Some(24)), |_| {});
    let broken: Vec<_> = found.iter().filter(|(_, why)| !why.is_empty()).map(|(strike, why)| (&strike.id, why)).collect();
    assert!(found.len() == 24 && broken.is_empty(), "{broken:#?}");
}

#[test]
fn a_case_of_a_matrix_is_struck_with_its_values() {
    let bundle = bundle("growth/each");
    for spec in bundle.prepare("growth/each", 1, &Mode::Virtual).unwrap() {
        let case = bundle.of_case(&spec.case).unwrap();
        assert!(!case.scenario.contains("matrix") && case.manifests.values().all(|text| !text.contains("${matrix")), "{}", case.scenario);
        assert_eq!(case.prepare("case", 1, &Mode::Virtual).unwrap().len(), 1);
    }
}
