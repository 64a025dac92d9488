//! Manifests: the Kubernetes objects that a scenario applies, read before the run begins.

use std::collections::BTreeMap;
use std::path::Path;

use seatrial_scenario::{Action, Expect, ObjectKind, ObjectName, Scenario, ScenarioError, ScenarioErrors, Span, Spanned};
use serde_json::Value;

use crate::provenance::binary::sha256;

/// Every manifest that a scenario names, by the path as it is written there.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    objects: BTreeMap<String, Vec<Value>>,
    /// SHA-256 of their texts.
    digests: BTreeMap<String, String>,
}

impl Manifests {
    /// Reads all manifests of a scenario; paths are relative to `folder`.
    ///
    /// # Errors
    /// A missing file, text that is not YAML, an object without kind, apiVersion or name: at the step that names it.
    pub fn load(scenario: &Scenario, folder: &Path) -> Result<Self, ScenarioErrors> {
        let (mut manifests, mut errors) = (Self::default(), Vec::new());
        for step in &scenario.steps {
            let Action::Apply(apply) = &step.action else { continue };
            match read(&apply.manifest, folder) {
                Ok((objects, digest)) => {
                    manifests.objects.insert(apply.manifest.value.clone(), objects);
                    manifests.digests.insert(apply.manifest.value.clone(), digest);
                }
                Err(error) => errors.push(*error),
            }
        }
        if errors.is_empty() { Ok(manifests) } else { Err(scenario.errors(errors)) }
    }

    /// The objects of one manifest, in the file's order.
    pub fn objects(&self, path: &str) -> &[Value] {
        self.objects.get(path).map_or(&[], Vec::as_slice)
    }

    /// The SHA-256 of each manifest's text.
    pub fn digests(&self) -> &BTreeMap<String, String> {
        &self.digests
    }

    /// Whether a claim of this name can come of these manifests: a claim, or `<template>-<set>-<ordinal>` of a StatefulSet.
    pub fn makes_claim(&self, claim: &str) -> bool {
        self.objects.values().flatten().any(|object| claim_of(object, claim))
    }

    /// Whether an object of this name can come of these manifests, or of the cluster itself.
    pub fn makes(&self, object: &ObjectName) -> bool {
        match object.kind {
            ObjectKind::Pod => self.makes_pod(&object.name),
            ObjectKind::PersistentVolumeClaim => self.makes_claim(&object.name),
            ObjectKind::StatefulSet | ObjectKind::Deployment | ObjectKind::StorageClass | ObjectKind::VolumeAttributesClass => {
                self.holds(object.kind.word(), &object.name)
            }
            // Drivers, kubelets and control loops make these.
            ObjectKind::PersistentVolume
            | ObjectKind::VolumeAttachment
            | ObjectKind::Node
            | ObjectKind::CsiNode
            | ObjectKind::CsiNodeTopology
            | ObjectKind::Lease => true,
        }
    }

    /// Whether some manifest holds an object of this kind (in lower case) and name.
    pub fn holds(&self, kind: &str, name: &str) -> bool {
        self.objects
            .values()
            .flatten()
            .any(|object| text(object, "/kind").to_ascii_lowercase() == kind && text(object, "/metadata/name") == name)
    }

    /// Whether a pod of this name can come of these manifests: a pod, or a member of a StatefulSet.
    pub fn makes_pod(&self, pod: &str) -> bool {
        self.holds("pod", pod)
            || self
                .objects
                .values()
                .flatten()
                .any(|object| text(object, "/kind") == "StatefulSet" && is_member(pod, text(object, "/metadata/name")))
    }
}

fn claim_of(object: &Value, claim: &str) -> bool {
    let name = text(object, "/metadata/name");
    match text(object, "/kind") {
        "PersistentVolumeClaim" => name == claim,
        "StatefulSet" => {
            let templates = object.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array);
            templates.into_iter().flatten().any(|template| is_member(claim, &format!("{}-{name}", text(template, "/metadata/name"))))
        }
        _ => false,
    }
}

fn is_member(name: &str, set: &str) -> bool {
    name.strip_prefix(set)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit()))
}

fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// A manifest's objects, and the digest of its text.
fn read(path: &Spanned<String>, folder: &Path) -> Result<(Vec<Value>, String), Box<ScenarioError>> {
    let file = folder.join(&path.value);
    let wrong = |message: String, help: &str| Box::new(ScenarioError::at(path.span, format!("manifest `{path}` {message}"), help));
    let content = std::fs::read_to_string(&file).map_err(|error| {
        let help = format!("paths are relative to the scenario's folder; looked for {}", file.display());
        wrong(format!("cannot be read: {error}"), &help)
    })?;
    let documents = seatrial_kubernetes::yaml::documents(&content)
        .map_err(|error| wrong(format!("is not YAML: {error}"), "mend the manifest; `kubectl apply --dry-run=client -f` shows the same"))?;
    let objects: Vec<Value> = documents.into_iter().flat_map(items).collect();
    for (place, object) in objects.iter().enumerate() {
        for needed in ["/apiVersion", "/kind", "/metadata/name"] {
            if text(object, needed).is_empty() {
                let missing = needed.trim_start_matches('/').replace('/', ".");
                let message = format!("has no {missing} in its object {}", place + 1);
                return Err(wrong(message, "every Kubernetes object has apiVersion, kind and metadata.name"));
            }
        }
    }
    if objects.is_empty() {
        return Err(wrong("holds no object".to_owned(), "write at least one Kubernetes object into it"));
    }
    Ok((objects, sha256(content.as_bytes())))
}

/// A document's objects: of a list (`kind: List`, `kind: PodList`) its items, as kubectl takes them apart.
pub(crate) fn items(document: Value) -> Vec<Value> {
    let kind = text(&document, "/kind").to_owned();
    let (Some(of), Some(Value::Array(items))) = (kind.strip_suffix("List"), document.get("items")) else {
        return if document.is_null() { Vec::new() } else { vec![document] };
    };
    let (of, api_version) = (of.to_owned(), document["apiVersion"].clone());
    let with_kind = |item: &Value| {
        let mut item = item.clone();
        // The items of a list of one kind need not repeat it.
        if !of.is_empty() && item.is_object() {
            for (field, value) in [("kind", Value::from(of.as_str())), ("apiVersion", api_version.clone())] {
                if item[field].is_null() {
                    item[field] = value;
                }
            }
        }
        item
    };
    items.iter().map(with_kind).flat_map(self::items).collect()
}

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
pub(crate) fn names_nothing(scenario: &Scenario, manifests: &Manifests) -> Vec<ScenarioError> {
    let mut errors = Vec::new();
    for step in &scenario.steps {
        let (span, name, known, remedy) = match &step.action {
            Action::Expect(Expect::Volume(step)) => claim(&step.volume, manifests),
            Action::AttachByHand(step) => claim(&step.volume, manifests),
            Action::Expect(Expect::Object(step)) => object(&step.object, manifests),
            Action::Expect(Expect::Event(step)) => object(&step.of, manifests),
            Action::Expect(Expect::Pod(step)) => pod(&step.pod, manifests),
            Action::Write(step) => pod(&step.pod, manifests),
            Action::Read(step) => pod(&step.pod, manifests),
            Action::Wait(step) => object(&step.object, manifests),
            Action::Scale(step) => object(&step.object, manifests),
            Action::Delete(step) => object(&step.object, manifests),
            Action::Patch(step) => object(&step.object, manifests),
            _ => continue,
        };
        if !known {
            errors.push(ScenarioError::at(span, format!("{name} is nothing that a manifest of this scenario makes"), remedy));
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_taken_apart() {
        let (pod, map) = (json!({"apiVersion": "v1", "kind": "Pod"}), json!({"apiVersion": "v1", "kind": "ConfigMap"}));
        let table = [
            (Value::Null, json!([])),
            (pod.clone(), json!([pod])),
            (json!({"apiVersion": "v1", "kind": "List", "items": [pod, map]}), json!([pod, map])),
            (json!({"apiVersion": "v1", "kind": "List", "items": [{"kind": "List", "items": [pod]}]}), json!([pod])),
            (json!({"apiVersion": "v1", "kind": "PodList", "items": [{}]}), json!([pod])),
            (json!({"apiVersion": "v1", "kind": "List"}), json!([{"apiVersion": "v1", "kind": "List"}])),
        ];
        for (document, expected) in table {
            assert_eq!(Value::from(items(document.clone())), expected, "{document}");
        }
    }
}
