//! `volumesAttached` in the nodes' statuses.

use std::time::Duration;

use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use tokio::time::Instant;

use super::super::support::{During, LoopError};
use super::Controller;
use super::pass::earlier;
use crate::client::is_missing;

/// After a report could not be written, the next try waits this long.
const PAUSE: Duration = Duration::from_secs(1);

impl Controller {
    /// Starts writing the reports that have changed.
    pub(super) fn report_changes(&self, wake: &mut Option<Instant>) {
        let nodes = {
            let mut state = self.state();
            if state.report_again.is_some_and(|at| at > Instant::now()) {
                earlier(wake, state.report_again);
                return;
            }
            state.report_again = None;
            std::mem::take(&mut state.unreported)
        };
        if nodes.is_empty() {
            return;
        }
        let controller = self.clone();
        self.process.spawn("node reports", async move {
            for node in nodes {
                if let Err(error) = controller.report(&node).await {
                    controller.process.log(&format!("attach/detach: {error}"));
                    {
                        let mut state = controller.state();
                        state.unreported.insert(node);
                        state.report_again = Some(Instant::now() + PAUSE);
                    }
                    controller.kick.notify_one();
                }
            }
        });
    }

    /// Writes what is believed to be attached to the node, if its status says anything else. A node that is gone
    /// needs no report.
    pub(super) async fn report(&self, name: &str) -> Result<(), LoopError> {
        let _one_at_a_time = self.reporting.lock().await;
        let Some(node) = self.nodes.named(name) else {
            return Ok(());
        };
        let wanted = self.state().report_of(name);
        let listed = node.status.as_ref().and_then(|status| status.volumes_attached.as_deref()).unwrap_or_default();
        if listed.iter().map(|volume| volume.name.as_str()).eq(wanted.iter().map(String::as_str)) {
            return Ok(());
        }
        let volumes: Vec<_> = wanted.iter().map(|volume| json!({"name": volume, "devicePath": ""})).collect();
        let patch = Patch::Strategic(json!({"status": {"volumesAttached": volumes}}));
        let api: Api<Node> = Api::all(self.client.clone());
        match api.patch_status(name, &PatchParams::default(), &patch).await {
            Ok(written) => self.nodes.remember(written),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).during(|| format!("report the attached volumes of node {name}")),
        }
        Ok(())
    }
}
