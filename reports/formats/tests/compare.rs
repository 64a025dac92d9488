//! Comparisons: golden texts, the committed schema, and what holds for any two reports.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may as well panic")]

mod common;

use std::collections::BTreeMap;

use common::{bad_input, failed, passed, report, unsupported, with_finding};
use proptest::prelude::*;
use seatrial_reports::{
    AttemptReport, COMPARISON_SCHEMA, ChangeKind, CompareError, CompareOptions, Comparison, ComparisonOutcome, RunReport, StepOutcome,
    Verdict, compare, comparison_json, comparison_markdown, comparison_text,
};
use serde_json::Value;

fn compared(base: Vec<Verdict>, new: Vec<Verdict>) -> Comparison {
    compare(&report(base), &report(new), CompareOptions::default()).unwrap()
}

fn strictly(base: Vec<Verdict>, new: Vec<Verdict>) -> Comparison {
    compare(&report(base), &report(new), CompareOptions { strict: true, ..CompareOptions::default() }).unwrap()
}

fn under(seed: u64, verdict: &Verdict) -> Verdict {
    Verdict { seed, ..verdict.clone() }
}

/// The failing case as it was while it passed.
fn whole() -> Verdict {
    Verdict { scenario: failed().scenario, case: failed().case, repeat: failed().repeat, ..passed() }
}

/// How often a vCenter was called by the CSI controller.
fn calling(verdict: Verdict, method: &str, number: u64) -> Verdict {
    let mut vcenter_calls = verdict.vcenter_calls.clone();
    vcenter_calls.insert(method.to_owned(), BTreeMap::from([("csi-controller".to_owned(), number)]));
    Verdict { vcenter_calls, ..verdict }
}

/// Everything that there is to tell, at once.
fn everything() -> Comparison {
    let fixed = Verdict { scenario: "scenarios/zones/placement.yaml".to_owned(), ..failed() };
    let gone = Verdict { scenario: "scenarios/zones/joins-later.yaml".to_owned(), ..passed() };
    let slow = Verdict { virtual_time_us: 2 * passed().virtual_time_us, ..passed() };
    let base = (1..=8).map(|seed| under(seed, &whole())).chain([
        passed(),
        fixed.clone(),
        gone,
        Verdict { findings: Vec::new(), ..with_finding() },
    ]);
    let new = (1..=8).map(|seed| under(seed, &if seed % 3 == 0 { failed() } else { whole() })).chain([
        calling(slow, "CnsQueryVolume", 12),
        Verdict { scenario: fixed.scenario, case: fixed.case, ..passed() },
        with_finding(),
        bad_input(),
    ]);
    compared(base.collect(), new.collect())
}

#[test]
fn all_that_changed_is_told_to_people_and_to_programs() {
    let comparison = everything();
    insta::assert_snapshot!("compare-text", comparison_text(&comparison, false));
    insta::assert_snapshot!("compare-markdown", comparison_markdown(&comparison));
    insta::assert_snapshot!("compare-json", comparison_json(&comparison));
}

#[test]
fn a_comparison_fits_its_schema() {
    let schema: Value = serde_json::from_str(COMPARISON_SCHEMA).unwrap();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for comparison in [everything(), compared(vec![passed()], vec![passed()])] {
        let json: Value = serde_json::from_str(&comparison_json(&comparison)).unwrap();
        let misfits: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(misfits.is_empty(), "{misfits:#?}");
        let wrong = Value::from_iter([("schema_version", Value::from(2))]);
        assert!(!validator.is_valid(&wrong));
    }
}

#[test]
fn equal_reports_have_no_differences() {
    let cases = vec![passed(), failed(), bad_input(), with_finding(), unsupported()];
    let comparison = compared(cases.clone(), cases);
    assert_eq!(comparison.summary.outcome, ComparisonOutcome::Same);
    assert_eq!(comparison_text(&comparison, false), "5 cases compared: nothing changed\n");
}

#[test]
fn what_was_good_and_is_not_is_a_regression() {
    let comparison = compared(vec![whole()], vec![failed()]);
    assert!(comparison.is_regressed());
    let case = &comparison.cases[0];
    let failures: Vec<&str> = case.failures_added.iter().map(|failure| failure.what.as_str()).collect();
    assert_eq!(failures, ["wait for statefulset/web to be ready within 10m", "volumes total: 3", "one-volume-per-claim", "steady-state"]);
    assert!(!compared(vec![failed()], vec![whole()]).is_regressed(), "what is fixed is none");
    assert_eq!(compared(vec![failed()], vec![whole()]).cases[0].change, ChangeKind::Fixed);
}

