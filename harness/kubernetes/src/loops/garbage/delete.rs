//! A dependent is looked at: whose is it, and must it go?

use k8s_openapi::api::core::v1::ObjectReference;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::ResourceExt;
use kube::api::{DeleteParams, DynamicObject, Patch, PatchParams, Preconditions, PropagationPolicy};
use serde_json::json;

use super::super::support::objects::is_deleting;
use super::super::support::{During, LoopError};
use super::Collector;
use super::graph::{FOREGROUND, Item, ORPHAN};
use crate::client::{EventType, is_missing};

/// What has become of an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It is there, or nobody can tell.
    Solid,
    /// It is gone, or another object has its name.
    Absent,
    /// It is being deleted and waits for its dependents.
    Waiting,
}

impl Collector {
    /// Deletes the object when all its owners are gone; otherwise takes the references to those that are.
    pub(super) async fn delete_if_unowned(&self, uid: &str, item: &Item) -> Result<(), LoopError> {
        if item.owners.is_empty() {
            return Ok(());
        }
        let api = item.kind.api(&self.client, &item.key.namespace);
        let live = api.get_opt(&item.key.name).await.during(|| format!("read {}", item.kind.describe(&item.key)))?;
        let Some(live) = live.filter(|live| live.metadata.uid.as_deref() == Some(uid) && !is_deleting(live)) else {
            return Ok(());
        };
        let mut standings = Vec::new();
        for owner in live.owner_references() {
            standings.push((owner.clone(), self.standing(owner, item).await?));
        }
        let count = |wanted: Standing| standings.iter().filter(|(_, standing)| *standing == wanted).count();
        if standings.is_empty() || count(Standing::Solid) == standings.len() {
            return Ok(());
        }
        if count(Standing::Solid) > 0 {
            let kept: Vec<&OwnerReference> =
                standings.iter().filter(|(_, standing)| *standing == Standing::Solid).map(|(owner, _)| owner).collect();
            return self.set_owners(item, &live, &kept).await;
        }
        let foreground = count(Standing::Waiting) > 0 && !self.graph().dependents(uid).is_empty();
        self.delete(item, &live, foreground).await
    }

    async fn standing(&self, owner: &OwnerReference, item: &Item) -> Result<Standing, LoopError> {
        let Some(kind) = self.kinds().find(&owner.api_version, &owner.kind) else {
            return Ok(Standing::Solid);
        };
        if kind.namespaced && !item.kind.namespaced {
            self.report_of_wrong_namespace(owner, item);
            return Ok(Standing::Solid);
        }
        let found = kind.api(&self.client, &item.key.namespace).get_opt(&owner.name).await;
        let found = found.during(|| format!("read the owner {} {}", owner.kind, owner.name))?;
        Ok(match found {
            Some(found) if found.metadata.uid.as_deref() == Some(&owner.uid) => {
                let waits = is_deleting(&found) && found.finalizers().iter().any(|name| name == FOREGROUND);
                if waits { Standing::Waiting } else { Standing::Solid }
            }
            _ => Standing::Absent,
        })
    }

    fn report_of_wrong_namespace(&self, owner: &OwnerReference, item: &Item) {
        let about = ObjectReference {
            api_version: Some(item.kind.resource.api_version.clone()),
            kind: Some(item.kind.resource.kind.clone()),
            name: Some(item.key.name.clone()),
            ..Default::default()
        };
        let message = format!(
            "ownerRef [{}/{}, namespace: , name: {}, uid: {}] does not exist in namespace \"\"",
            owner.api_version, owner.kind, owner.name, owner.uid
        );
        self.events.write_about(about, EventType::Warning, "OwnerRefInvalidNamespace", message);
    }

    async fn delete(&self, item: &Item, live: &DynamicObject, foreground: bool) -> Result<(), LoopError> {
        let has = |name: &str| live.finalizers().iter().any(|finalizer| finalizer == name);
        let policy = match () {
            () if has(ORPHAN) => PropagationPolicy::Orphan,
            () if foreground || has(FOREGROUND) => PropagationPolicy::Foreground,
            () => PropagationPolicy::Background,
        };
        let preconditions = Preconditions { uid: live.uid(), resource_version: live.resource_version() };
        let parameters = DeleteParams { propagation_policy: Some(policy), preconditions: Some(preconditions), ..DeleteParams::default() };
        let api = item.kind.api(&self.client, &item.key.namespace);
        match api.delete(&item.key.name, &parameters).await {
            Err(error) if !is_missing(&error) => Err(error).during(|| format!("delete {}", item.kind.describe(&item.key))),
            _ => Ok(()),
        }
    }

    /// Leaves the object with these owners only.
    pub(super) async fn set_owners(&self, item: &Item, live: &DynamicObject, kept: &[&OwnerReference]) -> Result<(), LoopError> {
        let patch = json!({"metadata": {"uid": live.uid(), "resourceVersion": live.resource_version(), "ownerReferences": kept}});
        let api = item.kind.api(&self.client, &item.key.namespace);
        match api.patch(&item.key.name, &PatchParams::default(), &Patch::Merge(patch)).await {
            Err(error) if !is_missing(&error) => Err(error).during(|| format!("change the owners of {}", item.kind.describe(&item.key))),
            _ => Ok(()),
        }
    }
}
