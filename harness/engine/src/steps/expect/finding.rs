//! What the oracles have found that breaks nothing.

use seatrial_oracle::Violation;
use seatrial_scenario::ExpectFinding;

use crate::steps::StepFailure;

/// Counts the findings of this name.
pub(super) fn expect(findings: &[Violation], step: &ExpectFinding) -> Result<(), StepFailure> {
    let named = findings.iter().filter(|finding| !finding.is_failure() && finding.oracle == step.finding.value);
    let about = named.filter(|finding| step.of.as_ref().is_none_or(|of| finding.about.as_deref() == Some(of.value.as_str())));
    let found = about.count() as u64;
    if step.times.holds(found) {
        return Ok(());
    }
    let all: Vec<&str> = findings.iter().map(|finding| finding.message.as_str()).collect();
    let all = if all.is_empty() { "nothing".to_owned() } else { all.join("; ") };
    Err(StepFailure::new(format!("{found} such findings instead of {}; found so far: {all}", step.times)))
}
