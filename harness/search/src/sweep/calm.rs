//! The calm run of a scenario, as far as strikes are measured by it.

use seatrial_journal::Entry;

use super::ease::StepTimes;
use super::place::Subjects;
use super::proportion::CalmCalls;

/// How often it called what, and how long its steps took.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CalmRun {
    pub(super) calls: CalmCalls,
    pub(super) times: StepTimes,
}

impl CalmRun {
    /// As the journal has it.
    pub(super) fn of(journal: &[Entry], subjects: &Subjects) -> Self {
        Self { calls: CalmCalls::of(journal, subjects), times: StepTimes::of(journal) }
    }
}
