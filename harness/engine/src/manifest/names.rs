//! Names in steps that nothing in the scenario's files makes.

use std::convert::Infallible;

use seatrial_scenario::{Action, Expect, NODE_OF, ObjectName, Scenario, ScenarioError, Span, Spanned, Step, derived_from};

use super::manifests::Manifests;

const CLAIM: &str = "a StatefulSet's claims are `<template>-<set>-<ordinal>`, such as `data-web-0`; apply the manifest that makes it";
const POD: &str = "a StatefulSet's pods are `<set>-<ordinal>`, such as `web-0`; apply the manifest that makes it";
const OBJECT: &str = "apply a manifest that holds it, or mend the name";

/// A name, whether something makes it, and what to do when nothing does.
type Named = (Span, String, bool, &'static str);

fn claim(name: &Spanned<String>, manifests: &Manifests) -> Named {
    (name.span, format!("claim `{name}`"), manifests.makes_claim(name), CLAIM)
}

fn pod(name: &Spanned<String>, manifests: &Manifests) -> Named {
    (name.span, format!("pod `{name}`"), manifests.makes_pod(name), POD)
}

fn object(name: &Spanned<ObjectName>, manifests: &Manifests) -> Named {
    (name.span, name.to_string(), manifests.makes(name), OBJECT)
}

/// Steps that name what no manifest of the scenario can make, as errors at their places.
pub(super) fn names_nothing(scenario: &Scenario, manifests: &Manifests) -> Vec<ScenarioError> {
    let mut errors = Vec::new();
    for step in &scenario.steps {
        errors.extend(derived_from_nothing(step, manifests));
        let (span, name, known, remedy) = match &step.action {
            Action::Expect(Expect::Volume(step)) => claim(&step.volume, manifests),
            Action::Expect(Expect::Sizes(step)) => claim(&step.of, manifests),
            Action::AttachByHand(step) => claim(&step.volume, manifests),
            Action::DetachByHand(step) => claim(&step.volume, manifests),
            Action::SnapshotByHand(step) => claim(&step.volume, manifests),
            Action::Expect(Expect::Pod(step)) => pod(&step.pod, manifests),
            Action::Expect(Expect::Mount(step)) => pod(&step.pod, manifests),
            Action::Write(step) => pod(&step.pod, manifests),
            Action::Read(step) => pod(&step.pod, manifests),
            other => match object_of(other) {
                Some(named) => object(named, manifests),
                None => continue,
            },
        };
        if !known {
            errors.push(ScenarioError::at(span, format!("{name} is nothing that a manifest of this scenario makes"), remedy));
        }
    }
    errors
}

/// Derived names in a step whose pod or claim no manifest can make.
fn derived_from_nothing(step: &Step, manifests: &Manifests) -> Vec<ScenarioError> {
    let mut errors = Vec::new();
    let mut look = |name: &mut String| {
        let Some((word, of)) = derived_from(name) else { return Ok::<(), Infallible>(()) };
        let (known, remedy) = if word == NODE_OF { (manifests.makes_pod(of), POD) } else { (manifests.makes_claim(of), CLAIM) };
        if !known {
            errors.push(ScenarioError::at(step.span, format!("`{name}`: no manifest of this scenario makes `{of}`"), remedy));
        }
        Ok(())
    };
    let Ok(()) = step.action.clone().each_name(&mut look);
    errors
}

/// The object that a step names, if it names one.
pub(super) fn object_of(action: &Action) -> Option<&Spanned<ObjectName>> {
    match action {
        Action::Expect(Expect::Object(step)) => Some(&step.object),
        Action::Expect(Expect::Event(step)) => Some(&step.of),
        Action::Wait(step) => Some(&step.object),
        Action::Scale(step) => Some(&step.object),
        Action::Resize(step) => Some(&step.object),
        Action::Delete(step) => Some(&step.object),
        Action::Patch(step) => Some(&step.object),
        _ => None,
    }
}
