//! `unhealed`: what fails and is never healed; what must be true when the outage is over is then never asked.

use crate::error::ScenarioError;
use crate::model::object::ObjectKind;
use crate::model::scenario::Scenario;
use crate::model::steps::Action;
use crate::model::target::Target;

pub(super) fn check(scenario: &Scenario) -> Vec<ScenarioError> {
    let mut warnings = Vec::new();
    for (place, step) in scenario.steps.iter().enumerate() {
        let Action::Fail(fail) = &step.action else { continue };
        let healed = scenario.steps[place..].iter().any(|later| match &later.action {
            Action::Heal(heal) => same(&heal.target, &fail.target),
            _ => false,
        });
        if fail.target.can_heal() && !healed && !given_up(scenario, place, &fail.target) {
            let message = format!("{} fails and is never healed", fail.target);
            warnings.push(ScenarioError::at(
                fail.target.span(),
                message,
                "add a `heal` of the same, so that what must hold afterwards is asked",
            ));
        }
    }
    warnings
}

/// Whether the node that it happened to is given up later: nobody heals the kubelet of a machine that is gone.
fn given_up(scenario: &Scenario, place: usize, target: &Target) -> bool {
    let (Target::Kubelet(node) | Target::NetworkOf(node) | Target::GuestTools(node)) = target else { return false };
    scenario.steps[place..].iter().any(|later| match &later.action {
        Action::Destroy(destroy) => destroy.vm.value == node.value,
        Action::Delete(delete) => delete.object.kind == ObjectKind::Node && delete.object.name == node.value,
        _ => false,
    })
}

/// Places apart, the same.
fn same(left: &Target, right: &Target) -> bool {
    left.to_string() == right.to_string()
}
