//! What has been counted since the run began.

use seatrial_scenario::ExpectCounts;

use crate::call_counts::Counts;
use crate::steps::StepFailure;

/// Compares what was counted.
pub(super) fn expect(counts: &Counts, step: &ExpectCounts) -> Result<(), StepFailure> {
    let wrong = counts.wrong(&step.kind);
    if wrong.is_empty() { Ok(()) } else { Err(StepFailure::new(format!("so far {}", wrong.join(", ")))) }
}
