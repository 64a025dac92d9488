//! PVC protection: a claim that is being deleted stays while a scheduled pod uses it.
//!
//! Modelled: the finalizer is added where it is missing, and taken off only when no pod with a node names the
//! claim: the cache is asked first, then a live list of the namespace's pods. Unscheduled pods do not hold it;
//! Failed and Succeeded ones do until they are gone. One worker.
//!
//! Not modelled: the batching of live lists by namespace.

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use kube::api::{Api, ListParams, PostParams};
use kube::{Resource, ResourceExt};
use seatrial_wires::Process;

use super::super::rules::Rules;
use super::super::shared::Informers;
use super::super::support::names::CLAIM_PROTECTION;
use super::super::support::objects::{claims_of, has_finalizer, is_deleting, node_of};
use super::super::support::{During, LoopError};
use crate::client::{BackoffLimits, Informer, Next, ObjectKey, WorkQueue};

#[derive(Clone)]
struct Controller {
    process: Process,
    client: kube::Client,
    claims: Informer<PersistentVolumeClaim>,
    pods: Informer<Pod>,
    queue: WorkQueue<ObjectKey>,
    rules: Rules,
}

pub(super) fn run(process: &Process, shared: &Informers, rules: Rules) {
    let client = shared.client.clone();
    let controller = Controller {
        process: process.clone(),
        claims: shared.claims.clone(),
        pods: shared.pods.clone(),
        queue: WorkQueue::new(BackoffLimits::CONTROLLER),
        client,
        rules,
    };
    process.spawn("pvc protection", controller.run());
}

impl Controller {
    async fn run(self) {
        self.claims.synced().await;
        self.pods.synced().await;
        self.claims.feed(&self.queue);
        let queue = self.queue.clone();
        self.pods.on_change(move |delta| {
            // Only a pod that has ended or gone can set a claim free.
            if delta.after.as_deref().is_none_or(is_deleting) {
                claims_of(delta.object()).into_iter().for_each(|key| queue.add(key));
            }
        });
        let worker = self.clone();
        self.queue.serve(&self.process, "pvc protection", 1, move |key| {
            let worker = worker.clone();
            async move { worker.sync(&key).await }
        });
    }

    async fn sync(&self, key: &ObjectKey) -> Result<Next, LoopError> {
        let Some(claim) = self.claims.get(key) else {
            return Ok(Next::Forget);
        };
        match (is_deleting(claim.as_ref()), has_finalizer(claim.as_ref(), CLAIM_PROTECTION)) {
            (true, true) if !self.is_used(key).await? => {
                self.write(&claim, |finalizers| finalizers.retain(|name| name != CLAIM_PROTECTION)).await?;
            }
            (false, false) => self.write(&claim, |finalizers| finalizers.push(CLAIM_PROTECTION.into())).await?,
            _ => {}
        }
        Ok(Next::Forget)
    }

    async fn is_used(&self, key: &ObjectKey) -> Result<bool, LoopError> {
        if !self.rules.keep_claims_in_use {
            return Ok(false);
        }
        let uses = |pod: &Pod| node_of(pod).is_some() && claims_of(pod).contains(key);
        if self.pods.list_in(&key.namespace).iter().any(|pod| uses(pod)) {
            return Ok(true);
        }
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &key.namespace);
        let pods = api.list(&ListParams::default()).await.during(|| format!("list pods of {}", key.namespace))?;
        Ok(pods.items.iter().any(uses))
    }

    async fn write(&self, claim: &PersistentVolumeClaim, change: impl FnOnce(&mut Vec<String>)) -> Result<(), LoopError> {
        let mut changed = claim.clone();
        change(changed.meta_mut().finalizers.get_or_insert_default());
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &claim.namespace().unwrap_or_default());
        let name = claim.name_any();
        let written = api.replace(&name, &PostParams::default(), &changed).await;
        let written = written.during(|| format!("change the finalizers of claim {name}"))?;
        self.claims.remember(written);
        Ok(())
    }
}
