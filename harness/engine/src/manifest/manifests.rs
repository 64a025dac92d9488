//! The objects of all manifests of a scenario, and what can come of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use seatrial_scenario::{Action, ObjectKind, ObjectName, Scenario, ScenarioErrors};
use serde_json::Value;

use super::file::{File, ReadFile, text};

/// The objects of every manifest that a scenario names, by the path as it is written there; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Manifests(BTreeMap<String, Arc<File>>);

impl Manifests {
    /// Reads all manifests of a scenario by `read_file`; paths are relative to `folder`.
    ///
    /// # Errors
    /// A missing file, text that is not YAML, an object without kind, apiVersion or name: at the step that names it.
    pub fn load(scenario: &Scenario, folder: &Path, read_file: ReadFile) -> Result<Self, ScenarioErrors> {
        let (mut manifests, mut errors) = (BTreeMap::new(), Vec::new());
        for step in &scenario.steps {
            let Action::Apply(apply) = &step.action else { continue };
            match File::read(&apply.manifest, folder, read_file) {
                Ok(file) => {
                    manifests.insert(apply.manifest.value.clone(), Arc::new(file));
                }
                Err(error) => errors.push(*error),
            }
        }
        if errors.is_empty() { Ok(Self(manifests)) } else { Err(scenario.errors(errors)) }
    }

    /// The objects of one manifest, in the file's order.
    pub fn objects(&self, path: &str) -> &[Value] {
        self.0.get(path).map_or(&[], |file| file.objects())
    }

    /// The SHA-256 of each manifest's text, by the path as it is written in the scenario.
    pub fn digests(&self) -> BTreeMap<String, String> {
        self.0.iter().map(|(path, file)| (path.clone(), file.digest())).collect()
    }

    /// All objects of all manifests.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Value> {
        self.0.values().flat_map(|file| file.objects())
    }

    /// All objects that the scenario applies, each with its place for people.
    pub(crate) fn placed(&self, scenario: &Scenario) -> Vec<(&Value, String)> {
        let applied = self.applied(scenario).into_iter();
        applied.flat_map(|file| file.objects().iter().enumerate().map(|(place, object)| (object, file.place(place)))).collect()
    }

    /// The manifests in the order in which they are applied, each once.
    pub(super) fn applied(&self, scenario: &Scenario) -> Vec<&File> {
        let mut applied: Vec<&File> = Vec::new();
        for step in &scenario.steps {
            if let Action::Apply(apply) = &step.action
                && let Some(file) = self.0.get(&apply.manifest.value)
                && !applied.iter().any(|there| std::ptr::eq(*there, file.as_ref()))
            {
                applied.push(file);
            }
        }
        applied
    }

    /// Whether a claim of this name can come of these manifests: a claim, or `<template>-<set>-<ordinal>` of a StatefulSet.
    pub fn makes_claim(&self, claim: &str) -> bool {
        self.all().any(|object| claim_of(object, claim))
    }

    /// Whether an object of this name can come of these manifests, or of the cluster itself.
    pub fn makes(&self, object: &ObjectName) -> bool {
        match object.kind {
            ObjectKind::Pod => self.makes_pod(&object.name),
            ObjectKind::PersistentVolumeClaim => self.makes_claim(&object.name),
            ObjectKind::StatefulSet
            | ObjectKind::Deployment
            | ObjectKind::Job
            | ObjectKind::StorageClass
            | ObjectKind::VolumeAttributesClass
            | ObjectKind::VolumeSnapshot
            | ObjectKind::VolumeSnapshotClass => self.holds(object.kind.word(), &object.name),
            // Drivers, kubelets and control loops make these.
            ObjectKind::PersistentVolume
            | ObjectKind::VolumeAttachment
            | ObjectKind::VolumeSnapshotContent
            | ObjectKind::Node
            | ObjectKind::CsiNode
            | ObjectKind::CsiNodeTopology
            | ObjectKind::Lease => true,
        }
    }

    /// Whether some manifest holds an object of this kind (in lower case) and name.
    pub fn holds(&self, kind: &str, name: &str) -> bool {
        self.all().any(|object| text(object, "/kind").to_ascii_lowercase() == kind && text(object, "/metadata/name") == name)
    }

    /// Whether a pod of this name can come of these manifests: a pod, or a member of a StatefulSet.
    pub fn makes_pod(&self, pod: &str) -> bool {
        self.holds("pod", pod)
            || self.all().any(|object| text(object, "/kind") == "StatefulSet" && is_member(pod, text(object, "/metadata/name")))
    }
}

fn claim_of(object: &Value, claim: &str) -> bool {
    let name = text(object, "/metadata/name");
    match text(object, "/kind") {
        "PersistentVolumeClaim" => name == claim,
        "StatefulSet" => {
            let templates = object.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array);
            templates.into_iter().flatten().any(|template| is_member(claim, &format!("{}-{name}", text(template, "/metadata/name"))))
                || ephemeral_volumes(object, "/spec/template/spec/volumes")
                    .any(|volume| claim.strip_suffix(&format!("-{volume}")).is_some_and(|pod| is_member(pod, name)))
        }
        "Pod" => ephemeral_volumes(object, "/spec/volumes").any(|volume| claim == format!("{name}-{volume}")),
        _ => false,
    }
}

/// The names of a pod's volumes that are claims of its own.
fn ephemeral_volumes<'a>(object: &'a Value, volumes: &str) -> impl Iterator<Item = &'a str> {
    let volumes = object.pointer(volumes).and_then(Value::as_array).into_iter().flatten();
    volumes.filter(|volume| volume.get("ephemeral").is_some()).map(|volume| text(volume, "/name"))
}

pub(super) fn is_member(name: &str, set: &str) -> bool {
    name.strip_prefix(set)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit()))
}
