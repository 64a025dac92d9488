//! `untagged`: a scenario that no `seatrial run --tag` finds.

use crate::error::ScenarioError;
use crate::model::scenario::Scenario;

pub(super) fn check(scenario: &Scenario) -> Vec<ScenarioError> {
    if !scenario.tags.is_empty() {
        return Vec::new();
    }
    vec![ScenarioError::at(scenario.title.span, "the scenario has no tags", "file it under something, such as `tags: [csi, statefulset]`")]
}
