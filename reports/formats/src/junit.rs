//! The report as JUnit XML, as continuous integration reads it: a suite for each scenario, a test case for each case.
//!
//! Readers disagree about everything beyond the common core. What is written, and who shows it:
//!
//! - `name` is the scenario's title with version and seed, because GitLab's merge requests and Jenkins' lists show nothing else of
//!   a case; `classname`, the scenario's file, is GitLab's suite and Jenkins' package and class. The two together are unlike any
//!   other case's: of equal ones GitLab reads the first.
//! - One `failure` or `error` a case. Its text has everything that did not hold, and how to see it again: GitLab shows it alone.
//!   Its message, the first thing that did not hold with what explains it best, is Jenkins' error details. `skipped`, for a feature
//!   that the subject lacks, has the reason twice for the same two.
//! - `properties` of the case are what it was made of; Jenkins' JUnit plugin shows them when it is told to keep them. GitLab shows
//!   `file`, and what annotates changes reads it with `line`. The schema of Jenkins' *xUnit* plugin knows neither there; its users read
//!   this file with `junit`.
//! - Tries that did not pass are written as Surefire writes them: `flakyFailure` where a later one passed, `rerunFailure` where none
//!   did.
//! - Findings, which fail nothing, stand in `system-out`. Times are seconds of wall time.
//! - A run that was interrupted has an error of its own: a reader must not take a part for the whole.

use std::collections::BTreeMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};

use crate::findings::{Finding, asides, findings, told};
use crate::model::{AttemptReport, CaseOutcome, RunReport, StepOutcome, Verdict};
use crate::words::interrupted;
use crate::xml_text::readable;

/// The report as JUnit XML.
pub fn junit(report: &RunReport) -> String {
    let mut xml = Report::new("seatrial");
    xml.set_time(Duration::from_millis(report.volatile.wall_time_ms));
    let mut suites = suites(&report.cases);
    let made_with = made_with(report);
    for suite in &mut suites {
        suite.add_properties(made_with.iter().map(|(name, value)| property(name, value)));
    }
    xml.add_test_suites(suites);
    if let Some(words) = interrupted(report) {
        xml.add_test_suite(end(&words));
    }
    xml.to_string().expect("a string takes every line")
}

fn property(name: &str, value: &str) -> Property {
    Property::new(readable(name), readable(value))
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
    let mut properties = vec![("seed".to_owned(), verdict.seed.to_string())];
    properties.extend(verdict.case.iter().map(|case| ("case".to_owned(), case.clone())));
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
    status.set_type("interrupted").set_message(readable(words)).set_description(readable(words));
    let mut suite = TestSuite::new("seatrial");
    let mut whole = TestCase::new("the whole run", status);
    whole.set_classname("seatrial");
    suite.add_test_case(whole);
    suite
}

/// The cases by scenario, scenarios in the order in which they first ran.
fn suites(cases: &[Verdict]) -> Vec<TestSuite> {
    let mut suites: Vec<TestSuite> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for verdict in cases {
        let place = *places.entry(&verdict.scenario).or_insert_with(|| {
            suites.push(TestSuite::new(readable(&verdict.scenario)));
            suites.len() - 1
        });
        let suite = &mut suites[place];
        let took = suite.time.unwrap_or_default() + Duration::from_millis(verdict.volatile.wall_time_ms);
        suite.set_time(took).add_test_case(case(verdict));
    }
    suites
}

fn case(verdict: &Verdict) -> TestCase {
    let mut status = status(verdict);
    status.add_reruns(verdict.attempts.iter().map(rerun));
    let mut case = TestCase::new(readable(&name(verdict)), status);
    case.set_classname(readable(&class(&verdict.scenario))).set_time(Duration::from_millis(verdict.volatile.wall_time_ms));
    case.extra.insert("file".into(), readable(&verdict.scenario).into());
    if let Some(line) = line(verdict) {
        case.extra.insert("line".into(), line.to_string().into());
    }
    case.add_properties(made_of(verdict).iter().map(|(name, value)| property(name, value)));
    let asides = asides(verdict);
    if !asides.is_empty() {
        case.set_system_out(readable(told(&asides).trim_end()));
    }
    case
}

/// `A drained node gives its volumes back [8.0.3] seed 7`.
fn name(verdict: &Verdict) -> String {
    let title = verdict.title.as_ref().map_or(String::new(), |title| format!("{title} "));
    let case = verdict.case.as_ref().map_or(String::new(), |case| format!("[{case}] "));
    format!("{title}{case}seed {}", verdict.seed)
}

/// Where in the scenario's file the first thing stands that did not hold.
fn line(verdict: &Verdict) -> Option<usize> {
    let step = verdict.steps.iter().find(|step| step.outcome == StepOutcome::Failed).map(|step| step.line);
    let expectation = verdict.expectations.iter().find(|expectation| !expectation.passed).map(|expectation| expectation.line);
    step.or(expectation)
}

/// A try that did not pass.
fn rerun(attempt: &AttemptReport) -> TestRerun {
    let kind = if attempt.outcome.exit_code() == 1 { NonSuccessKind::Failure } else { NonSuccessKind::Error };
    let mut rerun = TestRerun::new(kind);
    rerun.set_time(Duration::from_millis(attempt.volatile.wall_time_ms)).set_type(attempt.outcome.word());
    rerun.set_message(readable(&attempt.message)).set_description(readable(&attempt.text.join("\n")));
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
    status.set_message(readable(&findings.first().map_or(String::new(), Finding::in_a_line)));
    if kind.is_none() {
        status.set_description(readable(told(&findings).trim_end()));
        return status;
    }
    let what = match verdict.outcome {
        CaseOutcome::Failed => findings.first().map_or("failed", |finding| finding.kind.name()),
        outcome => outcome.word(),
    };
    let title = verdict.title.as_ref().map(|title| format!("{title}\n")).unwrap_or_default();
    status.set_type(what).set_description(readable(&format!("{title}{}again: {}", told(&findings), verdict.repeat)));
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
