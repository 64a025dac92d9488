//! Detaching a volume: off the node's list, proof that the node does not use it, the VolumeAttachment's deletion,
//! and the wait until it is gone.

use k8s_openapi::api::core::v1::Node;
use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::api::{Api, DeleteParams};

use super::super::support::{During, LoopError};
use super::Controller;
use super::pass::in_use;
use super::state::{OperationKind, Place, Volume, operation_key};
use super::wait::attachment_name;
use crate::client::is_missing;

impl Controller {
    pub(super) fn start_detach(&self, place: Place, volume: Volume, forced: bool) {
        let controller = self.clone();
        self.process.spawn("detach", async move { controller.detach(place, volume, forced).await });
    }

    async fn detach(self, place: Place, volume: Volume, forced: bool) {
        let key = operation_key(&volume, &place);
        let outcome = self.take_off_report(&place).await;
        let outcome = match outcome {
            Ok(()) => self.delete_attachment(&place, &volume, forced).await.inspect_err(|_| self.doubt(&place)),
            failed => failed,
        };
        if let Err(error) = &outcome {
            self.process.log(&format!("attach/detach: DetachVolume.Detach failed for volume \"{}\": {error}", volume.name));
        }
        {
            let mut state = self.state();
            if outcome.is_ok() {
                state.attached.remove(&place);
            }
            state.end(&key, OperationKind::Detach, outcome.is_ok());
        }
        self.kick.notify_one();
    }

    async fn take_off_report(&self, place: &Place) -> Result<(), LoopError> {
        self.set_reported(place, false);
        let outcome = self.report(&place.node).await;
        if outcome.is_err() {
            // Nothing was begun: the volume is as attached as before.
            self.set_reported(place, true);
        }
        outcome
    }

    fn set_reported(&self, place: &Place, reported: bool) {
        if let Some(entry) = self.state().attached.get_mut(place) {
            entry.reported = reported;
        }
    }

    /// Whether it is still attached is not known any more; it stays off the node's list.
    fn doubt(&self, place: &Place) {
        if let Some(entry) = self.state().attached.get_mut(place) {
            entry.certain = false;
        }
    }

    async fn delete_attachment(&self, place: &Place, volume: &Volume, forced: bool) -> Result<(), LoopError> {
        if !forced {
            self.verify_unused(place).await?;
        }
        let name = attachment_name(volume, &place.node);
        let api: Api<VolumeAttachment> = Api::all(self.client.clone());
        match api.delete(&name, &DeleteParams::default()).await {
            Ok(answer) => {
                if let Some(written) = answer.left() {
                    self.attachments.remember(written);
                }
            }
            Err(error) if is_missing(&error) => return Ok(()),
            Err(error) => return Err(error).during(|| format!("delete VolumeAttachment {name}")),
        }
        let late = || {
            let text =
                format!("timed out waiting for external-attacher of {} CSI driver to detach volume {}", volume.driver, volume.handle);
            LoopError::NotYet(text)
        };
        self.wait_for(&name, late, |attachment| match attachment {
            None => Some(Ok(())),
            Some(attachment) => {
                let error = attachment.status.as_ref()?.detach_error.as_ref()?;
                Some(Err(LoopError::NotYet(error.message.clone().unwrap_or_default())))
            }
        })
        .await
    }

    /// The cache is not enough to let go of a volume: the node itself is asked.
    async fn verify_unused(&self, place: &Place) -> Result<(), LoopError> {
        let api: Api<Node> = Api::all(self.client.clone());
        let node = api.get_opt(&place.node).await.during(|| format!("read node {}", place.node))?;
        if node.is_some_and(|node| in_use(&node, &place.volume)) {
            return Err(LoopError::NotYet(format!("volume {} is still in use by node {}", place.volume, place.node)));
        }
        Ok(())
    }
}
