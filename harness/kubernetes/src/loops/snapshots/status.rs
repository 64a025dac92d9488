//! A VolumeSnapshot's status: what its content's tells, and what went wrong.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::Controller;
use super::objects::{is_ready, words};
use crate::client::{EventType, now, whole_seconds};
use crate::loops::support::quantity::{bytes, quantity};
use crate::loops::support::{During, LoopError};
use crate::snapshot_api::{SnapshotError, SnapshotStatus, VolumeSnapshot, VolumeSnapshotContent};

impl Controller {
    fn api_of(&self, snapshot: &VolumeSnapshot) -> Api<VolumeSnapshot> {
        Api::namespaced(self.client.clone(), &snapshot.namespace().unwrap_or_default())
    }

    async fn write_status(&self, changed: &VolumeSnapshot) -> Result<(), LoopError> {
        let name = changed.name_any();
        let written = self.api_of(changed).replace_status(&name, &PostParams::default(), changed).await;
        self.snapshots.remember(written.during(|| format!("update the status of snapshot {name}"))?);
        Ok(())
    }

    /// Writes what went wrong, and an event; once for the same words.
    pub(super) async fn tell_error(
        &self,
        snapshot: &VolumeSnapshot,
        not_ready: bool,
        reason: &str,
        message: &str,
    ) -> Result<(), LoopError> {
        let mut status = snapshot.status.clone().unwrap_or_default();
        if status.error.as_ref().and_then(|error| error.message.as_deref()) == Some(message) {
            return Ok(());
        }
        status.error = Some(SnapshotError { time: Some(now(&self.process)), message: Some(message.to_owned()) });
        if not_ready {
            status.ready_to_use = Some(false);
        }
        let written = self.write_status(&VolumeSnapshot { status: Some(status), ..snapshot.clone() }).await;
        self.events.write(snapshot, EventType::Warning, reason, message);
        written
    }

    /// Carries what the content's status tells into the snapshot's, as that is now.
    pub(super) async fn update_status(&self, snapshot: &VolumeSnapshot, content: &VolumeSnapshotContent) -> Result<(), LoopError> {
        let name = snapshot.name_any();
        let present = self.api_of(snapshot).get(&name).await.during(|| format!("get snapshot {name}"))?;
        let status = merged(present.status.as_ref(), content);
        if present.status.as_ref() == Some(&status) {
            self.snapshots.remember(present);
            return Ok(());
        }
        let created = |status: &SnapshotStatus| status.creation_time.is_some();
        let is_news = |told: fn(&SnapshotStatus) -> bool| told(&status) && !present.status.as_ref().is_some_and(told);
        if is_news(created) {
            let message = format!("Snapshot {} was successfully created by the CSI driver.", words(snapshot));
            self.events.write(snapshot, EventType::Normal, "SnapshotCreated", message);
        }
        let changed = VolumeSnapshot { status: Some(status), ..present.clone() };
        if is_ready(&changed) && !is_ready(&present) {
            let message = format!("Snapshot {} is ready to use.", words(snapshot));
            self.events.write(snapshot, EventType::Normal, "SnapshotReady", message);
        }
        self.write_status(&changed).await
    }
}

/// What is known stays; readiness and errors follow the content.
fn merged(present: Option<&SnapshotStatus>, content: &VolumeSnapshotContent) -> SnapshotStatus {
    let told = content.status.clone().unwrap_or_default();
    let ready = told.is_ready();
    let mut status = present.cloned().unwrap_or_default();
    status.bound_volume_snapshot_content_name.get_or_insert_with(|| content.name_any());
    if status.creation_time.is_none() {
        status.creation_time = told.creation_time.map(time);
    }
    if status.ready_to_use != Some(ready) && ready {
        status.error = None;
    }
    status.ready_to_use = Some(ready);
    let sized = status.restore_size.as_ref().and_then(bytes).is_some_and(|size| size > 0);
    if !sized && let Some(size) = told.restore_size {
        status.restore_size = Some(quantity(size));
    }
    status.error = told.error;
    status
}

fn time(nanoseconds: i64) -> Time {
    whole_seconds(Timestamp::from_nanosecond(i128::from(nanoseconds)).unwrap_or_default())
}
