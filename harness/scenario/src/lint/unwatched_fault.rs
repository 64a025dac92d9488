//! `unwatched-fault`: if the fault never strikes, nobody learns, and the scenario shows a calm day.

use crate::error::ScenarioError;
use crate::model::expectation::ExpectationKind;
use crate::model::fault::FaultRule;
use crate::model::scenario::Scenario;

pub(super) fn check(scenario: &Scenario) -> Vec<ScenarioError> {
    let watched = |rule: &&FaultRule| {
        scenario.expected().any(|kind| match kind {
            ExpectationKind::Fired(counts) => counts.iter().any(|(id, count)| id.value == rule.id.value && count.can_fail()),
            _ => false,
        })
    };
    let unwatched = scenario.faults.iter().filter(|rule| !watched(rule));
    unwatched
        .map(|rule| {
            let message = format!("nothing tells whether `{}` has struck", rule.id);
            ScenarioError::at(rule.id.span, message, format!("expect it: `- fired: {{{}: {}}}`", rule.id, rule.times))
        })
        .collect()
}
