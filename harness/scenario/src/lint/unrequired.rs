//! `unrequired`: a manifest has a parameter that only some drivers know, and the scenario does not say that it needs one of them.

use crate::error::ScenarioError;
use crate::model::capability::Capability;
use crate::model::scenario::Scenario;

pub(super) fn check(scenario: &Scenario, manifests: &str) -> Vec<ScenarioError> {
    let required = |capability: Capability| scenario.requires.iter().any(|required| required.value == capability);
    let asked = Capability::ALL.into_iter().filter_map(|capability| Some((capability, capability.parameter()?)));
    asked
        .filter(|(capability, parameter)| manifests.contains(parameter) && !required(*capability))
        .map(|(capability, parameter)| {
            let message = format!("a manifest has the parameter `{parameter}`, which only some drivers know");
            ScenarioError::at(scenario.title.span, message, format!("write `requires: [{capability}]`, so that other drivers do not run"))
        })
        .collect()
}
