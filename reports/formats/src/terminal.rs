//! The report for people: a line for each case, below it whatever did not hold, a summary at the end.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::model::{CaseOutcome, RunReport, StepOutcome, Verdict, ViolationReport};
use crate::paint::Paint;
use crate::words::{cases, counts, interrupted, made_with, period, spent, steps, wall};

/// The report as text; with terminal colours when asked.
pub fn terminal(report: &RunReport, colour: bool) -> String {
    let mut text: String = report.cases.iter().map(|verdict| terminal_case(verdict, colour)).collect();
    text.push_str(&terminal_summary(report, colour));
    text
}

/// What [`terminal`] says of one case, for whoever shows it as soon as it is known.
pub fn terminal_case(verdict: &Verdict, colour: bool) -> String {
    let (paint, mut text) = (Paint(colour), String::new());
    push(&mut text, "", &headline(verdict, paint));
    match verdict.outcome {
        CaseOutcome::Passed => {}
        CaseOutcome::Unsupported => push(&mut text, "  ", verdict.reason.as_deref().unwrap_or_default()),
        _ => details(&mut text, verdict, paint),
    }
    for finding in &verdict.findings {
        push(&mut text, "  ", &format!("{} {}", paint.cyan(&format!("finding {}:", finding.oracle)), finding.message));
    }
    text
}

/// What [`terminal`] says at the end.
pub fn terminal_summary(report: &RunReport, colour: bool) -> String {
    let mut text = String::new();
    for words in shortened(report) {
        push(&mut text, "", &format!("live: {words}"));
    }
    if let Some(words) = made_with(report) {
        push(&mut text, "", &Paint(colour).dim(&words));
    }
    text.push_str(&summary(report, Paint(colour)));
    text.push('\n');
    if let Some(words) = interrupted(report) {
        push(&mut text, "", &Paint(colour).yellow(&words));
    }
    text
}

/// What ran otherwise than scenarios say, each once.
fn shortened(report: &RunReport) -> BTreeSet<&str> {
    report.cases.iter().flat_map(|verdict| &verdict.shortened).map(String::as_str).collect()
}

/// Adds a text line by line, each after the indentation.
fn push(text: &mut String, indentation: &str, lines: &str) {
    for line in lines.lines() {
        writeln!(text, "{}", format!("{indentation}{line}").trim_end()).expect("a string takes every line");
    }
}

fn headline(verdict: &Verdict, paint: Paint) -> String {
    let word = format!("{:<6}", verdict.outcome.word());
    let word = match verdict.outcome {
        CaseOutcome::Passed => paint.green(&word),
        CaseOutcome::Unsupported => paint.cyan(&word),
        CaseOutcome::Failed | CaseOutcome::Livelock => paint.red(&word),
        CaseOutcome::BadInput | CaseOutcome::Environment | CaseOutcome::Internal => paint.yellow(&word),
    };
    let mut line = format!("{word} {}", paint.bold(&verdict.scenario));
    if let Some(case) = &verdict.case {
        write!(line, " [{case}] seed {}", verdict.seed).expect("a string takes every word");
    }
    if !verdict.steps.is_empty() {
        let steps = steps(verdict);
        let took = format!("({steps}, {} of virtual time in {})", period(verdict.virtual_time_us), wall(verdict.volatile.wall_time_ms));
        line = format!("{line} {}", paint.dim(&took));
    }
    line
}

fn details(text: &mut String, verdict: &Verdict, paint: Paint) {
    if let Some(title) = &verdict.title {
        push(text, "  ", title);
    }
    if let Some(reason) = &verdict.reason {
        push(text, "  ", reason);
    }
    for step in verdict.steps.iter().filter(|step| step.outcome == StepOutcome::Failed) {
        push(text, "  ", &format!("{} {}:{}: {}", paint.red("step failed"), verdict.scenario, step.line, step.what));
        push(text, "    ", step.message.as_deref().unwrap_or_default());
    }
    for expectation in verdict.expectations.iter().filter(|expectation| !expectation.passed) {
        let place = format!("{}:{}", verdict.scenario, expectation.line);
        push(text, "  ", &format!("{} {place}: {}; found {}", paint.red("not as expected"), expectation.what, expectation.found));
    }
    for violation in &verdict.violations {
        found(text, violation, paint);
    }
    push(text, "  ", &format!("{} {}", paint.bold("again:"), verdict.repeat));
    if let Some(records) = &verdict.provenance.records {
        push(text, "  ", &format!("{} {records}, beside the reports", paint.bold("journal and logs:")));
    }
}

fn found(text: &mut String, violation: &ViolationReport, paint: Paint) {
    push(text, "  ", &format!("{} {}", paint.red(&format!("oracle {}:", violation.oracle)), violation.message));
    for line in &violation.excerpt {
        push(text, "    ", &paint.dim(line));
    }
}

fn summary(report: &RunReport, paint: Paint) -> String {
    let counts = counts(report);
    let counts = if report.summary.outcome.is_good() { paint.green(&counts) } else { paint.red(&counts) };
    let head = paint.bold(&format!("{}:", cases(report.summary.cases)));
    format!("{head} {counts}; {}", spent(report))
}
