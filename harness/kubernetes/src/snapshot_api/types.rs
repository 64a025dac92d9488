//! The three kinds as the snapshot controllers read and write them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use kubernetes_client::{Declaration, resource};
use serde::{Deserialize, Serialize};

use super::GROUP;

const fn declared(kind: &'static str, plural: &'static str, singular: &'static str, namespaced: bool) -> Declaration {
    Declaration { group: GROUP, version: "v1", kind, plural, singular, namespaced }
}

const SNAPSHOT: Declaration = declared("VolumeSnapshot", "volumesnapshots", "volumesnapshot", true);
const CONTENT: Declaration = declared("VolumeSnapshotContent", "volumesnapshotcontents", "volumesnapshotcontent", false);
const CLASS: Declaration = declared("VolumeSnapshotClass", "volumesnapshotclasses", "volumesnapshotclass", false);

/// A user's wish for a snapshot, or for one that is there already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeSnapshot {
    /// `snapshot.storage.k8s.io/v1`
    pub api_version: String,
    /// `VolumeSnapshot`
    pub kind: String,
    /// Name, namespace and the rest.
    pub metadata: ObjectMeta,
    /// What is wished for.
    pub spec: SnapshotSpec,
    /// How far it has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<SnapshotStatus>,
}

resource!(VolumeSnapshot, NamespaceResourceScope, SNAPSHOT);

/// What is wished for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotSpec {
    /// Of what.
    pub source: SnapshotSource,
    /// By which class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_snapshot_class_name: Option<String>,
}

/// Exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotSource {
    /// The claim whose volume is to be snapshotted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistent_volume_claim_name: Option<String>,
    /// The content of a snapshot that is there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_snapshot_content_name: Option<String>,
}

/// How far a snapshot has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SnapshotStatus {
    /// Its content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_volume_snapshot_content_name: Option<String>,
    /// When it was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<Time>,
    /// Whether volumes can be made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_to_use: Option<bool>,
    /// How large a volume must be that is made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_size: Option<Quantity>,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<SnapshotError>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotError {
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<Time>,
    /// What.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// A snapshot as the cluster knows it: what a PersistentVolume is to a claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeSnapshotContent {
    /// `snapshot.storage.k8s.io/v1`
    pub api_version: String,
    /// `VolumeSnapshotContent`
    pub kind: String,
    /// Name and the rest.
    pub metadata: ObjectMeta,
    /// What it is.
    pub spec: ContentSpec,
    /// How far it has come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ContentStatus>,
}

resource!(VolumeSnapshotContent, ClusterResourceScope, CONTENT);

/// What becomes of a snapshot whose VolumeSnapshot is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeletionPolicy {
    /// It goes, too.
    Delete,
    /// It stays.
    Retain,
}

/// What a content is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentSpec {
    /// What becomes of it.
    pub deletion_policy: DeletionPolicy,
    /// Whose it is.
    pub driver: String,
    /// Of what.
    pub source: ContentSource,
    /// Whether the volume was a file system or a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_volume_mode: Option<String>,
    /// By which class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_snapshot_class_name: Option<String>,
    /// Which VolumeSnapshot it is bound to, or is reserved for while it has no uid.
    pub volume_snapshot_ref: ObjectReference,
}

/// Exactly one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentSource {
    /// The volume to be snapshotted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_handle: Option<String>,
    /// The snapshot that is there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_handle: Option<String>,
}

/// How far a content has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ContentStatus {
    /// The driver's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot_handle: Option<String>,
    /// When it was taken, in nanoseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<i64>,
    /// Its size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore_size: Option<i64>,
    /// Whether volumes can be made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_to_use: Option<bool>,
    /// What went wrong last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<SnapshotError>,
}

impl ContentStatus {
    /// Whether volumes can be made of it.
    pub fn is_ready(&self) -> bool {
        self.ready_to_use == Some(true)
    }
}

/// How snapshots are taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeSnapshotClass {
    /// `snapshot.storage.k8s.io/v1`
    pub api_version: String,
    /// `VolumeSnapshotClass`
    pub kind: String,
    /// Name and the rest.
    pub metadata: ObjectMeta,
    /// By which driver.
    pub driver: String,
    /// What becomes of them.
    pub deletion_policy: DeletionPolicy,
    /// What the driver is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<BTreeMap<String, String>>,
}

resource!(VolumeSnapshotClass, ClusterResourceScope, CLASS);
