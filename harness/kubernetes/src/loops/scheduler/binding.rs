//! The binding cycle: volumes first, then the pod.
//!
//! The real one looks each second, for up to 600 s, whether all claims are bound. Here it waits for the change and
//! then for the second to end, which is what that poll would have shown.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Binding, ObjectReference, PersistentVolume, PersistentVolumeClaim, Pod};
use kube::api::{Api, PostParams};
use kube::{Resource, ResourceExt};
use tokio::time::Instant;

use super::super::support::names::{BOUND_BY_CONTROLLER, SELECTED_NODE};
use super::super::support::objects::{claim_volume, is_deleting, is_fully_bound, is_reserved_for, node_of, selected_node, uid};
use super::super::support::{During, LoopError};
use super::Scheduler;
use super::volumes::Plan;
use crate::client::{EventType, ObjectKey};

const POLL: Duration = Duration::from_secs(1);

impl Scheduler {
    pub(super) async fn bind(&self, pod: &Pod, node: &str, plan: Plan) {
        let key = ObjectKey::of(pod);
        let reserved: Vec<String> = plan.reservations().into_iter().map(|(volume, _)| volume).collect();
        match self.bind_all(pod, node, &plan).await {
            Ok(()) => {
                let message = format!("Successfully assigned {key} to {node}");
                self.events.write(pod, EventType::Normal, "Scheduled", message);
                let mut state = self.state();
                reserved.iter().for_each(|volume| state.release(volume));
            }
            Err(error) => {
                self.state().give_up(&key, reserved);
                self.broke_off(pod, &error).await;
            }
        }
    }

    async fn bind_all(&self, pod: &Pod, node: &str, plan: &Plan) -> Result<(), LoopError> {
        if !plan.is_empty() {
            self.prepare_volumes(pod, node, plan).await.map_err(|error| LoopError::NotYet(in_pre_bind(&error)))?;
        }
        let binding = Binding {
            metadata: kube::api::ObjectMeta {
                name: pod.metadata.name.clone(),
                namespace: pod.metadata.namespace.clone(),
                uid: pod.metadata.uid.clone(),
                ..Default::default()
            },
            target: ObjectReference { kind: Some("Node".into()), name: Some(node.to_owned()), ..Default::default() },
        };
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &pod.namespace().unwrap_or_default());
        let name = pod.name_any();
        let answer: Result<serde_json::Value, kube::Error> =
            api.create_subresource("binding", &name, &PostParams::default(), &binding).await;
        answer.during(|| format!("bind pod {name} to {node}")).map(drop)
    }

    async fn prepare_volumes(&self, pod: &Pod, node: &str, plan: &Plan) -> Result<(), LoopError> {
        self.write_volumes(node, plan).await?;
        if self.rules.bind_pods_after_claims { self.wait_for_volumes(pod, node, plan).await } else { Ok(()) }
    }

    async fn write_volumes(&self, node: &str, plan: &Plan) -> Result<(), LoopError> {
        for (volume, claim) in &plan.chosen {
            if is_reserved_for(volume, claim) && volume.spec.as_ref().is_some_and(|spec| has_uid(spec.claim_ref.as_ref())) {
                continue;
            }
            let mut changed = volume.as_ref().clone();
            if !is_reserved_for(volume, claim) {
                changed.annotations_mut().insert(BOUND_BY_CONTROLLER.into(), "yes".into());
            }
            changed.spec.get_or_insert_default().claim_ref = Some(claim.object_ref(&()));
            let api: Api<PersistentVolume> = Api::all(self.client.clone());
            let name = volume.name_any();
            let written = api.replace(&name, &PostParams::default(), &changed).await.during(|| format!("reserve volume {name}"))?;
            self.volumes.remember(written);
        }
        for claim in plan.provisioned.iter().filter(|claim| selected_node(claim) != node) {
            let mut changed = claim.as_ref().clone();
            changed.annotations_mut().insert(SELECTED_NODE.into(), node.to_owned());
            let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &claim.namespace().unwrap_or_default());
            let name = claim.name_any();
            let written = api.replace(&name, &PostParams::default(), &changed).await;
            let written = written.during(|| format!("select node {node} for claim {name}"))?;
            self.claims.remember(written);
        }
        Ok(())
    }

    async fn wait_for_volumes(&self, pod: &Pod, node: &str, plan: &Plan) -> Result<(), LoopError> {
        let begin = Instant::now();
        loop {
            let changed = self.volume_changed.notified();
            let outcome = self.volumes_are_ready(pod, node, plan);
            if !matches!(outcome, Ok(false)) {
                tokio::time::sleep_until(next_tick(begin)).await;
                // What was true when the change came may have changed again before the poll.
                if self.volumes_are_ready(pod, node, plan)? {
                    return Ok(());
                }
                continue;
            }
            if tokio::time::timeout_at(begin + self.timings.bind_timeout, changed).await.is_err() {
                return Err(LoopError::NotYet("binding volumes: context deadline exceeded".into()));
            }
        }
    }

    fn volumes_are_ready(&self, pod: &Pod, node: &str, plan: &Plan) -> Result<bool, LoopError> {
        let failed = |text: String| Err(LoopError::NotYet(format!("binding volumes: {text}")));
        let Some(place) = self.nodes.named(node) else {
            return failed(format!("node \"{node}\" not found"));
        };
        let present = self.pods.get(&ObjectKey::of(pod));
        if present.is_none_or(|now| uid(now.as_ref()) != uid(pod) || is_deleting(now.as_ref()) || node_of(&now).is_some()) {
            return failed("pod does not exist any more".into());
        }
        let claims = plan.provisioned.iter().chain(plan.chosen.iter().map(|(_, claim)| claim));
        let mut ready = true;
        for claim in claims {
            let key = ObjectKey::of(claim.as_ref());
            let Some(now) = self.claims.get(&key).filter(|now| uid(now.as_ref()) == uid(claim.as_ref())) else {
                return failed(format!("persistentvolumeclaim \"{}\" not found", key.name));
            };
            let is_static = plan.chosen.iter().any(|(_, other)| uid(other.as_ref()) == uid(claim.as_ref()));
            if !is_static && selected_node(&now) != node {
                return failed(format!("provisioning failed for PVC \"{key}\""));
            }
            if let Some(volume) = self.volumes.named(claim_volume(&now))
                && !self.reaches(&volume, &place)
            {
                return failed(format!("pv \"{}\" node affinity doesn't match node \"{node}\"", volume.name_any()));
            }
            ready &= is_fully_bound(&now);
        }
        Ok(ready)
    }
}

/// An error in the real one's words.
fn in_pre_bind(error: &LoopError) -> String {
    format!("running PreBind plugin \"VolumeBinding\": {}", error.in_event())
}

fn has_uid(reference: Option<&ObjectReference>) -> bool {
    reference.and_then(|reference| reference.uid.as_deref()).is_some_and(|uid| !uid.is_empty())
}

/// The next whole second since `begin`, at least one.
fn next_tick(begin: Instant) -> Instant {
    let ticks = u32::try_from(begin.elapsed().as_millis().div_ceil(POLL.as_millis())).unwrap_or(u32::MAX);
    begin + POLL * ticks.max(1)
}
