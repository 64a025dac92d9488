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

#[cfg(test)]
mod tests;

use seatrial_journal::Entry;
use seatrial_oracle::Routine;
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
pub(crate) fn explain(scenario: &Scenario, routine: &Routine, journal: &[Entry], outcome: &mut RunOutcome) {
    if !is_wanted(outcome) {
        return;
    }
    let judged = journal.partition_point(|entry| entry.seq <= outcome.judged);
    let record = Record::of(&journal[..judged], routine);
    let lines = |about: &About, told: &str| choose(troubles(&record, about), told);
    for (place, step) in outcome.steps.iter_mut().enumerate() {
        // That the world comes up, and settles at the end, stands in no file.
        let written = scenario.steps.get(place).filter(|written| written.span == step.span);
        step.why = match (&step.result, written) {
            (StepResult::Passed | StepResult::NotReached, _) => Vec::new(),
            (StepResult::Failed(told), Some(written)) => {
                let why = lines(&about::step(&record, &written.action), told);
                why.into_iter().map(|line| hints::with_its_end(scenario, line, place)).collect()
            }
            (StepResult::Failed(told), None) => lines(&about::unrest(&record), told),
            (StepResult::Unsettled(told), _) => [lines(&about::unrest(&record), told), hints::unsettled(scenario, &record, place)].concat(),
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
