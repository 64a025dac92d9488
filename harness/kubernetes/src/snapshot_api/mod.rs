//! The API of snapshots, `snapshot.storage.k8s.io/v1`: no part of Kubernetes itself, but brought by whoever installs the snapshot
//! controller, as three custom resources.
//!
//! Modelled: VolumeSnapshot, VolumeSnapshotContent and VolumeSnapshotClass with their schemas, rules, columns and status
//! subresources. Not modelled: v1beta1 and the group snapshots. A client could notice that descriptions are missing.

mod types;

use std::sync::LazyLock;

use serde_json::Value;

pub use types::{
    ContentSource, ContentSpec, ContentStatus, DeletionPolicy, SnapshotError, SnapshotSource, SnapshotSpec, SnapshotStatus, VolumeSnapshot,
    VolumeSnapshotClass, VolumeSnapshotContent,
};

/// The API group.
pub const GROUP: &str = "snapshot.storage.k8s.io";

static DEFINITIONS: LazyLock<Vec<Value>> =
    LazyLock::new(|| crate::yaml::documents(include_str!("definitions.yaml")).expect("it is part of this program, and a test reads it"));

/// The definitions of the three kinds.
pub fn definitions() -> &'static [Value] {
    &DEFINITIONS
}

#[cfg(test)]
mod tests {
    use kube::Resource;

    use super::*;
    use crate::dry_cluster::DryCluster;
    use serde_json::json;

    fn cluster() -> DryCluster {
        let mut cluster = DryCluster::default();
        for definition in definitions() {
            assert_eq!(cluster.objections(definition), []);
            cluster.add(definition);
        }
        cluster
    }

    #[test]
    fn the_three_kinds_are_served_as_their_types_name_them() {
        let cluster = cluster();
        let served = |api_version: &str, kind: &str| cluster.served(api_version, kind).map(|resource| resource.name.plural.clone());
        for (kind, plural) in [
            (VolumeSnapshot::kind(&()), VolumeSnapshot::plural(&())),
            (VolumeSnapshotContent::kind(&()), VolumeSnapshotContent::plural(&())),
            (VolumeSnapshotClass::kind(&()), VolumeSnapshotClass::plural(&())),
        ] {
            assert_eq!(served(&format!("{GROUP}/v1"), &kind), Some(plural.into_owned()));
        }
    }

    #[test]
    fn what_the_schemas_do_not_allow_is_refused() {
        let snapshot =
            |spec: Value| json!({"apiVersion": format!("{GROUP}/v1"), "kind": "VolumeSnapshot", "metadata": {"name": "a"}, "spec": spec});
        let objections =
            |object: Value| cluster().objections(&object).into_iter().map(|found| format!("{:?}", found.why)).collect::<Vec<_>>();
        assert_eq!(objections(snapshot(json!({"source": {"persistentVolumeClaimName": "data"}}))), [""; 0]);
        assert_eq!(objections(snapshot(json!({}))).len(), 1);
    }
}