#[test]
fn another_seed_of_a_case_that_was_good_under_all_counts_too() {
    let comparison = compared(vec![under(1, &whole())], vec![under(1, &whole()), under(2, &failed())]);
    assert_eq!((comparison.cases[0].change, comparison.is_regressed()), (ChangeKind::Regressed, true));
    let comparison = compared(vec![under(1, &failed())], vec![under(2, &failed())]);
    assert_eq!(comparison.summary.outcome, ComparisonOutcome::Same, "it fails as it did, under another seed");
}

#[test]
fn more_that_fails_in_what_failed_is_a_regression_and_less_is_none() {
    let mut less = failed();
    less.violations.clear();
    let grown = compared(vec![less.clone()], vec![failed()]);
    assert!(grown.is_regressed());
    assert_eq!(grown.cases[0].failures_added[0].what, "one-volume-per-claim");
    let shrunk = compared(vec![failed()], vec![less]);
    assert_eq!((shrunk.cases[0].change, shrunk.is_regressed()), (ChangeKind::Changed, false));
    assert_eq!(shrunk.cases[0].failures_gone[0].what, "one-volume-per-claim");
}

#[test]
fn a_step_that_moved_to_another_line_is_the_same_step() {
    let mut moved = failed();
    moved.steps.iter_mut().for_each(|step| step.line += 3);
    moved.expectations.iter_mut().for_each(|expectation| expectation.line += 3);
    assert_eq!(compared(vec![failed()], vec![moved]).summary.outcome, ComparisonOutcome::Same);
}

#[test]
fn cases_that_come_and_go_are_named_and_only_strictly_held_against_the_new_report() {
    let comparison = compared(vec![passed(), whole()], vec![passed()]);
    assert_eq!((comparison.cases[0].change, comparison.is_regressed()), (ChangeKind::Missing, false));
    assert!(strictly(vec![passed(), whole()], vec![passed()]).is_regressed());
    assert!(!compared(vec![passed()], vec![passed(), whole()]).is_regressed());
    assert!(compared(vec![passed()], vec![passed(), failed()]).is_regressed(), "a new case that fails is no green light");
    let lost = || Verdict { scenario: passed().scenario, case: passed().case, ..unsupported() };
    assert!(!compared(vec![passed()], vec![lost()]).is_regressed());
    assert!(strictly(vec![passed()], vec![lost()]).is_regressed());
}

#[test]
fn a_scenario_is_the_same_however_its_file_was_named() {
    let elsewhere = Verdict { scenario: "/src/checkout/scenarios/statefulset/scale.yaml".to_owned(), ..passed() };
    assert_eq!(compared(vec![passed()], vec![elsewhere]).summary.outcome, ComparisonOutcome::Same);
}

#[test]
fn a_case_that_became_flaky_is_told_and_fails_nothing() {
    let flaky = Verdict { attempts: vec![AttemptReport::of(&failed())], ..passed() };
    let comparison = compared(vec![passed()], vec![flaky]);
    assert_eq!((comparison.cases[0].change, comparison.is_regressed()), (ChangeKind::Changed, false));
    assert!(comparison_text(&comparison, false).contains("passed → flaky"), "{}", comparison_text(&comparison, false));
}

#[test]
fn calls_are_compared_by_their_medians_and_one_run_out_of_order_is_no_change() {
    let runs = |numbers: [u64; 3]| -> Vec<Verdict> {
        (1..).zip(numbers).map(|(seed, number)| under(seed, &calling(passed(), "CnsQueryVolume", number))).collect()
    };
    assert_eq!(compared(runs([4, 4, 4]), runs([4, 90, 4])).summary.outcome, ComparisonOutcome::Same);
    let comparison = compared(runs([4, 4, 4]), runs([12, 11, 13]));
    assert_eq!((comparison.summary.outcome, comparison.operations.len()), (ComparisonOutcome::Changed, 1));
    assert_eq!(comparison.operations[0].amounts.difference(), "+8");
    let text = comparison_text(&comparison, false);
    assert!(text.contains("CnsQueryVolume  csi-controller  4 → 12  +8  in statefulset/scale [8.0.3]"), "{text}");
}

#[test]
fn a_report_without_callers_is_compared_without_them() {
    let old = Verdict { vcenter_calls: BTreeMap::new(), ..passed() };
    assert_eq!(compared(vec![old.clone()], vec![passed()]).summary.outcome, ComparisonOutcome::Same);
    let mut more = old.clone();
    more.calls.values_mut().for_each(|methods| *methods.get_mut("CnsCreateVolume").unwrap() += 2);
    assert_eq!(compared(vec![old], vec![more]).operations[0].operation.caller, None);
}

