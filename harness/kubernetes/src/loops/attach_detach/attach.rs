//! Attaching a volume: a VolumeAttachment is made, and the attacher does the rest.

use std::collections::BTreeSet;

use k8s_openapi::api::storage::v1::{VolumeAttachment, VolumeAttachmentSource, VolumeAttachmentSpec};
use kube::api::{Api, ObjectMeta, PostParams};

use super::super::support::objects::is_deleting;
use super::super::support::{During, LoopError};
use super::Controller;
use super::desired::Wish;
use super::state::{OperationKind, Place, Volume, operation_key};
use super::wait::attachment_name;
use crate::client::{EventType, ObjectKey, is_present_already};

impl Controller {
    pub(super) fn start_attach(&self, place: Place, wish: &Wish) {
        let (controller, volume, pods) = (self.clone(), wish.volume.clone(), wish.pods.clone());
        self.process.spawn("attach", async move { controller.attach(place, volume, pods).await });
    }

    async fn attach(self, place: Place, volume: Volume, pods: BTreeSet<ObjectKey>) {
        let outcome = self.make_attachment(&place, &volume).await;
        let key = operation_key(&volume, &place);
        let (kind, reason, message) = match &outcome {
            Ok(()) => {
                (EventType::Normal, "SuccessfulAttachVolume", format!("AttachVolume.Attach succeeded for volume \"{}\" ", volume.name))
            }
            Err(error) => {
                let message = format!("AttachVolume.Attach failed for volume \"{}\" : {}", volume.name, error.in_event());
                (EventType::Warning, "FailedAttachVolume", message)
            }
        };
        for pod in pods.iter().filter_map(|key| self.pods.get(key)) {
            self.events.write(pod.as_ref(), kind, reason, message.clone());
        }
        {
            let mut state = self.state();
            let attached = outcome.is_ok();
            // After a failure nobody knows: it is tried again, or detached when nobody wants it any more.
            let reported = attached || state.attached.get(&place).is_some_and(|entry| entry.reported);
            state.unreported.insert(place.node.clone());
            state.believe(place, volume, attached, reported);
            state.end(&key, OperationKind::Attach, attached);
        }
        self.kick.notify_one();
    }

    async fn make_attachment(&self, place: &Place, volume: &Volume) -> Result<(), LoopError> {
        let name = attachment_name(volume, &place.node);
        let attachment = VolumeAttachment {
            metadata: ObjectMeta { name: Some(name.clone()), ..Default::default() },
            spec: VolumeAttachmentSpec {
                attacher: volume.driver.clone(),
                node_name: place.node.clone(),
                source: VolumeAttachmentSource { persistent_volume_name: Some(volume.name.clone()), ..Default::default() },
            },
            status: None,
        };
        let api: Api<VolumeAttachment> = Api::all(self.client.clone());
        match api.create(&PostParams::default(), &attachment).await {
            Ok(written) => self.attachments.remember(written),
            // Made before a restart, or by an attempt whose answer was lost.
            Err(error) if is_present_already(&error) => {}
            Err(error) => return Err(error).during(|| format!("create VolumeAttachment {name}")),
        }
        let late = || {
            let text =
                format!("timed out waiting for external-attacher of {} CSI driver to attach volume {}", volume.driver, volume.handle);
            LoopError::NotYet(text)
        };
        self.wait_for(&name, late, |attachment| attachment.and_then(outcome_of)).await
    }
}

/// What a VolumeAttachment says of the attempt; nothing while it is under way.
fn outcome_of(attachment: &VolumeAttachment) -> Option<Result<(), LoopError>> {
    if is_deleting(attachment) {
        return Some(Err(LoopError::NotYet("volume attachment is being deleted".into())));
    }
    let status = attachment.status.as_ref()?;
    if status.attached {
        return Some(Ok(()));
    }
    let error = status.attach_error.as_ref()?;
    Some(Err(LoopError::NotYet(error.message.clone().unwrap_or_default())))
}
