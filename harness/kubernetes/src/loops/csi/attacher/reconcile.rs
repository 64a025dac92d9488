//! What Kubernetes believes to be attached, compared with where the driver says that volumes are.
//!
//! Modelled: of a driver with LIST_VOLUMES_PUBLISHED_NODES all volumes are listed each minute (`--reconcile-sync`), page by page; a
//! VolumeAttachment whose `attached` is not what the list says is worked on once more, as if it were new: published, or unpublished when it
//! is being deleted. A volume that is not listed is on no node. What cannot be listed changes nothing until the next minute.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use csi_api::v1::ListVolumesRequest;
use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::ResourceExt;
use tonic::Status;

use super::attach::source_of;
use super::{Attacher, is_attached};
use crate::client::ObjectKey;
use crate::loops::support::LoopError;

/// VolumeAttachments, by name, that are to be worked on once, however done they look.
#[derive(Default)]
pub(super) struct Forced(Mutex<BTreeSet<String>>);

impl Forced {
    fn add(&self, attachment: &VolumeAttachment) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(attachment.name_any());
    }

    /// Whether it is one; from then on it is none.
    pub(super) fn take(&self, attachment: &VolumeAttachment) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&attachment.name_any())
    }
}

/// On which nodes volumes are, by their handles.
type Published = BTreeMap<String, Vec<String>>;

impl Attacher {
    /// Compares for ever.
    pub(super) async fn reconcile(self) {
        loop {
            // What is believed is read first, and what has changed meanwhile is worked on for that reason.
            let attachments = self.attachments.list();
            match self.published().await {
                Ok(published) => attachments.iter().for_each(|attachment| self.compare(attachment, &published)),
                Err(status) => {
                    self.process.log(&format!("csi attacher: failed to reconcile volume attachments: ListVolumes: {}", status.message()));
                }
            }
            tokio::time::sleep(self.config.reconcile).await;
        }
    }

    async fn published(&self) -> Result<Published, Status> {
        let (mut published, mut token) = (Published::new(), String::new());
        loop {
            let request = ListVolumesRequest { max_entries: self.config.max_entries, starting_token: token };
            let page = self.driver.call(request, |mut controller, request| async move { controller.list_volumes(request).await }).await?;
            for entry in page.entries {
                if let (Some(volume), Some(status)) = (entry.volume, entry.status) {
                    published.insert(volume.volume_id, status.published_node_ids);
                }
            }
            token = page.next_token;
            if token.is_empty() {
                return Ok(published);
            }
        }
    }

    fn compare(&self, attachment: &VolumeAttachment, published: &Published) {
        if attachment.spec.attacher != self.driver.abilities.name {
            return;
        }
        let name = attachment.name_any();
        match self.is_published(attachment, published) {
            Ok(found) if found == is_attached(attachment) => {}
            Ok(found) => {
                let text = "attached status and actual state do not match, adding back to the queue for forced reprocessing";
                self.process.log(&format!("csi attacher: VolumeAttachment {name}: {text}; found: {found}"));
                self.forced.add(attachment);
                self.queue.add(ObjectKey::of(attachment));
            }
            Err(error) => self.process.log(&format!("csi attacher: VolumeAttachment {name}: {}", error.in_event())),
        }
    }

    fn is_published(&self, attachment: &VolumeAttachment, published: &Published) -> Result<bool, LoopError> {
        let node = self.node_id(attachment, true)?;
        let volume = self.volume_of(attachment)?;
        let handle = &source_of(&volume)?.volume_handle;
        Ok(published.get(handle).is_some_and(|nodes| nodes.contains(&node)))
    }
}
