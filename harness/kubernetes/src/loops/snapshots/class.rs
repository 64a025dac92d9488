//! The class of a snapshot: the one that it names, or the default one of its volume's driver, which is written into it.

use std::sync::Arc;

use kube::ResourceExt;
use serde_json::json;

use super::{Controller, names};
use crate::client::{ObjectKey, json_patch};
use crate::loops::support::objects::annotation;
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::{VolumeSnapshot, VolumeSnapshotClass};

impl Controller {
    /// The snapshot, with its class named in it.
    pub(super) async fn with_class(&self, snapshot: &Arc<VolumeSnapshot>) -> Result<Arc<VolumeSnapshot>, LoopError> {
        if let Some(name) = &snapshot.spec.volume_snapshot_class_name {
            return match self.class(name) {
                Ok(_) => Ok(Arc::clone(snapshot)),
                Err(error) => {
                    let message = format!("Failed to get snapshot class with error {}", error.in_event());
                    self.tell_error(snapshot, false, "GetSnapshotClassFailed", &message).await?;
                    Err(error)
                }
            };
        }
        // One that was there before needs none.
        if snapshot.spec.source.volume_snapshot_content_name.is_some() {
            return Ok(Arc::clone(snapshot));
        }
        match self.default_class(snapshot).await {
            Ok(class) => self.write_class(snapshot, &class.name_any()).await,
            Err(error) => {
                let message = format!("Failed to set default snapshot class with error {}", error.in_event());
                self.tell_error(snapshot, false, "SetDefaultSnapshotClassFailed", &message).await?;
                Err(error)
            }
        }
    }

    /// The class of this name.
    pub(super) fn class(&self, name: &str) -> Result<Arc<VolumeSnapshotClass>, LoopError> {
        let missing = || LoopError::NotYet(format!("volumesnapshotclass.snapshot.storage.k8s.io \"{name}\" not found"));
        self.classes.named(name).ok_or_else(missing)
    }

    async fn default_class(&self, snapshot: &VolumeSnapshot) -> Result<Arc<VolumeSnapshotClass>, LoopError> {
        let volume = self.volume_of(snapshot).await?;
        let not_yet = |text: String| Err(LoopError::NotYet(text));
        let Some(source) = volume.spec.as_ref().and_then(|spec| spec.csi.as_ref()) else {
            let (namespace, name) = (snapshot.namespace().unwrap_or_default(), snapshot.name_any());
            return not_yet(format!("snapshotting non-CSI volumes is not supported, snapshot:{namespace}/{name}"));
        };
        let is_default = |class: &Arc<VolumeSnapshotClass>| annotation(class.as_ref(), names::IS_DEFAULT) == "true";
        let defaults = self.classes.list().into_iter().filter(|class| is_default(class) && class.driver == source.driver);
        let mut defaults: Vec<Arc<VolumeSnapshotClass>> = defaults.collect();
        match (defaults.pop(), defaults.len()) {
            (None, _) => not_yet("cannot find default snapshot class".to_owned()),
            (Some(only), 0) => Ok(only),
            (Some(_), others) => not_yet(format!("{} default snapshot classes were found", others + 1)),
        }
    }

    async fn write_class(&self, snapshot: &VolumeSnapshot, class: &str) -> Result<Arc<VolumeSnapshot>, LoopError> {
        let operations = json!([{"op": "replace", "path": "/spec/volumeSnapshotClassName", "value": class}]);
        let written: VolumeSnapshot = json_patch(&self.client, &ObjectKey::of(snapshot), &operations)
            .await
            .during(|| format!("write the class of snapshot {}", snapshot.name_any()))?;
        self.snapshots.remember(written.clone());
        Ok(Arc::new(written))
    }
}
