//! An outcome as the report tells it.

use seatrial_journal::Border;
use seatrial_oracle::Severity;
use seatrial_reports::{
    CallCounts, ExpectationReport, Outcome as Word, StepOutcome as StepWord, StepReport, Verdict, ViolationReport, Volatile,
};

use crate::live::Mode;
use crate::outcome::{Outcome, StepResult};
use crate::voyage::Voyage;

/// The verdict on a voyage; `scenario` is how its file was named on the command line.
pub fn verdict(voyage: &Voyage, outcome: &Outcome, scenario: &str) -> Verdict {
    let mut calls: CallCounts = CallCounts::new();
    for ((border, method), number) in &outcome.calls {
        calls.entry(*border as Border).or_default().insert(method.clone(), *number);
    }
    Verdict {
        scenario: scenario.to_owned(),
        title: Some(voyage.scenario.title.value.clone()),
        sailing: Some(voyage.sailing.name.clone()),
        seed: voyage.seed,
        outcome: word(outcome),
        reason: reason(outcome),
        steps: steps(voyage, outcome),
        expectations: expectations(voyage, outcome),
        violations: violations(outcome, Severity::Failure),
        findings: violations(outcome, Severity::Finding),
        virtual_time_us: outcome.virtual_time.0,
        journal_entries: outcome.entries,
        journal_digest: outcome.digest.as_ref().map(|digest| digest.0.clone()),
        calls,
        vcenter_calls: outcome.vcenter_calls.clone(),
        repeat: repeat(voyage, scenario),
        shortened: outcome.shortened.clone(),
        volatile: Volatile::took(outcome.wall_time),
    }
}

fn repeat(voyage: &Voyage, scenario: &str) -> String {
    let mode = match &voyage.mode {
        Mode::Virtual => String::new(),
        Mode::Live(live) => {
            let drivers = live.subjects.iter().map(|external| format!(" --driver {}={}", external.descriptor.subject, external.name));
            format!(" --mode live --pace {}{}{}", live.pace.factor(), live.kubernetes.flags(), drivers.collect::<String>())
        }
    };
    format!("seatrial run {scenario} --seed {}{mode}", voyage.seed)
}

fn word(outcome: &Outcome) -> Word {
    if outcome.internal.is_some() {
        Word::Internal
    } else if outcome.environment.is_some() {
        Word::Environment
    } else if outcome.spins.is_some() {
        Word::Spins
    } else if outcome.unsupported.is_some() {
        Word::Unsupported
    } else if !outcome.held() {
        Word::Broke
    } else if outcome.journal_error.is_some() {
        Word::Environment
    } else {
        Word::Held
    }
}

fn reason(outcome: &Outcome) -> Option<String> {
    let reasons = outcome.internal.iter().chain(&outcome.environment).chain(&outcome.spins).chain(&outcome.unsupported);
    let mut reasons: Vec<String> = reasons.cloned().collect();
    reasons.extend(outcome.panics.iter().chain(&outcome.objections).cloned());
    reasons.extend(outcome.journal_error.iter().map(|error| format!("the journal could not be written: {error}")));
    (!reasons.is_empty()).then(|| reasons.join("\n"))
}

fn steps(voyage: &Voyage, outcome: &Outcome) -> Vec<StepReport> {
    let steps = outcome.steps.iter().enumerate();
    steps
        .map(|(place, step)| StepReport {
            number: place + 1,
            line: voyage.scenario.locate(step.span).0,
            what: step.what.clone(),
            outcome: match step.result {
                StepResult::Held => StepWord::Held,
                StepResult::Failed(_) => StepWord::Broke,
                StepResult::NotReached => StepWord::NotReached,
            },
            message: match &step.result {
                StepResult::Failed(why) => Some(why.clone()),
                StepResult::Held | StepResult::NotReached => None,
            },
            began_us: step.began.map(|at| at.0),
            ended_us: step.ended.map(|at| at.0),
        })
        .collect()
}

fn expectations(voyage: &Voyage, outcome: &Outcome) -> Vec<ExpectationReport> {
    let expectations = outcome.expectations.iter();
    expectations
        .map(|expectation| ExpectationReport {
            line: voyage.scenario.locate(expectation.span).0,
            what: expectation.what.clone(),
            held: expectation.found.is_none(),
            found: expectation.found.clone().unwrap_or_else(|| "as expected".to_owned()),
        })
        .collect()
}

fn violations(outcome: &Outcome, severity: Severity) -> Vec<ViolationReport> {
    let violations = outcome.violations.iter().enumerate();
    violations
        .filter(|(_, violation)| violation.severity == severity)
        .map(|(place, violation)| ViolationReport {
            oracle: violation.oracle.clone(),
            message: violation.message.clone(),
            entries: violation.entries.clone(),
            excerpt: outcome.excerpts.get(place).cloned().unwrap_or_default(),
        })
        .collect()
}
