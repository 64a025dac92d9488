//! A class's parameters: those of sidecars are kept back.

use std::collections::BTreeMap;

use kube::ResourceExt;

use crate::snapshot_api::VolumeSnapshotContent;

const PREFIX: &str = "csi.storage.k8s.io/";

/// Those with the sidecars' prefix that are known.
const KNOWN: [&str; 4] =
    ["snapshotter-secret-name", "snapshotter-secret-namespace", "snapshotter-list-secret-name", "snapshotter-list-secret-namespace"];

/// The parameters that the driver is told.
///
/// # Errors
/// One has the prefix, and nobody knows it.
pub(super) fn of_driver(class: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, String> {
    let mut told = BTreeMap::new();
    for (key, value) in class {
        match key.strip_prefix(PREFIX) {
            None => drop(told.insert(key.clone(), value.clone())),
            Some(known) if KNOWN.contains(&known) => {}
            Some(_) => {
                let why = format!("found unknown parameter key \"{key}\" with reserved namespace {PREFIX}");
                return Err(format!("failed to remove CSI Parameters of prefixed keys: {why}"));
            }
        }
    }
    Ok(told)
}

/// The names of snapshot and content.
pub(super) fn metadata(content: &VolumeSnapshotContent) -> [(String, String); 3] {
    let reference = &content.spec.volume_snapshot_ref;
    let told = |key: &str, value: Option<String>| (format!("{PREFIX}{key}"), value.unwrap_or_default());
    [
        told("volumesnapshot/name", reference.name.clone()),
        told("volumesnapshot/namespace", reference.namespace.clone()),
        told("volumesnapshotcontent/name", Some(content.name_any())),
    ]
}
