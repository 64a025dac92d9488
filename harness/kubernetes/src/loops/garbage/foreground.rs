//! Owners that are being deleted and wait for their dependents: those that take them along, and those that leave them.

use kube::ResourceExt;
use kube::api::{DynamicObject, Patch, PatchParams};
use serde_json::json;

use super::super::support::{During, LoopError};
use super::Collector;
use super::graph::{FOREGROUND, Item, ORPHAN};
use crate::client::is_missing;

impl Collector {
    /// Foreground deletion: dependents are looked at, and when none blocks any more, the owner may go.
    pub(super) async fn delete_dependents(&self, uid: &str, item: &Item) -> Result<(), LoopError> {
        let dependents = self.graph().dependents(uid);
        let blocked = dependents.iter().any(|dependent| self.graph().blocks(dependent, uid));
        dependents.into_iter().for_each(|dependent| self.queue.add(dependent));
        if blocked { Ok(()) } else { self.drop_finalizer(uid, item, FOREGROUND).await }
    }

    /// Orphaning: dependents forget the owner, then it may go.
    pub(super) async fn release_dependents(&self, uid: &str, item: &Item) -> Result<(), LoopError> {
        let dependents = self.graph().dependents(uid);
        for dependent in dependents {
            let item = self.graph().item(&dependent);
            let Some(of) = item else { continue };
            let api = of.kind.api(&self.client, &of.key.namespace);
            let live = api.get_opt(&of.key.name).await.during(|| format!("read {}", of.kind.describe(&of.key)))?;
            if let Some(live) = live.filter(|live| live.uid().as_deref() == Some(dependent.as_str())) {
                let kept: Vec<_> = live.owner_references().iter().filter(|owner| owner.uid != uid).collect();
                self.set_owners(&of, &live, &kept).await?;
            }
        }
        self.drop_finalizer(uid, item, ORPHAN).await
    }

    async fn drop_finalizer(&self, uid: &str, item: &Item, finalizer: &str) -> Result<(), LoopError> {
        let api = item.kind.api(&self.client, &item.key.namespace);
        let live: Option<DynamicObject> = api.get_opt(&item.key.name).await.during(|| format!("read {}", item.kind.describe(&item.key)))?;
        let Some(live) = live.filter(|live| live.uid().as_deref() == Some(uid)) else {
            return Ok(());
        };
        let left: Vec<&String> = live.finalizers().iter().filter(|name| *name != finalizer).collect();
        let patch = json!({"metadata": {"resourceVersion": live.resource_version(), "finalizers": left}});
        match api.patch(&item.key.name, &PatchParams::default(), &Patch::Merge(patch)).await {
            Err(error) if !is_missing(&error) => {
                Err(error).during(|| format!("take the finalizer {finalizer} off {}", item.kind.describe(&item.key)))
            }
            _ => Ok(()),
        }
    }
}
