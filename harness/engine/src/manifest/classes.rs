//! Classes, provisioners and drivers that objects name and that there are not: a claim then waits for ever.
//!
//! A class may be made by any manifest of the scenario, also one that is applied later; a volume made by hand has classes of its own,
//! which need not be there. A claim that is to be refused, because a step looks for its event or for its waiting, may name what it likes.

use std::collections::BTreeSet;

use seatrial_kubernetes::schema::Way;
use seatrial_scenario::{Action, Expect, ObjectKind, ObjectName, Scenario, ScenarioError, State, nearest};
use serde_json::Value;

use super::beforehand::Beforehand;
use super::file::{Mark, text};
use super::manifests::{Manifests, is_member};
use crate::world::DRIVER;

/// What stands for a provisioner where none is to make volumes.
const NO_PROVISIONER: &str = "kubernetes.io/no-provisioner";

/// What is named and is nowhere, as errors at their places.
pub(super) fn nowhere(scenario: &Scenario, manifests: &Manifests, beforehand: &Beforehand) -> Vec<ScenarioError> {
    let known = Known::of(manifests, beforehand);
    let mut errors = Vec::new();
    for file in manifests.applied(scenario) {
        for (place, object) in file.objects().iter().enumerate() {
            for named in named(object) {
                let intended = named.claim.as_ref().is_some_and(|claim| is_to_be_refused(scenario, claim));
                if !intended && let Some((message, help)) = known.lacks(&named) {
                    errors.push(file.error(place, &named.way, Mark::Value, message, help));
                }
            }
        }
    }
    errors.extend(patched(scenario, &known));
    errors
}

/// Which kind of thing a field names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Thing {
    StorageClass,
    AttributesClass,
    Driver,
}

/// A name in an object.
struct Named {
    way: Way,
    thing: Thing,
    name: String,
    /// The claim that waits for it, or what the claims' names begin with.
    claim: Option<Claim>,
}

/// A claim, or claims.
#[derive(Clone, Debug)]
pub(super) enum Claim {
    /// The one of this name.
    Called(String),
    /// Those of a set's template: `TEMPLATE-SET`, and then a number.
    Of(String),
}

struct Known {
    storage_classes: BTreeSet<String>,
    attributes_classes: BTreeSet<String>,
    drivers: BTreeSet<String>,
    /// Whether there may be more classes than these.
    open: bool,
}

impl Known {
    fn of(manifests: &Manifests, beforehand: &Beforehand) -> Self {
        let objects = || manifests.all().chain(&beforehand.installed);
        let called = |kind: &str| {
            objects().filter(|object| text(object, "/kind") == kind).map(|object| text(object, "/metadata/name").to_owned()).collect()
        };
        let mut storage_classes: BTreeSet<String> = called("StorageClass");
        let by_hand = objects().filter(|object| text(object, "/kind") == "PersistentVolume");
        storage_classes.extend(by_hand.map(|volume| text(volume, "/spec/storageClassName").to_owned()));
        let mut drivers: BTreeSet<String> = called("CSIDriver");
        drivers.extend([DRIVER, NO_PROVISIONER].map(str::to_owned));
        Self { storage_classes, attributes_classes: called("VolumeAttributesClass"), drivers, open: beforehand.anothers }
    }

    /// What is wrong with a name, and the remedy.
    fn lacks(&self, named: &Named) -> Option<(String, String)> {
        let (known, what, remedy) = match named.thing {
            Thing::StorageClass => (&self.storage_classes, "StorageClass", "apply a manifest that makes it"),
            Thing::AttributesClass => (&self.attributes_classes, "VolumeAttributesClass", "apply a manifest that makes it"),
            Thing::Driver => (&self.drivers, "driver", "of a driver of yours, apply its CSIDriver"),
        };
        let open = self.open && named.thing != Thing::Driver;
        if open || known.contains(&named.name) {
            return None;
        }
        let message = match named.thing {
            Thing::Driver => format!("no driver of this world answers to `{}`", named.name),
            _ => format!("there is no {what} `{}`, and nothing makes one", named.name),
        };
        let names = known.iter().map(String::as_str).filter(|name| !name.is_empty() && *name != NO_PROVISIONER);
        let help = match nearest(&named.name, names.clone()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if names.clone().next().is_none() => remedy.to_owned(),
            None => format!("there is {}; {remedy}", names.collect::<Vec<_>>().join(", ")),
        };
        Some((message, help))
    }
}

