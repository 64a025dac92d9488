//! `cannot-settle`: a step waits until the world has settled while an outage lasts that keeps it from that.
//!
//! Most worlds settle beside most outages, once nobody tries any more; the step after a `fail` then comes late. What was begun and not
//! waited for goes on failing meanwhile, and some outages let no world rest: whoever cannot reach the API server tries for ever.

use crate::error::ScenarioError;
use crate::model::scenario::Scenario;
use crate::model::steps::{Action, Step};
use crate::model::target::Target;

/// What to do, for a step that begins an outage.
const GO_ON: &str = "write `settle: false` beside it: the next step comes at once, and the outage lasts as long as the steps say";

pub(super) fn check(scenario: &Scenario) -> Vec<ScenarioError> {
    let mut warnings = Vec::new();
    for (place, step) in scenario.steps.iter().enumerate() {
        let Action::Fail(fail) = &step.action else { continue };
        let target = &fail.target;
        if !target.can_heal() {
            continue;
        }
        let later = &scenario.steps[place + 1..];
        if step.settle
            && let Some(why) = why(target, &scenario.steps[..place], later)
        {
            let message = format!("the world must settle with {target} away, before the next step");
            warnings.push(ScenarioError::at(target.span(), message, GO_ON).labelled(why));
        }
        if never_rests(target) {
            let meanwhile = later.iter().take_while(|later| !heals(later, target) && !matches!(later.action, Action::Destroy(_)));
            for step in meanwhile.filter(|step| step.settle) {
                let message = format!("this step waits until the world has settled, which it never does with {target} away");
                warnings.push(ScenarioError::at(step.span, message, "write `settle: false` beside it, or heal before it"));
            }
        }
    }
    warnings
}

/// Why settling beside this outage is not what was meant, if it is not.
fn why(target: &Target, before: &[Step], later: &[Step]) -> Option<&'static str> {
    if never_rests(target) {
        return Some("it never does");
    }
    let unsettled = before.iter().rev().take_while(|step| !step.settle).any(|step| !step.action.only_looks());
    if unsettled {
        return Some("what was begun before cannot end then");
    }
    let lasts = matches!(later, [first, second, ..] if matches!(first.action, Action::Sleep(_)) && heals(second, target));
    lasts.then_some("so this lasts at least three minutes more than the `sleep`")
}

fn heals(step: &Step, target: &Target) -> bool {
    matches!(&step.action, Action::Heal(heal) if heal.target.to_string() == target.to_string())
}

/// Whether somebody tries again and again while this is away, whatever else goes on.
fn never_rests(target: &Target) -> bool {
    match target {
        Target::NetworkOf(_) => true,
        Target::Process(process) => process.value == "kube-apiserver",
        _ => false,
    }
}
