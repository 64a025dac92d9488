//! Golden reports, for people and for programs.

mod common;

use std::collections::BTreeMap;

use common::{bad_input, failed, interrupted, passed, report, unsupported, with_finding};
use seatrial_reports::{AttemptReport, CaseOutcome, RunReport, Verdict, html, json, junit, markdown, terminal};

#[test]
fn what_passed_takes_one_line() {
    insta::assert_snapshot!("terminal-passed", terminal(&report(vec![passed()]), false));
    insta::assert_snapshot!("json-passed", json(&report(vec![passed()])));
}

#[test]
fn what_failed_says_why_and_how_to_see_it_again() {
    insta::assert_snapshot!("terminal-failed", terminal(&report(vec![passed(), failed()]), false));
    insta::assert_snapshot!("json-failed", json(&report(vec![failed()])));
}

#[test]
fn what_explains_stands_above_what_shows_it() {
    let text = terminal(&report(vec![failed()]), false);
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("{words}: {text}"));
    assert!(place("oracle one-volume-per-claim") < place("step failed"), "{text}");
    assert!(place("step failed") < place("not as expected"), "{text}");
    assert!(place("not as expected") < place("oracle steady-state"), "{text}");
}

/// Names of cases and commands stay whole, for they are copied; so does the last line, for programs look for it.
#[test]
fn prose_fits_eighty_columns() {
    let report = report(vec![passed(), failed(), with_finding(), unsupported()]);
    let text = terminal(&report, false);
    let whole = |line: &str| line.contains("again:") || line.contains(" seed ") || line.starts_with("4 cases:");
    let long: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80 && !whole(line)).collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn one_case_is_told_once_and_of_many_what_did_not_pass_is_repeated_at_the_end() {
    let times = |cases: Vec<Verdict>| terminal(&report(cases), false).matches("step failed").count();
    assert_eq!((times(vec![failed()]), times(vec![failed(), passed()])), (1, 2));
    let many = terminal(&report(vec![failed(); 50]), false);
    assert!(many.contains("\n… and 30 more that did not pass, which report.txt tells\n"), "{many}");
}

#[test]
fn an_oracle_that_says_the_same_of_many_things_is_told_of_two() {
    let mut verdict = failed();
    verdict.violations = vec![verdict.violations[0].clone(); 12];
    let text = terminal(&report(vec![verdict]), false);
    assert_eq!(text.matches("oracle one-volume-per-claim: ").count(), 2, "{text}");
    assert!(text.contains("\n  … and 10 more of oracle one-volume-per-claim\n"), "{text}");
}

#[test]
fn bad_input_is_shown_with_its_place() {
    insta::assert_snapshot!("terminal-bad-input", terminal(&report(vec![passed(), bad_input()]), false));
    insta::assert_snapshot!("json-bad-input", json(&report(vec![bad_input()])));
}

#[test]
fn findings_and_what_a_subject_lacks_fail_nothing_and_are_told_apart() {
    let report = report(vec![passed(), with_finding(), unsupported()]);
    assert_eq!((report.summary.outcome, report.summary.outcome.exit_code()), (CaseOutcome::Unsupported, 0));
    insta::assert_snapshot!("terminal-findings", terminal(&report, false));
    insta::assert_snapshot!("json-findings", json(&report));
}

/// A case that passed at its second try.
fn flaky() -> Verdict {
    let attempts = vec![AttemptReport::of(&failed())];
    let scenario = failed().scenario;
    Verdict { repeat: format!("seatrial run {scenario} --seed 7 --drivers processes"), scenario, attempts, ..passed() }
}

#[test]
fn what_passes_when_it_is_tried_again_is_flaky_and_what_never_does_keeps_its_tries() {
    let never = Verdict { attempts: vec![AttemptReport::of(&failed())], ..failed() };
    let report = report(vec![passed(), flaky(), never]);
    insta::assert_snapshot!("terminal-flaky", terminal(&report, false));
    insta::assert_snapshot!("junit-flaky", junit(&report));
    insta::assert_snapshot!("markdown-flaky", markdown(&report));
    let page = html(&report, &BTreeMap::new());
    assert!(page.contains(">flaky</span>") && page.contains("try 1 failed: "), "{page}");
    assert_eq!(seatrial_reports::read(&json(&report)).unwrap(), report);
}

#[test]
fn colour_changes_no_words() {
    let report = report(vec![passed(), failed(), flaky(), bad_input(), with_finding(), unsupported()]);
    let mut plain = String::new();
    let coloured = terminal(&report, true);
    assert!(coloured.contains("\u{1b}[1;31m"));
    for (number, part) in coloured.split('\u{1b}').enumerate() {
        plain.push_str(if number == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(plain, terminal(&report, false));
}

#[test]
fn a_report_without_cases_says_so() {
    assert_eq!(terminal(&report(Vec::new()), false), "0 cases: nothing ran; 1.2s of wall time\n");
}

#[test]
fn the_worst_outcome_is_the_runs() {
    let report = report(vec![bad_input(), passed(), failed()]);
    assert_eq!(report.summary.outcome, CaseOutcome::BadInput);
    assert_eq!(report.summary.outcome.exit_code(), 2);
}

#[test]
fn a_report_survives_its_json() {
    let report = report(vec![passed(), failed(), bad_input(), with_finding(), unsupported()]);
    assert_eq!(serde_json::from_str::<RunReport>(&json(&report)).unwrap(), report);
}

#[test]
fn a_run_that_was_interrupted_says_so_and_what_it_was_made_with() {
    insta::assert_snapshot!("terminal-interrupted", terminal(&interrupted(), false));
    insta::assert_snapshot!("json-interrupted", json(&interrupted()));
    assert_eq!(serde_json::from_str::<RunReport>(&json(&interrupted())).unwrap(), interrupted());
}
