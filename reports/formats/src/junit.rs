//! The report as JUnit XML, as continuous integration reads it: a suite for each scenario, a test case for each case.
//!
//! Readers disagree about everything beyond the common core, so only that is written: one `failure` or `error` a case,
//! whose message is the first thing that did not hold, with what explains it best, and whose text has all of them; `skipped` with the
//! reason for a feature that the subject lacks; findings, which fail nothing, in `system-out`; times in seconds of wall time. Tries that
//! did not pass are written as Surefire writes them: `flakyFailure` where a later one passed, `rerunFailure` where none did. What a
//! case was made with stands in properties. A run that was interrupted has an error of its own: a reader must not take a part for the
//! whole.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use crate::findings::{Finding, asides, findings, told};
use crate::model::{AttemptReport, CaseOutcome, RunReport, Verdict};
use crate::words::interrupted;

/// The report as JUnit XML.
pub fn junit(report: &RunReport) -> String {
    let mut xml = Report::new("seatrial");
    xml.set_time(Duration::from_millis(report.volatile.wall_time_ms));
    let mut suites = suites(&report.cases);
    let made_with = made_with(report);
    for suite in &mut suites {
        suite.add_properties(made_with.iter().map(|(name, value)| Property::new(*name, value.as_str())));
    }
    xml.add_test_suites(suites);
    if let Some(words) = interrupted(report) {
        xml.add_test_suite(end(&words));
    }
    xml.to_string().expect("a string takes every line")
}

/// What all cases were made with, as properties.
fn made_with(report: &RunReport) -> Vec<(&'static str, String)> {
    let Some(provenance) = &report.provenance else { return Vec::new() };
    let mut properties = vec![("seatrial.version", report.seatrial.clone()), ("seatrial.mode", provenance.mode.to_string())];
    properties.extend(provenance.commit.iter().map(|commit| ("seatrial.commit", commit.clone())));
    for driver in &provenance.drivers {
        let version = driver.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
        let name = if driver.subject == "ccm" { "driver.ccm" } else { "driver.csi" };
        properties.push((name, format!("{}{version}", driver.driver)));
    }
    properties
}

/// What one case was made of, as properties.
fn made_of(verdict: &Verdict) -> Vec<(String, String)> {
    let provenance = &verdict.provenance;
    let mut properties = Vec::new();
    if let Some(world) = &provenance.world {
        properties.extend(world.vcenters.iter().map(|(name, version)| (format!("vcenter.{name}"), version.clone())));
        properties.extend(world.kubernetes.iter().map(|version| ("kubernetes".to_owned(), version.clone())));
    }
    if !provenance.tags.is_empty() {
        properties.push(("tags".to_owned(), provenance.tags.join(", ")));
    }
    properties.extend(provenance.restarts.iter().map(|(process, times)| (format!("restarts.{process}"), times.to_string())));
    properties.extend(provenance.records.iter().map(|records| ("records".to_owned(), records.clone())));
    properties
}

/// The end of a run that was interrupted.
fn end(words: &str) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_type("interrupted").set_message(words);
    let mut suite = TestSuite::new("seatrial");
    suite.add_test_case(TestCase::new("the whole run", status));
    suite
}

/// The cases by scenario, scenarios in the order in which they first ran.
fn suites(cases: &[Verdict]) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    for verdict in cases {
        let at = suites.iter().position(|suite| suite.name.as_str() == verdict.scenario).unwrap_or_else(|| {
            suites.push(TestSuite::new(verdict.scenario.as_str()));
            suites.len() - 1
        });
        let suite = &mut suites[at];
        let took = suite.time.unwrap_or_default() + Duration::from_millis(verdict.volatile.wall_time_ms);
        suite.set_time(took).add_test_case(case(verdict));
    }
    suites
}

fn case(verdict: &Verdict) -> TestCase {
    let name = match &verdict.case {
        Some(case) => format!("{case} seed {}", verdict.seed),
        None => format!("seed {}", verdict.seed),
    };
    let mut status = status(verdict);
    status.add_reruns(verdict.attempts.iter().map(rerun));
    let mut case = TestCase::new(name, status);
    case.set_classname(class(&verdict.scenario)).set_time(Duration::from_millis(verdict.volatile.wall_time_ms));
    case.extra.insert("file".into(), verdict.scenario.as_str().into());
    case.add_properties(made_of(verdict).into_iter().map(|(name, value)| Property::new(name, value)));
    let asides = asides(verdict);
    if !asides.is_empty() {
        case.set_system_out(told(&asides).trim_end());
    }
    case
}

/// A try that did not pass.
fn rerun(attempt: &AttemptReport) -> TestRerun {
    let kind = if attempt.outcome.exit_code() == 1 { NonSuccessKind::Failure } else { NonSuccessKind::Error };
    let mut rerun = TestRerun::new(kind);
    rerun.set_time(Duration::from_millis(attempt.volatile.wall_time_ms)).set_type(attempt.outcome.word());
    rerun.set_message(attempt.message.as_str()).set_description(attempt.text.join("\n"));
    rerun
}

/// What is wrong with a case, or why it was left out. A failure is the driver's, an error is the input's, the environment's
/// or ours.
fn status(verdict: &Verdict) -> TestCaseStatus {
    let kind = match verdict.outcome {
        CaseOutcome::Passed => return TestCaseStatus::success(),
        CaseOutcome::Unsupported => None,
        CaseOutcome::Failed | CaseOutcome::Livelock => Some(NonSuccessKind::Failure),
        CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => Some(NonSuccessKind::Error),
    };
    let findings = findings(verdict);
    let mut status = kind.map_or_else(TestCaseStatus::skipped, TestCaseStatus::non_success);
    status.set_message(findings.first().map_or(String::new(), Finding::in_a_line));
    if kind.is_some() {
        let what = match verdict.outcome {
            CaseOutcome::Failed => findings.first().map_or("failed", |finding| finding.kind.name()),
            outcome => outcome.word(),
        };
        let title = verdict.title.as_ref().map(|title| format!("{title}\n")).unwrap_or_default();
        status.set_type(what).set_description(format!("{title}{}again: {}", told(&findings), verdict.repeat));
    }
    status
}

/// `scenarios/statefulset/scale.yaml` as readers group classes: `scenarios.statefulset.scale`.
fn class(scenario: &str) -> String {
    let stem = scenario.strip_suffix(".yaml").or_else(|| scenario.strip_suffix(".yml")).unwrap_or(scenario);
    stem.trim_start_matches(['.', '/']).replace('/', ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_is_a_class() {
        assert_eq!(class("./scenarios/statefulset/scale.yaml"), "scenarios.statefulset.scale");
        assert_eq!(class("mine"), "mine");
    }
}
