//! The deletion of a pod whose time is over.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, Preconditions};

use super::super::support::disruption::{Mark, mark};
use super::super::support::objects::uid;
use super::super::support::{During, LoopError};
use super::{Controller, REASON, name_of};
use crate::client::{EventType, ObjectKey, is_missing};

const MARK: Mark = Mark { reason: "DeletionByTaintManager", message: "Taint manager: deleting due to NoExecute taint" };

impl Controller {
    pub(super) async fn evict(&self, key: &ObjectKey, pod: &Pod) -> Result<(), LoopError> {
        self.events.write(pod, EventType::Normal, REASON, format!("Marking for deletion Pod {}", name_of(pod)));
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &key.namespace);
        // The pod itself is asked: the cache may be behind its kubelet.
        let live = api.get_opt(&key.name).await.during(|| format!("read pod {key}"))?;
        if let Some(live) = live.filter(|live| uid(live) == uid(pod)) {
            mark(&self.process, &self.client, &live, Some(MARK), false).await?;
            let this_one = Preconditions { uid: live.uid(), resource_version: None };
            match api.delete(&key.name, &DeleteParams::default().preconditions(this_one)).await {
                Ok(_) => {}
                Err(error) if is_missing(&error) => {}
                Err(error) => return Err(error).during(|| format!("delete pod {key}")),
            }
        }
        self.timers().cancel(key);
        Ok(())
    }
}
