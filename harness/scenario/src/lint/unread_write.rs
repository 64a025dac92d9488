//! `unread-write`: bytes that are written and never looked for. That they are kept is what a write is for.

use crate::error::ScenarioError;
use crate::model::scenario::Scenario;
use crate::model::steps::Action;

pub(super) fn check(scenario: &Scenario) -> Vec<ScenarioError> {
    let mut warnings = Vec::new();
    for (place, step) in scenario.steps.iter().enumerate() {
        let Action::Write(write) = &step.action else { continue };
        let read = scenario.steps[place..].iter().any(|later| match &later.action {
            Action::Read(read) => read.path.value == write.path.value && read.pod.value == write.pod.value,
            _ => false,
        });
        if !read {
            let message = format!("{} in pod {} is written and never read", write.path, write.pod);
            let help = format!("read it later: `- read: {{pod: {}, path: {}, text: …}}`", write.pod, write.path);
            warnings.push(ScenarioError::at(write.path.span, message, help));
        }
    }
    warnings
}
