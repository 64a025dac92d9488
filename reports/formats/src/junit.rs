//! The report as JUnit XML, as continuous integration reads it: a suite for each scenario, a test case for each case.
//!
//! Readers disagree about everything beyond the common core. What is written, and who shows it:
//!
//! - `name` is the scenario's title with version and seed, because GitLab's merge requests and Jenkins' lists show nothing else of
//!   a case; `classname`, the scenario's file, is GitLab's suite and Jenkins' package and class. The two together are unlike any
//!   other case's: of equal ones GitLab reads the first.
//! - One `failure` or `error` a case. Its text has everything that did not hold, and how to see it again: GitLab shows it alone.
//!   Its message, the first thing that did not hold, is Jenkins' error details. `skipped` has the reason twice for the same two.
//! - `properties` of the case are shown by Jenkins' JUnit plugin when it is told to keep them; `file` by GitLab, and with `line` by
//!   what annotates changes. The schema of Jenkins' *xUnit* plugin knows neither there; its users read this file with `junit`.
//! - Findings, which fail nothing, stand in `system-out`. Times are seconds of wall time.

use std::collections::BTreeMap;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::findings::{Finding, asides, findings};
use crate::model::{CaseOutcome, RunReport, StepOutcome, Verdict};

/// The report as JUnit XML.
pub fn junit(report: &RunReport) -> String {
    let mut xml = Report::new("seatrial");
    xml.set_time(Duration::from_millis(report.volatile.wall_time_ms));
    xml.add_test_suites(suites(&report.cases));
    xml.to_string().expect("a string takes every line")
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
    let mut case = TestCase::new(readable(&name(verdict)), status(verdict));
    case.set_classname(readable(&class(&verdict.scenario))).set_time(Duration::from_millis(verdict.volatile.wall_time_ms));
    case.extra.insert("file".into(), readable(&verdict.scenario).into());
    if let Some(line) = line(verdict) {
        case.extra.insert("line".into(), line.to_string().into());
    }
    for (name, value) in properties(verdict) {
        case.add_property((name, readable(&value).as_str()));
    }
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

fn properties(verdict: &Verdict) -> Vec<(&'static str, String)> {
    let mut properties = vec![("seed", verdict.seed.to_string())];
    properties.extend(verdict.case.iter().map(|case| ("vcenter", case.clone())));
    if !verdict.tags.is_empty() {
        properties.push(("tags", verdict.tags.join(", ")));
    }
    properties
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
    status.set_message(readable(&findings.first().map_or(String::new(), words)));
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

/// The text without what XML 1.0 cannot write, not even as a reference, and without what `quick_junit` would drop unsaid: an escape
/// sequence of a terminal goes as a whole, a tab becomes spaces, any other such character the sign for one that cannot be shown.
fn readable(text: &str) -> String {
    let mut readable = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\n' => readable.push('\n'),
            '\t' => readable.push_str("    "),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => readable.push('\n'),
            '\u{1b}' if characters.next_if_eq(&'[').is_some() => {
                while characters.next_if(|parameter| (' '..='?').contains(parameter)).is_some() {}
                characters.next_if(|last| ('@'..='~').contains(last));
            }
            '\u{fffe}' | '\u{ffff}' => readable.push(char::REPLACEMENT_CHARACTER),
            control if control.is_control() => readable.push(char::REPLACEMENT_CHARACTER),
            other => readable.push(other),
        }
    }
    readable
}

fn words(finding: &Finding) -> String {
    format!("{}: {}", finding.label, finding.headline)
}

fn told(findings: &[Finding]) -> String {
    let lines = |finding: &Finding| {
        let body: String = finding.body.iter().map(|more| format!("  {more}\n")).collect();
        format!("{}\n{body}", words(finding))
    };
    findings.iter().map(lines).collect()
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
