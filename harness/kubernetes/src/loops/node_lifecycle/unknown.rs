//! What is said of a node that says nothing any more.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{Node, NodeCondition};
use kube::ResourceExt;
use kube::api::{Api, PostParams};

use super::super::support::{During, LoopError};
use super::Controller;
use crate::client::now;

const CONDITIONS: [&str; 4] = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

impl Controller {
    /// Sets the node's conditions to Unknown; answers the node as it is then.
    pub(super) async fn set_unknown(&self, node: &Arc<Node>) -> Result<Arc<Node>, LoopError> {
        let mut changed = node.as_ref().clone();
        let conditions = changed.status.get_or_insert_default().conditions.get_or_insert_default();
        let mut differs = false;
        for type_ in CONDITIONS {
            let (reason, message) = match conditions.iter().position(|condition| condition.type_ == type_) {
                Some(place) if conditions[place].status == "Unknown" => continue,
                Some(place) => {
                    let condition = &mut conditions[place];
                    condition.status = "Unknown".to_owned();
                    condition.reason = Some("NodeStatusUnknown".to_owned());
                    condition.message = Some("Kubelet stopped posting node status.".to_owned());
                    condition.last_transition_time = Some(now(&self.process));
                    differs = true;
                    continue;
                }
                None => ("NodeStatusNeverUpdated", "Kubelet never posted node status."),
            };
            conditions.push(NodeCondition {
                type_: type_.to_owned(),
                status: "Unknown".to_owned(),
                reason: Some(reason.to_owned()),
                message: Some(message.to_owned()),
                last_heartbeat_time: node.metadata.creation_timestamp.clone(),
                last_transition_time: Some(now(&self.process)),
            });
            differs = true;
        }
        if !differs {
            return Ok(Arc::clone(node));
        }
        let api: Api<Node> = Api::all(self.client.clone());
        let name = node.name_any();
        // A whole status with its version: if kubelet was quicker, this is a conflict, and the node is alive.
        let written = api.replace_status(&name, &PostParams::default(), &changed).await;
        let written = written.during(|| format!("set the conditions of node {name} to Unknown"))?;
        self.nodes.remember(written.clone());
        Ok(Arc::new(written))
    }
}