/// The names in an object.
fn named(object: &Value) -> Vec<Named> {
    let way = |path: &str| path.split('.').fold(Way::default(), |way, name| way.member(name));
    let driver = |path: &str| of(object, &way(path), &format!("/{}", path.replace('.', "/")), Thing::Driver, None);
    match text(object, "/kind") {
        "StorageClass" => driver("provisioner"),
        "VolumeAttributesClass" => driver("driverName"),
        "PersistentVolume" => driver("spec.csi.driver"),
        "PersistentVolumeClaim" => classes(object, &Way::default(), &Claim::Called(text(object, "/metadata/name").to_owned())),
        "Pod" => {
            let volumes = object.pointer("/spec/volumes").and_then(Value::as_array).into_iter().flatten().enumerate();
            let named = |(index, volume): (usize, &Value)| {
                let template = volume.pointer("/ephemeral/volumeClaimTemplate")?;
                let claim = Claim::Called(format!("{}-{}", text(object, "/metadata/name"), text(volume, "/name")));
                Some(classes(template, &way("spec.volumes").element(index).member("ephemeral").member("volumeClaimTemplate"), &claim))
            };
            volumes.filter_map(named).flatten().collect()
        }
        "StatefulSet" => {
            let templates = object.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array).into_iter().flatten();
            let named = |(index, template): (usize, &Value)| {
                let claims = Claim::Of(format!("{}-{}", text(template, "/metadata/name"), text(object, "/metadata/name")));
                classes(template, &way("spec.volumeClaimTemplates").element(index), &claims)
            };
            templates.enumerate().flat_map(named).collect()
        }
        _ => Vec::new(),
    }
}

fn classes(claim: &Value, at: &Way, of_claim: &Claim) -> Vec<Named> {
    let spec = at.member("spec");
    let of = |field: &str, thing| of(claim, &spec.member(field), &format!("/spec/{field}"), thing, Some(of_claim.clone()));
    // A claim that names its volume needs no class that makes one.
    let storage = if text(claim, "/spec/volumeName").is_empty() { of("storageClassName", Thing::StorageClass) } else { Vec::new() };
    storage.into_iter().chain(of("volumeAttributesClassName", Thing::AttributesClass)).collect()
}

fn of(object: &Value, way: &Way, pointer: &str, thing: Thing, claim: Option<Claim>) -> Vec<Named> {
    match text(object, pointer) {
        "" => Vec::new(),
        name => vec![Named { way: way.clone(), thing, name: name.to_owned(), claim }],
    }
}

/// Patches of claims that name a class.
fn patched(scenario: &Scenario, known: &Known) -> Vec<ScenarioError> {
    let lacking = |step: &seatrial_scenario::Step| {
        let Action::Patch(patch) = &step.action else { return None };
        let claim = Claim::Called(patch.object.name.clone());
        if patch.object.kind != ObjectKind::PersistentVolumeClaim || is_to_be_refused(scenario, &claim) {
            return None;
        }
        let (message, help) = classes(&patch.patch, &Way::default(), &claim).iter().find_map(|named| known.lacks(named))?;
        Some(ScenarioError::at(patch.object.span, message, help))
    };
    scenario.steps.iter().filter_map(lacking).collect()
}

/// Whether a step looks for what becomes of a claim that is not given what it asks for.
pub(super) fn is_to_be_refused(scenario: &Scenario, claim: &Claim) -> bool {
    let is_claim = |object: &ObjectName| {
        object.kind == ObjectKind::PersistentVolumeClaim
            && match claim {
                Claim::Called(name) => object.name == *name,
                Claim::Of(set) => is_member(&object.name, set),
            }
    };
    scenario.steps.iter().any(|step| match &step.action {
        Action::Expect(Expect::Event(event)) => is_claim(&event.of),
        Action::Wait(wait) => wait.state.value == State::Pending && is_claim(&wait.object),
        _ => false,
    })
}
