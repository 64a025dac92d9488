//! Why something failed, from the run's journal: what stands in a report below a failed step, a failed expectation, a violation.
//!
//! A verdict that says only *what* is not as it should be sends its reader into the journal. What is looked for there, first what
//! explains most: what the scenario took away, processes that keep ending, the warnings of Kubernetes about the object and all that
//! belongs to it, the RPCs and calls and tasks behind them, and in a world that does not settle, who tries again. It is a fold over
//! a journal that is read only when something failed, so that a run that passes costs nothing more, and a recording can be asked
//! the same.
//!
//! Not told: calls to Kubernetes that were refused; what a log says of a process that lives.

mod about;
mod choose;
mod hints;
mod kin;
mod record;
mod trouble;
mod warning;

use seatrial_journal::Entry;
use seatrial_reports::WhyLine;
use seatrial_scenario::{ExpectationKind, Scenario};

use crate::outcome::{RunOutcome, StepResult};
use about::About;
use choose::choose;
use record::Record;
use trouble::troubles;

/// Whether there is anything to explain.
pub(crate) fn is_wanted(outcome: &RunOutcome) -> bool {
    let steps = outcome.steps.iter().any(|step| step.result.failure().is_some());
    let expectations = outcome.expectations.iter().any(|expectation| expectation.found.is_some());
    steps || expectations || outcome.violations.iter().any(seatrial_oracle::Violation::is_failure)
}

/// Adds to an outcome why its steps, expectations and oracles failed; `journal` is that of the run, in a world with drivers that
/// poll vCenters by these methods.
pub(crate) fn explain(scenario: &Scenario, polls: &[String], journal: &[Entry], outcome: &mut RunOutcome) {
    let judged = journal.partition_point(|entry| entry.seq <= outcome.judged);
    let record = Record::of(&journal[..judged], polls);
    let lines = |about: &About, told: &str| choose(troubles(&record, about), told);
    for (place, step) in outcome.steps.iter_mut().enumerate() {
        step.why = match &step.result {
            StepResult::Unsettled(told) => {
                // A step that comes before the first, or after the last, is none of the scenario's.
                let hints = hints::unsettled(scenario, &record, place);
                [lines(&about::unrest(&record), told), hints].concat()
            }
            StepResult::Failed(told) => match scenario.steps.get(place) {
                Some(written) => lines(&about::step(&record, &written.action), told),
                None => Vec::new(),
            },
            StepResult::Passed | StepResult::NotReached => Vec::new(),
        };
    }
    for expectation in outcome.expectations.iter_mut().filter(|expectation| expectation.found.is_some()) {
        let Some(written) = scenario.expect.iter().find(|written| written.span == expectation.span) else { continue };
        expectation.why = match &written.kind {
            ExpectationKind::Fired(counts) => hints::fired(scenario, &record, counts),
            ExpectationKind::WritesAtRest(_) => lines(&About { unsettled: true, past: true, ..About::default() }, ""),
            _ => lines(&about::expectation(&record, written), ""),
        };
    }
    let why = |violation: &seatrial_oracle::Violation| -> Vec<WhyLine> {
        let told = &violation.message;
        if violation.is_failure() { lines(&about::violation(&record, violation), told) } else { Vec::new() }
    };
    outcome.violation_whys = outcome.violations.iter().map(why).collect();
}
