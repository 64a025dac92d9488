//! An outcome as the report tells it.

use jiff::Timestamp;
use seatrial_journal::Border;
use seatrial_oracle::Severity;
use seatrial_reports::{
    CallCounts, CaseOutcome as Word, ExpectationReport, StepOutcome as StepWord, StepReport, Verdict, ViolationReport, Volatile,
};

use crate::external::External;
use crate::mode::{Mode, Time};
use crate::outcome::{RunOutcome, StepResult};
use crate::provenance::case;
use crate::run::RunSpec;

/// The verdict on a run; `scenario` is how its file was named on the command line.
pub fn verdict(spec: &RunSpec, outcome: &RunOutcome, scenario: &str) -> Verdict {
    let mut calls: CallCounts = CallCounts::new();
    for ((border, method), number) in &outcome.calls {
        calls.entry(*border as Border).or_default().insert(method.clone(), *number);
    }
    Verdict {
        scenario: scenario.to_owned(),
        title: Some(spec.scenario.title.value.clone()),
        case: Some(spec.case.name.clone()),
        seed: spec.seed,
        outcome: word(outcome),
        reason: reason(outcome),
        steps: steps(spec, outcome),
        expectations: expectations(spec, outcome),
        violations: violations(outcome, Severity::Failure),
        findings: violations(outcome, Severity::Finding),
        virtual_time_us: outcome.virtual_time.0,
        journal_entries: outcome.entries,
        journal_digest: outcome.digest.as_ref().map(|digest| digest.0.clone()),
        calls,
        vcenter_calls: outcome.vcenter_calls.clone(),
        repeat: repeat(spec, scenario),
        shortened: outcome.shortened.clone(),
        attempts: Vec::new(),
        provenance: case::of_case(spec, outcome),
        volatile: Volatile { started: outcome.started.map(to_the_millisecond), ..Volatile::took(outcome.wall_time) },
    }
}

/// No report needs more.
fn to_the_millisecond(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

fn repeat(spec: &RunSpec, scenario: &str) -> String {
    // Of several versions, this one.
    let several = spec.scenario.cases().len() > 1;
    let case = if several { format!(" --case {}", spec.case.name) } else { String::new() };
    format!("seatrial run {scenario}{case} --seed {}{}", spec.seed, mode_flags(&spec.mode))
}

/// The flags of the command that make runs of this mode, each with a blank before it; none for our drivers in this process.
pub fn mode_flags(mode: &Mode) -> String {
    let flags = mode.processes().map(|processes| {
        let drivers: String = processes.subjects.iter().map(External::flags).collect();
        let flags = match processes.time {
            Time::Wall => " --mode live",
            // Those of others are processes anyway.
            Time::World(_) if drivers.is_empty() => " --drivers processes",
            Time::World(_) => "",
        };
        format!("{flags}{}{drivers}{}", processes.kubernetes.flags(), processes.devices.flags())
    });
    flags.unwrap_or_default()
}

fn word(outcome: &RunOutcome) -> Word {
    if outcome.internal.is_some() {
        Word::Internal
    } else if outcome.environment.is_some() {
        Word::Environment
    } else if outcome.livelock.is_some() {
        Word::Livelock
    } else if outcome.unsupported.is_some() {
        Word::Unsupported
    } else if !outcome.passed() {
        Word::Failed
    } else if outcome.journal_error.is_some() {
        Word::Environment
    } else {
        Word::Passed
    }
}

fn reason(outcome: &RunOutcome) -> Option<String> {
    let reasons = outcome.internal.iter().chain(&outcome.environment).chain(&outcome.livelock).chain(&outcome.unsupported);
    let mut reasons: Vec<String> = reasons.cloned().collect();
    reasons.extend(outcome.panics.iter().chain(&outcome.injection_errors).cloned());
    reasons.extend(outcome.journal_error.iter().map(|error| format!("the journal could not be written: {error}")));
    (!reasons.is_empty()).then(|| reasons.join("\n"))
}

fn steps(spec: &RunSpec, outcome: &RunOutcome) -> Vec<StepReport> {
    let steps = outcome.steps.iter().enumerate();
    steps
        .map(|(place, step)| StepReport {
            number: place + 1,
            line: spec.scenario.locate(step.span).0,
            what: step.what.clone(),
            outcome: match step.result {
                StepResult::Passed => StepWord::Passed,
                StepResult::Failed(_) | StepResult::Unsettled(_) => StepWord::Failed,
                StepResult::NotReached => StepWord::NotReached,
            },
            message: step.result.failure().map(str::to_owned),
            began_us: step.began.map(|at| at.0),
            ended_us: step.ended.map(|at| at.0),
            why: step.why.clone(),
        })
        .collect()
}

fn expectations(spec: &RunSpec, outcome: &RunOutcome) -> Vec<ExpectationReport> {
    let expectations = outcome.expectations.iter();
    expectations
        .map(|expectation| ExpectationReport {
            line: spec.scenario.locate(expectation.span).0,
            what: expectation.what.clone(),
            passed: expectation.found.is_none(),
            found: expectation.found.clone().unwrap_or_else(|| "as expected".to_owned()),
            why: expectation.why.clone(),
        })
        .collect()
}

fn violations(outcome: &RunOutcome, severity: Severity) -> Vec<ViolationReport> {
    let violations = outcome.violations.iter().enumerate();
    violations
        .filter(|(_, violation)| violation.severity == severity)
        .map(|(place, violation)| ViolationReport {
            oracle: violation.oracle.clone(),
            message: violation.message.clone(),
            entries: violation.entries.clone(),
            excerpt: outcome.excerpts.get(place).cloned().unwrap_or_default(),
            symptom: violation.is_symptom(),
            why: outcome.violation_whys.get(place).cloned().unwrap_or_default(),
        })
        .collect()
}
