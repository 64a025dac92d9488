//! What a fresh controller takes over, and the comparison with the VolumeAttachments each minute.

use k8s_openapi::api::storage::v1::VolumeAttachment;
use kube::ResourceExt;
use tokio::time::Instant;

use super::Controller;
use super::pass::in_use;
use super::state::{Place, Volume, operation_key};
use super::wait::attachment_name;

impl Controller {
    /// What the nodes list is attached; every other VolumeAttachment may be.
    pub(super) fn adopt(&self) {
        let volumes: Vec<Volume> = self.volumes.list().iter().filter_map(|volume| self.attachable(volume)).collect();
        for node in self.nodes.list() {
            let listed = node.status.as_ref().and_then(|status| status.volumes_attached.as_deref()).unwrap_or_default();
            for name in listed.iter().map(|volume| &volume.name) {
                let known = volumes.iter().find(|volume| volume.unique_name() == *name).cloned();
                let Some(volume) = known.or_else(|| named_only(name)) else { continue };
                let place = Place { volume: name.clone(), node: node.name_any() };
                let used = in_use(&node, name);
                let mut state = self.state();
                state.believe(place.clone(), volume, true, true);
                if let Some(entry) = state.attached.get_mut(&place) {
                    entry.in_use = used;
                }
            }
        }
        for attachment in self.attachments.list() {
            let Some(volume) = volumes.iter().find(|volume| is_for(&attachment, volume)) else {
                continue; // Its volume is gone: it is left alone.
            };
            let place = Place { volume: volume.unique_name(), node: attachment.spec.node_name.clone() };
            let mut state = self.state();
            if !state.attached.contains_key(&place) {
                state.believe(place, volume.clone(), false, false);
            }
        }
    }

    /// Once a minute: what is believed attached, and is not according to its VolumeAttachment, is so no longer.
    pub(super) fn compare_when_due(&self) {
        let mut state = self.state();
        if state.attached.is_empty() {
            state.compare_at = None;
            return;
        }
        let at = *state.compare_at.get_or_insert_with(|| Instant::now() + self.timings.attach_detach_compare);
        if at > Instant::now() {
            return;
        }
        state.compare_at = Some(at + self.timings.attach_detach_compare);
        let lost: Vec<Place> = state
            .attached
            .iter()
            .filter(|(place, entry)| entry.certain && !state.running.contains(&operation_key(&entry.volume, place)))
            .filter(|(place, entry)| {
                let attachment = self.attachments.named(&attachment_name(&entry.volume, &place.node));
                !attachment.is_some_and(|attachment| attachment.status.as_ref().is_some_and(|status| status.attached))
            })
            .map(|(place, _)| place.clone())
            .collect();
        for place in lost {
            state.attached.remove(&place);
            state.unreported.insert(place.node);
        }
    }
}

fn is_for(attachment: &VolumeAttachment, volume: &Volume) -> bool {
    attachment.spec.attacher == volume.driver && attachment.spec.source.persistent_volume_name.as_ref() == Some(&volume.name)
}

/// A volume of which only the node's entry is left.
fn named_only(unique: &str) -> Option<Volume> {
    let (driver, handle) = unique.strip_prefix("kubernetes.io/csi/")?.split_once('^')?;
    Some(Volume { name: handle.to_owned(), driver: driver.to_owned(), handle: handle.to_owned(), shared: false })
}
