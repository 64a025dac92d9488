//! Revisions of a set's template, kept as ControllerRevisions.

use std::sync::Arc;

use k8s_openapi::api::apps::v1::{ControllerRevision, StatefulSet};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::runtime::RawExtension;
use kube::ResourceExt;
use kube::api::{Api, ObjectMeta, PostParams};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::support::objects::uid;
use super::super::support::{During, LoopError};
use super::Controller;
use super::identity::owned_by;
use crate::client::is_present_already;

/// No vowels and no digits that look like them, so that a hash never spells a word.
const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
const HASH_LABEL: &str = "controller.kubernetes.io/hash";

/// The revision that pods have, and the one that they are to get.
pub(super) struct Revisions {
    pub(super) current: String,
    pub(super) update: String,
    /// The template of the current revision.
    pub(super) current_template: PodTemplateSpec,
}

impl Controller {
    pub(super) async fn revisions(&self, set: &StatefulSet) -> Result<Revisions, LoopError> {
        let template = set.spec.as_ref().map(|spec| spec.template.clone()).unwrap_or_default();
        let mut data = json!({"spec": {"template": &template}});
        data["spec"]["template"]["$patch"] = json!("replace");
        let hash = hash(&data.to_string());
        let update = format!("{}-{hash}", set.name_any());
        let known = self.known_revisions(set);
        let newest = known.iter().map(|revision| revision.revision).max().unwrap_or(0);
        match known.iter().find(|revision| revision.name_any() == update) {
            Some(_) => {}
            None => self.create_revision(set, &update, &hash, data, newest + 1).await?,
        }
        let current = set.status.as_ref().and_then(|status| status.current_revision.clone()).unwrap_or_else(|| update.clone());
        let stored = known.iter().find(|revision| revision.name_any() == current).and_then(|revision| template_in(revision));
        Ok(Revisions { current_template: stored.unwrap_or(template), current, update })
    }

    fn known_revisions(&self, set: &StatefulSet) -> Vec<Arc<ControllerRevision>> {
        let mut revisions = self.revisions.list_in(&set.namespace().unwrap_or_default());
        revisions.retain(|revision| revision.owner_references().iter().any(|owner| owner.uid == uid(set)));
        revisions
    }

    async fn create_revision(
        &self,
        set: &StatefulSet,
        name: &str,
        hash: &str,
        data: serde_json::Value,
        number: i64,
    ) -> Result<(), LoopError> {
        let mut labels = set.spec.as_ref().and_then(|spec| spec.selector.match_labels.clone()).unwrap_or_default();
        labels.insert(HASH_LABEL.into(), hash.to_owned());
        let revision = ControllerRevision {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                namespace: set.namespace(),
                labels: Some(labels),
                owner_references: Some(vec![owned_by(set)]),
                ..Default::default()
            },
            data: Some(RawExtension(data)),
            revision: number,
        };
        let api: Api<ControllerRevision> = Api::namespaced(self.client.clone(), &set.namespace().unwrap_or_default());
        match api.create(&PostParams::default(), &revision).await {
            Ok(written) => self.revisions.remember(written),
            // The cache had not seen it yet.
            Err(error) if is_present_already(&error) => {}
            Err(error) => return Err(error).during(|| format!("create revision {name}")),
        }
        Ok(())
    }
}

fn template_in(revision: &ControllerRevision) -> Option<PodTemplateSpec> {
    let template = revision.data.as_ref()?.0.get("spec")?.get("template")?;
    PodTemplateSpec::deserialize(template).ok()
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(10).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}
