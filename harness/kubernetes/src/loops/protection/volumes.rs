//! PV protection: a volume that is being deleted stays while it is Bound.
//!
//! Modelled: the finalizer is added where it is missing, and taken off when the volume is being deleted and its
//! phase is not Bound. One worker. Nothing is left out.

use k8s_openapi::api::core::v1::PersistentVolume;
use kube::api::{Api, PostParams};
use kube::{Resource, ResourceExt};
use seatrial_wires::Process;

use super::super::shared::Informers;
use super::super::support::names::VOLUME_PROTECTION;
use super::super::support::objects::{has_finalizer, is_deleting, volume_phase};
use super::super::support::{During, LoopError};
use crate::client::{BackoffLimits, Informer, Next, ObjectKey, WorkQueue};

#[derive(Clone)]
struct Controller {
    process: Process,
    client: kube::Client,
    volumes: Informer<PersistentVolume>,
    queue: WorkQueue<ObjectKey>,
}

pub(super) fn run(process: &Process, shared: &Informers) {
    let client = shared.client.clone();
    let controller =
        Controller { process: process.clone(), volumes: shared.volumes.clone(), queue: WorkQueue::new(BackoffLimits::CONTROLLER), client };
    process.spawn("pv protection", controller.run());
}

impl Controller {
    async fn run(self) {
        self.volumes.synced().await;
        self.volumes.feed(&self.queue);
        let worker = self.clone();
        self.queue.serve(&self.process, "pv protection", 1, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(volume) = self.volumes.get(key) else {
            return Ok(Next::Forget);
        };
        match (is_deleting(volume.as_ref()), has_finalizer(volume.as_ref(), VOLUME_PROTECTION)) {
            (true, true) if volume_phase(&volume) != "Bound" => {
                self.write(&volume, |finalizers| finalizers.retain(|name| name != VOLUME_PROTECTION)).await?;
            }
            (false, false) => self.write(&volume, |finalizers| finalizers.push(VOLUME_PROTECTION.into())).await?,
            _ => {}
        }
        Ok(Next::Forget)
    }

    async fn write(&self, volume: &PersistentVolume, change: impl FnOnce(&mut Vec<String>)) -> Result<(), LoopError> {
        let mut changed = volume.clone();
        change(changed.meta_mut().finalizers.get_or_insert_default());
        let api: Api<PersistentVolume> = Api::all(self.client.clone());
        let name = volume.name_any();
        let written = api.replace(&name, &PostParams::default(), &changed).await;
        let written = written.during(|| format!("change the finalizers of volume {name}"))?;
        self.volumes.remember(written);
        Ok(())
    }
}
