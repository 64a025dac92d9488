//! A deployment's ReplicaSets: the one of the present template, and older ones.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{Deployment, ReplicaSet, ReplicaSetSpec};
use kube::ResourceExt;
use kube::api::{Api, ObjectMeta, Patch, PatchParams, PostParams};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::support::owned::{is_controlled_by, owner_reference};
use super::super::support::{During, LoopError};
use super::Controller;
use crate::client::{EventType, is_present_already};

const HASH_LABEL: &str = "pod-template-hash";
const REVISION: &str = "deployment.kubernetes.io/revision";
/// No vowels, and no digits that look like them, so that a hash never spells a word.
const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// What a deployment has.
pub(super) struct Sets {
    pub(super) new: Arc<ReplicaSet>,
    pub(super) old: Vec<Arc<ReplicaSet>>,
}

pub(super) fn wanted(set: &ReplicaSet) -> i32 {
    set.spec.as_ref().and_then(|spec| spec.replicas).unwrap_or(0)
}

pub(super) fn available(set: &ReplicaSet) -> i32 {
    set.status.as_ref().and_then(|status| status.available_replicas).unwrap_or(0)
}

impl Controller {
    /// All of them; the present one is made when it is missing, with no pods yet.
    pub(super) async fn sets_of(&self, deployment: &Deployment) -> Result<Sets, LoopError> {
        let mut sets = self.sets.list_in(&deployment.namespace().unwrap_or_default());
        sets.retain(|set| is_controlled_by(set.as_ref(), deployment));
        let name = format!("{}-{}", deployment.name_any(), template_hash(deployment));
        let (mut new, old): (Vec<_>, Vec<_>) = sets.into_iter().partition(|set| set.name_any() == name);
        let new = match new.pop() {
            Some(new) => new,
            None => self.create_set(deployment, &name, old.len() + 1).await?,
        };
        Ok(Sets { new, old })
    }

    async fn create_set(&self, deployment: &Deployment, name: &str, revision: usize) -> Result<Arc<ReplicaSet>, LoopError> {
        let hash = template_hash(deployment);
        let spec = deployment.spec.clone().unwrap_or_default();
        let mut template = spec.template;
        template.metadata.get_or_insert_default().labels.get_or_insert_default().insert(HASH_LABEL.into(), hash.clone());
        let mut selector = spec.selector;
        selector.match_labels.get_or_insert_default().insert(HASH_LABEL.into(), hash);
        let set = ReplicaSet {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                namespace: deployment.namespace(),
                labels: template.metadata.as_ref().and_then(|meta| meta.labels.clone()),
                annotations: Some([(REVISION.to_owned(), revision.to_string())].into()),
                owner_references: Some(vec![owner_reference(deployment)]),
                ..Default::default()
            },
            spec: Some(ReplicaSetSpec { replicas: Some(0), selector, template: Some(template), min_ready_seconds: spec.min_ready_seconds }),
            status: None,
        };
        let api: Api<ReplicaSet> = Api::namespaced(self.client.clone(), &deployment.namespace().unwrap_or_default());
        match api.create(&PostParams::default(), &set).await {
            Ok(written) => {
                self.sets.remember(written.clone());
                Ok(Arc::new(written))
            }
            Err(error) if is_present_already(&error) => {
                Err(LoopError::NotYet(format!("replica set {name} exists, but has not been seen yet")))
            }
            Err(error) => Err(error).during(|| format!("create replica set {name}")),
        }
    }

    /// Gives a ReplicaSet another number of pods.
    pub(super) async fn scale(&self, deployment: &Deployment, set: &ReplicaSet, to: i32) -> Result<(), LoopError> {
        let from = wanted(set);
        if from == to {
            return Ok(());
        }
        let name = set.name_any();
        let api: Api<ReplicaSet> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        let patch = Patch::Merge(json!({"metadata": {"resourceVersion": set.resource_version()}, "spec": {"replicas": to}}));
        let written = api.patch(&name, &PatchParams::default(), &patch).await.during(|| format!("scale replica set {name}"))?;
        self.sets.remember(written);
        let way = if to > from { "up" } else { "down" };
        let message = format!("Scaled {way} replica set {name} from {from} to {to}");
        self.events.write(deployment, EventType::Normal, "ScalingReplicaSet", message);
        Ok(())
    }
}

fn template_hash(deployment: &Deployment) -> String {
    let template = deployment.spec.as_ref().map(|spec| json!(spec.template)).unwrap_or_default();
    let digest = Sha256::digest(template.to_string().as_bytes());
    digest.iter().take(10).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}
