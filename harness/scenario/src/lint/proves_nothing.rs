//! `proves-nothing`: a scenario that holds whatever happens, the oracles apart.

use crate::error::ScenarioError;
use crate::model::expectation::Expectation;
use crate::model::scenario::Scenario;
use crate::model::steps::Action;

pub(super) fn check(scenario: &Scenario) -> Vec<ScenarioError> {
    let looks = |action: &Action| match action {
        Action::Wait(_) | Action::Expect(_) | Action::Read(_) | Action::Drain(_) => true,
        Action::Resize(resize) => resize.refused.is_some(),
        _ => false,
    };
    if scenario.steps.iter().any(|step| looks(&step.action)) || scenario.expect.iter().any(Expectation::can_fail) {
        return Vec::new();
    }
    let help = "add `wait`, `expect` or `read` to its steps, or an expectation at its end";
    vec![ScenarioError::at(scenario.title.span, "nothing in this scenario can fail but the oracles", help)]
}