#[test]
fn times_count_beyond_a_tenth_and_a_minute() {
    let lasting = |seconds: u64| Verdict { virtual_time_us: seconds * 1_000_000, ..passed() };
    for (base, new, told) in [(600, 660, 0), (600, 661, 1), (7200, 7300, 0), (7200, 7921, 1), (661, 600, 0), (700, 600, 1)] {
        assert_eq!(compared(vec![lasting(base)], vec![lasting(new)]).times.len(), told, "{base} → {new}");
    }
}

#[test]
fn what_cannot_be_compared_is_refused_with_the_remedy() {
    let other = RunReport { seatrial: "0.2.0".to_owned(), ..report(vec![passed()]) };
    let refused = compare(&report(vec![passed()]), &other, CompareOptions::default()).unwrap_err();
    assert!(matches!(refused, CompareError::Versions { .. }) && refused.to_string().contains("--across-versions"), "{refused}");
    let across = CompareOptions { across_versions: true, ..CompareOptions::default() };
    assert!(compare(&report(vec![passed()]), &other, across).is_ok());
    let nothing = compare(&report(vec![passed()]), &report(vec![failed()]), CompareOptions::default()).unwrap_err();
    assert!(matches!(nothing, CompareError::NothingInCommon { .. }), "{nothing}");
}

#[test]
fn much_is_cut_and_the_rest_counted() {
    let named = |number: usize, verdict: Verdict| Verdict { scenario: format!("scenarios/area/case-{number:02}.yaml"), ..verdict };
    let base: Vec<Verdict> = (0..40).map(|number| named(number, passed())).collect();
    let mut new: Vec<Verdict> = (0..20).map(|number| named(number, passed())).collect();
    for (place, verdict) in new.iter_mut().enumerate() {
        for number in 0..20 {
            *verdict = calling(verdict.clone(), &format!("Method{number:02}"), place as u64 + number + 1);
        }
    }
    let text = comparison_text(&compared(base, new), false);
    assert!(text.contains("and 15 more missing") && text.contains("and 8 more\n"), "{text}");
    assert!(text.lines().count() < 30, "{text}");
}

fn verdicts() -> impl Strategy<Value = Vec<Verdict>> {
    let verdict = (0..5_usize, 0..4_u64, any::<bool>(), 0..9_u64).prop_map(|(which, seed, same, calls)| {
        let verdict = [passed(), failed(), with_finding(), unsupported(), whole()][which].clone();
        let scenario = if same { "scenarios/area/one.yaml".to_owned() } else { verdict.scenario.clone() };
        let mut verdict = calling(Verdict { scenario, seed, ..verdict }, "CnsQueryVolume", calls);
        if which == 1 && calls % 2 == 0 {
            verdict.steps.iter_mut().for_each(|step| step.outcome = StepOutcome::Passed);
        }
        verdict
    });
    proptest::collection::vec(verdict, 0..8)
}

proptest! {
    #[test]
    fn any_report_is_the_same_as_itself_in_any_order(cases in verdicts()) {
        let mut turned = cases.clone();
        turned.reverse();
        // Two runs of one case and seed are one, the worse; which of two equally bad ones is nobody's promise.
        let mut runs: Vec<_> = cases.iter().map(|verdict| (verdict.scenario.clone(), verdict.case.clone(), verdict.seed)).collect();
        runs.sort();
        runs.dedup();
        prop_assume!(runs.len() == cases.len() && !cases.is_empty());
        let comparison = strictly(cases, turned);
        prop_assert_eq!(comparison.summary.outcome, ComparisonOutcome::Same);
    }

    #[test]
    fn a_regression_in_one_direction_is_no_regression_back_where_only_verdicts_of_shared_seeds_turned(cases in verdicts()) {
        prop_assume!(!cases.is_empty());
        let good: Vec<Verdict> = cases.iter().map(|verdict| Verdict { outcome: passed().outcome, ..verdict.clone() }).collect();
        prop_assert!(!compared(cases, good).is_regressed(), "what is all good is never worse");
    }

    #[test]
    fn every_comparison_fits_the_schema(base in verdicts(), new in verdicts()) {
        let validator = jsonschema::validator_for(&serde_json::from_str(COMPARISON_SCHEMA).unwrap()).unwrap();
        if let Ok(comparison) = compare(&report(base), &report(new), CompareOptions::default()) {
            let json: Value = serde_json::from_str(&comparison_json(&comparison)).unwrap();
            prop_assert!(validator.is_valid(&json));
            prop_assert_eq!(comparison.is_regressed(), json["summary"]["regressions"] != 0);
            prop_assert!(!comparison_text(&comparison, false).is_empty() && !comparison_markdown(&comparison).is_empty());
        }
    }
}
