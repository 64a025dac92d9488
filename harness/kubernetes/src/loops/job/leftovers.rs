//! Pods that nobody will count any more: their job has ended, is gone, or has let them go. They lose the finalizer.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;

use super::super::support::LoopError;
use super::super::support::owned::is_controlled_by;
use super::{Controller, conditions, is_managed_elsewhere, is_tracked, job_of};
use crate::client::ObjectKey;

impl Controller {
    pub(super) async fn release_leftovers(&self, key: &ObjectKey, job: Option<&Job>) -> Result<(), LoopError> {
        if job.is_some_and(is_managed_elsewhere) {
            return Ok(());
        }
        let counts = |pod: &Pod| job.is_some_and(|job| is_controlled_by(pod, job) && !conditions::is_finished(job));
        let released = self.released().clone();
        let waits = |pod: &Pod| is_tracked(pod) && pod.metadata.uid.as_ref().is_none_or(|uid| !released.contains(uid));
        let mut pods = self.pods.list_in(&key.namespace);
        pods.retain(|pod| waits(pod) && job_of(pod) == Some(key.name.as_str()) && !counts(pod));
        for pod in pods {
            self.untrack(&pod).await?;
        }
        Ok(())
    }
}
