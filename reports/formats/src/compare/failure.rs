//! What fails in a case, as it is known from report to report: without what differs from seed to seed.

use std::collections::BTreeMap;

use serde::Serialize;

use super::pairs::Runs;
use crate::model::{CaseOutcome, StepOutcome, Verdict};

/// What kind of thing fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// The run as a whole: a livelock, wrong input, an error.
    Reason,
    /// A step.
    Step,
    /// An expectation at the end.
    Expectation,
    /// An invariant that an oracle watches.
    Oracle,
}

impl FailureKind {
    /// As it is told to people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reason => "run",
            Self::Step => "step",
            Self::Expectation => "expectation",
            Self::Oracle => "oracle",
        }
    }
}

/// Something that fails in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What kind of thing.
    pub kind: FailureKind,
    /// Which: the oracle's name, the step, the expectation, the outcome.
    pub what: String,
    /// What it said, under the first seed that shows it.
    pub message: String,
    /// The first seed that shows it.
    pub seed: u64,
}

/// What fails in a case, each thing once.
pub(super) type Failures = BTreeMap<(FailureKind, String), Failure>;

/// What fails in these runs.
pub(super) fn failures(runs: &Runs<'_>) -> Failures {
    let mut found = Failures::new();
    for verdict in runs.values().filter(|verdict| !verdict.outcome.is_good()) {
        for (kind, what, message) in of(verdict) {
            let failure = Failure { kind, what: what.clone(), message, seed: verdict.seed };
            found.entry((kind, what)).or_insert(failure);
        }
    }
    found
}

fn of(verdict: &Verdict) -> Vec<(FailureKind, String, String)> {
    // What is drawn begins with a cross.
    let trimmed = |line: &str| line.trim_start_matches(['×', ' ']).trim_end().to_owned();
    let first_line = |text: &str| text.lines().map(trimmed).find(|line| !line.is_empty()).unwrap_or_default();
    let mut found = Vec::new();
    let reason = verdict.reason.as_deref().map(first_line).unwrap_or_default();
    match verdict.outcome {
        CaseOutcome::Failed if reason.is_empty() => {}
        // What a process said when it panicked is what happened.
        CaseOutcome::Failed => found.push((FailureKind::Reason, reason, String::new())),
        outcome => found.push((FailureKind::Reason, outcome.word().to_owned(), reason)),
    }
    for step in verdict.steps.iter().filter(|step| step.outcome == StepOutcome::Failed) {
        found.push((FailureKind::Step, step.what.clone(), first_line(step.message.as_deref().unwrap_or_default())));
    }
    for expectation in verdict.expectations.iter().filter(|expectation| !expectation.passed) {
        found.push((FailureKind::Expectation, expectation.what.clone(), format!("found {}", first_line(&expectation.found))));
    }
    for violation in &verdict.violations {
        found.push((FailureKind::Oracle, violation.oracle.clone(), first_line(&violation.message)));
    }
    found
}
