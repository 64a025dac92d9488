//! Handing a claim over to whoever provisions for its class, and giving classes to claims that have none.

use std::sync::Arc;

use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use k8s_openapi::api::storage::v1::StorageClass;
use kube::ResourceExt;

use super::super::support::LoopError;
use super::super::support::names::{BETA_DEFAULT_CLASS, BETA_STORAGE_PROVISIONER, DEFAULT_CLASS, NO_PROVISIONER, STORAGE_PROVISIONER};
use super::super::support::objects::{annotation, claim_class, selected_node};
use super::Controller;
use crate::client::EventType;

impl Controller {
    /// Whether the claim's class waits for the first pod, and no node has been selected yet.
    pub(super) fn waits_for_consumer(&self, claim: &PersistentVolumeClaim) -> bool {
        if !selected_node(claim).is_empty() {
            return false;
        }
        let class = self.classes.named(claim_class(claim));
        self.rules.wait_for_first_consumer
            && class.is_some_and(|class| class.volume_binding_mode.as_deref() == Some("WaitForFirstConsumer"))
    }

    pub(super) async fn hand_over(&self, claim: &PersistentVolumeClaim) -> Result<(), LoopError> {
        let name = claim_class(claim);
        let Some(class) = self.classes.named(name) else {
            let message = format!("storageclass.storage.k8s.io \"{name}\" not found");
            self.events.write(claim, EventType::Warning, "ProvisioningFailed", message);
            return Ok(());
        };
        let provisioner = &class.provisioner;
        if provisioner == NO_PROVISIONER {
            let message = format!("no volume plugin matched name: {NO_PROVISIONER}");
            self.events.write(claim, EventType::Warning, "ProvisioningFailed", message);
            return Ok(());
        }
        if annotation(claim, STORAGE_PROVISIONER) != provisioner || annotation(claim, BETA_STORAGE_PROVISIONER) != provisioner {
            let mut changed = claim.clone();
            changed.annotations_mut().insert(STORAGE_PROVISIONER.into(), provisioner.clone());
            changed.annotations_mut().insert(BETA_STORAGE_PROVISIONER.into(), provisioner.clone());
            self.write_claim(&changed).await?;
        }
        let message = format!(
            "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. \
             If volume creation is delayed, please verify that the provisioner is running and correctly registered."
        );
        self.events.write(claim, EventType::Normal, "ExternalProvisioning", message);
        Ok(())
    }

    /// Gives the default class to a claim that says nothing of a class; answers whether it did.
    pub(super) async fn give_default_class(&self, claim: &PersistentVolumeClaim) -> Result<bool, LoopError> {
        if claim.spec.as_ref().is_none_or(|spec| spec.storage_class_name.is_some()) {
            return Ok(false);
        }
        let Some(class) = default_class(self.classes.list()) else {
            return Ok(false);
        };
        let mut changed = claim.clone();
        changed.spec.get_or_insert_default().storage_class_name = Some(class.name_any());
        self.write_claim(&changed).await?;
        Ok(true)
    }
}

/// The newest class that is marked as the default; of equally new ones the first by name.
fn default_class(mut classes: Vec<Arc<StorageClass>>) -> Option<Arc<StorageClass>> {
    classes.retain(|class| annotation(class.as_ref(), DEFAULT_CLASS) == "true" || annotation(class.as_ref(), BETA_DEFAULT_CLASS) == "true");
    classes.sort_by(|one, other| {
        let age = |class: &StorageClass| class.metadata.creation_timestamp.clone();
        age(other).cmp(&age(one)).then_with(|| one.name_any().cmp(&other.name_any()))
    });
    classes.into_iter().next()
}
