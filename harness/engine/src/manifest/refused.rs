//! What the API server would refuse: unknown fields, values of another type, quantities that are none, what validation finds.
//!
//! Objects are looked at as `kubectl apply --validate=strict` sends them, by the schemas and rules of the embedded server, each as if it
//! were new: an object that a step makes may be gone when another makes it again. What is refused only because of what is there
//! already is told when it happens.

use seatrial_kubernetes::dry_cluster::{DryCluster, namespace_way};
use seatrial_kubernetes::schema::{Fault, Objection, Step, Way, meant_quantity};
use seatrial_scenario::{Action, Patch, Scenario, ScenarioError, nearest, remedy};
use serde_json::{Value, json};

use super::beforehand::Beforehand;
use super::file::{File, Mark, text};
use super::kinds;
use super::manifests::Manifests;

/// What would be refused, in manifests and in patches, as errors at their places.
pub(super) fn refused(scenario: &Scenario, manifests: &Manifests, beforehand: &Beforehand) -> Vec<ScenarioError> {
    let mut cluster = beforehand.dry_cluster();
    let mut errors = Vec::new();
    let applied = manifests.applied(scenario);
    for file in &applied {
        errors.extend(kinds::misspelt(file, &applied, beforehand));
        for (place, object) in file.objects().iter().enumerate() {
            errors.extend(of_object(file, place, object, &mut cluster, beforehand));
            cluster.add(object);
        }
    }
    for step in &scenario.steps {
        if let Action::Patch(patch) = &step.action {
            errors.extend(of_patch(patch, &cluster));
        }
    }
    errors
}

fn of_object(file: &File, place: usize, object: &Value, cluster: &mut DryCluster, beforehand: &Beforehand) -> Vec<ScenarioError> {
    let namespace = text(object, "/metadata/namespace");
    if let Some(there) = cluster.lacks_namespace_of(object) {
        if !beforehand.anothers {
            let near =
                nearest(namespace, there.iter().map(String::as_str)).map_or(String::new(), |near| format!("did you mean `{near}`? "));
            let help = format!("{near}a Namespace must be applied before what is in it");
            return vec![file.error(place, &namespace_way(), Mark::Value, format!("there is no namespace `{namespace}`"), help)];
        }
        cluster.add(&json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}));
    }
    let whose = format!("{} `{}`", text(object, "/kind"), text(object, "/metadata/name"));
    let told = |Objection { at, why }: &Objection| {
        let (message, help, mark) = words(at, why, object, &whose);
        file.error(place, at, mark, message, help)
    };
    cluster.objections(object).iter().map(told).collect()
}

/// What of a patch the kind does not know. It is part of the scenario's own text.
fn of_patch(patch: &Patch, cluster: &DryCluster) -> Vec<ScenarioError> {
    let served = patch.object.kind.served();
    let api_version = if served.group.is_empty() { served.version.to_owned() } else { format!("{}/{}", served.group, served.version) };
    let told = |Objection { at, why }: &Objection| {
        let (message, help, _) = words(at, why, &patch.patch, &format!("the patch of {}", patch.object));
        ScenarioError::at(patch.object.span, message, help)
    };
    cluster.objections_to_patch(&api_version, served.kind, &patch.patch).iter().map(told).collect()
}

/// An objection as it is told: what, the remedy, and what is marked.
fn words(at: &Way, why: &Fault, object: &Value, whose: &str) -> (String, String, Mark) {
    match why {
        Fault::UnknownField(known, outside) => {
            let Some(Step::Member(name)) = at.0.last() else { return (at.to_string(), String::new(), Mark::Name) };
            let above = Way(at.0[..at.0.len() - 1].to_vec());
            let place = if above.0.is_empty() { String::new() } else { format!(" in `{above}`") };
            let known = known.iter().map(String::as_str);
            let help = match (nearest(name, known.clone()), outside) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, Some(way)) if way.0.is_empty() => "it is a field of the object itself: mind the indentation".to_owned(),
                (None, Some(way)) => format!("it is a field of `{way}`: mind the indentation"),
                (None, None) => remedy(name, "fields here", known),
            };
            (format!("{whose} has no field `{name}`{place}"), help, Mark::Name)
        }
        Fault::WrongType(wanted, is) => {
            let value = value_at(object, at);
            let help = match value {
                Some(value @ (Value::Bool(_) | Value::Number(_))) if *wanted == "a text" => format!("put it into quotes: \"{value}\""),
                Some(Value::String(_)) if *wanted == "base64" => "encode it, or write it into stringData as it is".to_owned(),
                _ => "`kubectl explain` tells what may stand there".to_owned(),
            };
            (format!("`{at}` of {whose} must be {wanted}, not {is}"), help, Mark::Value)
        }
        Fault::Quantity(text, _) => {
            let help = match meant_quantity(text) {
                Some((binary, decimal)) => format!("write `{binary}` (powers of 1024) or `{decimal}` (powers of 1000)"),
                None => "a quantity is a number and Ki, Mi, Gi, Ti or k, M, G, T, such as `10Gi`".to_owned(),
            };
            (format!("`{text}` is no quantity"), help, Mark::Value)
        }
        Fault::Invalid(words) => {
            let help = "mend it; `kubectl create --dry-run=server -f` has the same answer from a real cluster";
            (format!("the API server refuses {whose}: {words}"), help.to_owned(), Mark::Value)
        }
    }
}

fn value_at<'a>(object: &'a Value, way: &Way) -> Option<&'a Value> {
    way.0.iter().try_fold(object, |place, step| match step {
        Step::Member(name) => place.get(name),
        Step::Element(index) => place.get(index),
    })
}
