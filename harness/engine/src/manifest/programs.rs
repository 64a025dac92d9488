//! What pods say of their programs, in annotations, and what a node could not read of it.

use seatrial_kubernetes::schema::Way;
use seatrial_node::Program;
use seatrial_scenario::{Scenario, ScenarioError};
use serde_json::Value;

use super::file::{Mark, text};
use super::manifests::Manifests;

/// What cannot be read, as errors at their places.
pub(super) fn unreadable(scenario: &Scenario, manifests: &Manifests) -> Vec<ScenarioError> {
    let mut errors = Vec::new();
    for file in manifests.applied(scenario) {
        for (place, object) in file.objects().iter().enumerate() {
            let above: &[&str] = match text(object, "/kind") {
                "Pod" => &["metadata"],
                "CronJob" => &["spec", "jobTemplate", "spec", "template", "metadata"],
                _ => &["spec", "template", "metadata"],
            };
            let pointer = above.iter().fold(String::new(), |pointer, member| format!("{pointer}/{member}"));
            let Some(annotations) = object.pointer(&format!("{pointer}/annotations")) else { continue };
            let annotation = |name: &str| annotations.get(name).and_then(Value::as_str);
            if let Err(error) = Program::read(annotation, false) {
                let (name, help) = error.remedy();
                let way = above.iter().fold(Way::default(), |way, member| way.member(member)).member("annotations").member(name);
                errors.push(file.error(place, &way, Mark::Value, error.to_string(), help.to_owned()));
            }
        }
    }
    errors
}
