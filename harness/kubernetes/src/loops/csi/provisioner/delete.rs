//! The end of a volume that nobody claims any more.

use std::collections::BTreeMap;

use csi_api::v1::DeleteVolumeRequest;
use k8s_openapi::api::core::v1::{PersistentVolume, SecretReference};
use kube::api::{Api, DeleteParams, PostParams};
use kube::{Resource, ResourceExt};

use super::volume::{SECRET_NAME, SECRET_NAMESPACE};
use super::{Provisioner, secrets};
use crate::client::{EventType, Next, ObjectKey, is_missing};
use crate::loops::support::names::{PROVISIONED_BY, PROVISIONER_FINALIZER};
use crate::loops::support::objects::{annotation, has_finalizer, is_deleting, volume_phase};
use crate::loops::support::{During, LoopError};

impl Provisioner {
    pub(super) async fn sync_volume(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(volume) = self.volumes.get(key).filter(|volume| annotation(volume.as_ref(), PROVISIONED_BY) == self.name()) else {
            return Ok(Next::Forget);
        };
        self.mend_finalizer(&volume).await?;
        if !is_to_go(&volume) {
            return Ok(Next::Forget);
        }
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let live = api.get_opt(&key.name).await.during(|| format!("read volume {key}"))?;
        let Some(volume) = live.filter(is_to_go) else {
            return Ok(Next::Forget);
        };
        if let Err(error) = self.delete_volume(&volume).await {
            self.events.write(&volume, EventType::Warning, "VolumeFailedDelete", error.in_event());
            return Err(error);
        }
        match api.delete(&key.name, &DeleteParams::default()).await {
            Ok(_) => {}
            Err(error) if is_missing(&error) => return Ok(Next::Forget),
            Err(error) => return Err(error).during(|| format!("delete volume {key}")),
        }
        let left = api.get_opt(&key.name).await.during(|| format!("read volume {key}"))?;
        if let Some(left) = left.filter(|left| left.uid() == volume.uid()) {
            self.set_finalizer(&left, false).await?;
        }
        Ok(Next::Forget)
    }

    async fn delete_volume(&self, volume: &PersistentVolume) -> Result<(), LoopError> {
        let name = volume.name_any();
        let attachments = self.attachments.list();
        if let Some(attachment) = attachments.iter().find(|one| one.spec.source.persistent_volume_name.as_ref() == Some(&name)) {
            let text = format!("persistentvolume {name} is still attached to node {}", attachment.spec.node_name);
            return Err(LoopError::NotYet(text));
        }
        let Some(source) = volume.spec.as_ref().and_then(|spec| spec.csi.as_ref()) else {
            return Err(LoopError::NotYet("invalid CSI PV".into()));
        };
        let secrets = self.deletion_secrets(volume).await;
        let request = DeleteVolumeRequest { volume_id: source.volume_handle.clone(), secrets };
        let answer = self.driver.call(request, |mut controller, request| async move { controller.delete_volume(request).await }).await;
        answer.map(drop).map_err(LoopError::Rpc)
    }

    /// What the annotations name. A Secret that is gone does not keep the volume.
    async fn deletion_secrets(&self, volume: &PersistentVolume) -> BTreeMap<String, String> {
        let named = |key| Some(annotation(volume, key).to_owned()).filter(|text| !text.is_empty());
        let (Some(name), Some(namespace)) = (named(SECRET_NAME), named(SECRET_NAMESPACE)) else { return BTreeMap::new() };
        let reference = SecretReference { name: Some(name), namespace: Some(namespace) };
        secrets::credentials(&self.client, Some(&reference)).await.unwrap_or_else(|why| {
            self.process.log(&format!("csi provisioner: failed to get credentials for volume {}: {why}", volume.name_any()));
            BTreeMap::new()
        })
    }

    /// The finalizer follows the reclaim policy: Retain lets a deleted object go without its volume.
    async fn mend_finalizer(&self, volume: &PersistentVolume) -> Result<(), LoopError> {
        let has = has_finalizer(volume, PROVISIONER_FINALIZER);
        match (policy(volume), has) {
            ("Retain", true) => self.set_finalizer(volume, false).await,
            ("Delete", false) if volume_phase(volume) == "Bound" && !is_deleting(volume) => self.set_finalizer(volume, true).await,
            _ => Ok(()),
        }
    }

    async fn set_finalizer(&self, volume: &PersistentVolume, wanted: bool) -> Result<(), LoopError> {
        if has_finalizer(volume, PROVISIONER_FINALIZER) == wanted {
            return Ok(());
        }
        let mut changed = volume.clone();
        let finalizers = changed.meta_mut().finalizers.get_or_insert_default();
        if wanted {
            finalizers.push(PROVISIONER_FINALIZER.to_owned());
        } else {
            finalizers.retain(|name| name != PROVISIONER_FINALIZER);
        }
        let name = volume.name_any();
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        match api.replace(&name, &PostParams::default(), &changed).await {
            Ok(written) => self.volumes.remember(written),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).during(|| format!("change the finalizers of volume {name}")),
        }
        Ok(())
    }
}

fn policy(volume: &PersistentVolume) -> &str {
    volume.spec.as_ref().and_then(|spec| spec.persistent_volume_reclaim_policy.as_deref()).unwrap_or_default()
}

/// Released, or deleted by hand without a claim; the policy is Delete, and the backend has not been asked yet.
fn is_to_go(volume: &PersistentVolume) -> bool {
    let phase = volume_phase(volume);
    let deleting = is_deleting(volume);
    let ours = !deleting || has_finalizer(volume, PROVISIONER_FINALIZER);
    policy(volume) == "Delete" && ours && (phase == "Released" || deleting && phase != "Bound")
}
