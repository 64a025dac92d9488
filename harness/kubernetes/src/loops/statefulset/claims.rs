//! The claims of a set's pods, and whom they belong to by the retention policy.

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::api::{Api, ObjectMeta, PostParams};
use kube::{Resource, ResourceExt};

use super::super::support::objects::{is_deleting, uid};
use super::super::support::{During, LoopError};
use super::Controller;
use super::identity::{claim_names, owned_by, pod_name};
use crate::client::{EventType, ObjectKey, is_missing, is_present_already, reason_of};

impl Controller {
    /// Creates what is missing of a pod's claims; one that is being deleted stops the pod.
    pub(super) async fn ensure_claims(&self, set: &StatefulSet, ordinal: i32) -> Result<(), LoopError> {
        let namespace = set.namespace().unwrap_or_default();
        let pod = pod_name(set, ordinal);
        for (template, name) in claim_names(set, ordinal) {
            match self.claims.get(&ObjectKey::new(&namespace, &name)) {
                Some(claim) if is_deleting(claim.as_ref()) => return Err(LoopError::NotYet(format!("pvc {name} is being deleted"))),
                Some(_) => {}
                None => self.create_claim(set, &template, &name, &pod).await?,
            }
        }
        Ok(())
    }

    async fn create_claim(&self, set: &StatefulSet, template: &str, name: &str, pod: &str) -> Result<(), LoopError> {
        let templates = set.spec.as_ref().and_then(|spec| spec.volume_claim_templates.as_deref()).unwrap_or_default();
        let Some(from) = templates.iter().find(|claim| claim.name_any() == template) else {
            return Ok(());
        };
        let mut labels = from.labels().clone();
        labels.extend(set.spec.iter().flat_map(|spec| spec.selector.match_labels.clone()).flatten());
        let claim = PersistentVolumeClaim {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                namespace: set.namespace(),
                labels: Some(labels),
                annotations: from.metadata.annotations.clone(),
                owner_references: when_deleted(set).then(|| vec![owned_by(set)]),
                ..Default::default()
            },
            spec: from.spec.clone(),
            status: None,
        };
        let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        let what = format!("create Claim {name} Pod {pod} in StatefulSet {}", set.name_any());
        match api.create(&PostParams::default(), &claim).await {
            Ok(written) => {
                self.claims.remember(written);
                self.events.write(set, EventType::Normal, "SuccessfulCreate", format!("{what} success"));
                Ok(())
            }
            Err(error) if is_present_already(&error) => Err(LoopError::NotYet(format!("pvc {name} exists, but has not been seen yet"))),
            Err(error) => {
                let text = format!("{what} failed error: {}", reason_of(&error));
                self.events.write(set, EventType::Warning, "FailedCreate", text);
                Err(error).during(|| format!("create claim {name}"))
            }
        }
    }

    /// Whether a claim still belongs to a former pod of that name, and will go with it.
    pub(super) fn has_stale_claim(&self, set: &StatefulSet, ordinal: i32) -> bool {
        let namespace = set.namespace().unwrap_or_default();
        let pod = pod_name(set, ordinal);
        claim_names(set, ordinal).iter().any(|(_, name)| {
            let claim = self.claims.get(&ObjectKey::new(&namespace, name));
            claim.is_some_and(|claim| claim.owner_references().iter().any(|owner| owner.kind == "Pod" && owner.name == pod))
        })
    }

    /// Writes the owner that the retention policy asks for: before a condemned pod is deleted, the pod itself.
    pub(super) async fn set_claim_owners(&self, set: &StatefulSet, pod: &Pod, ordinal: i32, condemned: bool) -> Result<(), LoopError> {
        let wanted = if condemned && when_scaled(set) { Some(pod_owner(pod)) } else { when_deleted(set).then(|| owned_by(set)) };
        let namespace = set.namespace().unwrap_or_default();
        for (_, name) in claim_names(set, ordinal) {
            let Some(claim) = self.claims.get(&ObjectKey::new(&namespace, &name)) else {
                continue;
            };
            let ours = |owner: &OwnerReference| owner.uid == uid(set) || owner.uid == uid(pod);
            let have: Vec<_> = claim.owner_references().iter().filter(|owner| ours(owner)).cloned().collect();
            if have == wanted.iter().cloned().collect::<Vec<_>>() {
                continue;
            }
            let mut changed = claim.as_ref().clone();
            let owners = changed.meta_mut().owner_references.get_or_insert_default();
            owners.retain(|owner| !ours(owner));
            owners.extend(wanted.clone());
            let api: Api<PersistentVolumeClaim> = Api::namespaced(self.client.clone(), &namespace);
            match api.replace(&name, &PostParams::default(), &changed).await {
                Ok(written) => self.claims.remember(written),
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(error).during(|| format!("set the owner of claim {name}")),
            }
        }
        Ok(())
    }
}

fn policy(
    set: &StatefulSet,
    read: impl Fn(&k8s_openapi::api::apps::v1::StatefulSetPersistentVolumeClaimRetentionPolicy) -> Option<&String>,
) -> bool {
    let policy = set.spec.as_ref().and_then(|spec| spec.persistent_volume_claim_retention_policy.as_ref());
    policy.and_then(read).is_some_and(|what| what == "Delete")
}

fn when_deleted(set: &StatefulSet) -> bool {
    policy(set, |policy| policy.when_deleted.as_ref())
}

fn when_scaled(set: &StatefulSet) -> bool {
    policy(set, |policy| policy.when_scaled.as_ref())
}

fn pod_owner(pod: &Pod) -> OwnerReference {
    OwnerReference {
        api_version: "v1".into(),
        kind: "Pod".into(),
        name: pod.name_any(),
        uid: pod.uid().unwrap_or_default(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}
