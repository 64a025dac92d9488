//! Which volumes are to outlive their PersistentVolume.

use std::collections::BTreeSet;

use seatrial_journal::ChangeKind;

use crate::homes::{PERSISTENT_VOLUMES, volume_of};
use crate::moment::Moment;

/// Volumes that a PersistentVolume with the reclaim policy Retain named last. One that goes leaves its last word.
#[derive(Default)]
pub(crate) struct Retained(BTreeSet<String>);

impl Retained {
    pub(crate) fn on(&mut self, moment: &Moment) {
        let Some((change, _)) = moment.kubernetes(PERSISTENT_VOLUMES).filter(|(change, _)| change.kind != ChangeKind::Removed) else {
            return;
        };
        let persistent_volume = moment.view.get(&change.store, &change.object);
        let Some((handle, seen)) = persistent_volume.and_then(|seen| Some((volume_of(seen)?, seen))) else { return };
        if seen.text(&["spec", "persistentVolumeReclaimPolicy"]) == Some("Retain") {
            self.0.insert(handle.to_owned());
        } else {
            self.0.remove(handle);
        }
    }

    pub(crate) fn contains(&self, volume: &str) -> bool {
        self.0.contains(volume)
    }
}
