//! Two builds of the CSI driver, compared: one as it is, one with a behaviour switched off. The comparison names the case, the oracle and
//! the calls; two equal builds differ in nothing.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod common;

use std::sync::OnceLock;
use std::time::Duration;

use common::specs;
use common::workers::in_parallel;
use seatrial_engine::{RunSpec, Switches, verdict};
use seatrial_reports::{ChangeKind, CompareOptions, Comparison, ComparisonOutcome, FailureKind, RunReport, compare, comparison_text};

/// What is run with both builds.
const SCENARIOS: [&str; 2] = ["statefulset/scale", "statefulset/scale-crash"];

/// The report of a build: everything under two seeds.
fn report(build: fn(&mut Switches)) -> RunReport {
    let mut switches = Switches::default();
    build(&mut switches);
    let runs = SCENARIOS.iter().flat_map(|name| (1..=2).flat_map(move |seed| specs(name, seed).into_iter().map(move |spec| (name, spec))));
    let verdicts = in_parallel(runs.collect(), |(name, spec)| {
        let spec = RunSpec { switches: switches.clone(), ..spec };
        verdict(&spec, &spec.run(), &format!("scenarios/{name}.yaml"))
    });
    RunReport::new("0.1.0", verdicts, Duration::ZERO)
}

fn compared(build: fn(&mut Switches)) -> Comparison {
    static BASE: OnceLock<RunReport> = OnceLock::new();
    compare(BASE.get_or_init(|| report(|_| {})), &report(build), CompareOptions::default()).unwrap()
}

#[test]
fn equal_builds_differ_in_nothing() {
    let comparison = compared(|_| {});
    assert_eq!(comparison.summary.outcome, ComparisonOutcome::Same, "{}", comparison_text(&comparison, false));
}

#[test]
fn a_driver_that_logs_in_for_each_call_is_told_by_its_case_its_oracle_and_its_calls() {
    let comparison = compared(|switches| switches.csi.keep_one_session = false);
    let told = comparison_text(&comparison, false);
    let case = comparison.cases.iter().find(|case| case.name.to_string() == "statefulset/scale [8.0.3]").expect(&told);
    assert_eq!((case.change, case.regression), (ChangeKind::Regressed, true), "{told}");
    assert!(case.failures_added.iter().any(|failure| failure.kind == FailureKind::Oracle && failure.what == "sessions-bounded"), "{told}");
    let logins = comparison.calls.iter().find(|change| change.name == case.name && change.operation.method == "Login").expect(&told);
    assert!(logins.operation.caller.as_deref() == Some("csi-controller") && logins.amounts.is_more(), "{told}");
    assert!(comparison.is_regressed());
}

#[test]
fn a_driver_that_makes_a_volume_twice_is_told_where_it_does() {
    let comparison = compared(|switches| switches.csi.record_operation_first = false);
    let told = comparison_text(&comparison, false);
    let case = comparison.cases.iter().find(|case| case.name.scenario == "statefulset/scale-crash").expect(&told);
    assert!(case.regression && !case.failures_added.is_empty(), "{told}");
}
