//! What a scenario asks of the CSI driver without saying so: whoever makes a claim larger needs a driver that expands volumes.

use std::collections::BTreeMap;

use seatrial_scenario::{Action, Capability, ObjectKind, Scenario};
use serde_json::Value;

use super::classes::{Claim, is_to_be_refused};
use super::file::text;
use super::manifests::Manifests;

/// The capabilities that steps and manifests need, each with the first thing that needs it, in words. Not those that the scenario
/// requires anyway, and nothing that a claim asks for which is to be refused.
pub(crate) fn implied(scenario: &Scenario, manifests: &Manifests) -> BTreeMap<Capability, String> {
    let mut found = BTreeMap::new();
    let mut needs = |capability, what: String| {
        if !scenario.requires.iter().any(|required| required.value == capability) {
            found.entry(capability).or_insert(what);
        }
    };
    for (object, place) in manifests.placed(scenario) {
        let name = text(object, "/metadata/name");
        match text(object, "/kind") {
            "VolumeSnapshot" => needs(Capability::Snapshots, format!("VolumeSnapshot {name} ({place})")),
            "PersistentVolumeClaim" if !is_to_be_refused(scenario, &Claim::Called(name.to_owned())) => {
                if let Some(capability) = source(object) {
                    needs(capability, format!("the data source of claim {name} ({place})"));
                }
            }
            _ => {}
        }
    }
    for step in &scenario.steps {
        if let Action::Resize(resize) = &step.action
            && resize.refused.is_none()
        {
            let place = format!("{}:{}", scenario.file_name(), scenario.locate(step.span).0);
            needs(Capability::ExpandVolume, format!("the resize of {} ({place})", resize.object));
        }
        let Action::Patch(patch) = &step.action else { continue };
        if patch.object.kind != ObjectKind::PersistentVolumeClaim || is_to_be_refused(scenario, &Claim::Called(patch.object.name.clone())) {
            continue;
        }
        let what = || format!("the patch of {} ({}:{})", patch.object, scenario.file_name(), scenario.locate(step.span).0);
        let has = |pointer: &str| patch.patch.pointer(pointer).is_some_and(|value| !value.is_null());
        if has("/spec/resources/requests/storage") {
            needs(Capability::ExpandVolume, what());
        }
        if has("/spec/volumeAttributesClassName") {
            needs(Capability::ModifyVolume, what());
        }
    }
    found
}

/// What a claim's data source asks of the driver; other sources are somebody else's to fill.
fn source(claim: &Value) -> Option<Capability> {
    let kinds = ["/spec/dataSource/kind", "/spec/dataSourceRef/kind"].map(|pointer| text(claim, pointer));
    match kinds.into_iter().find(|kind| !kind.is_empty())? {
        "VolumeSnapshot" => Some(Capability::Snapshots),
        "PersistentVolumeClaim" => Some(Capability::CloneVolume),
        _ => None,
    }
}
