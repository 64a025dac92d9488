//! A pod's `/binding`: the scheduler's one write.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Store;
use super::command::{Place, WriteOutcome};
use super::resource::Resource;
use super::status::{FieldError, Status};
use super::value::{list, part, put, seconds, text};

/// Labels of a node that its pods are given at bind (PodTopologyLabels).
const TOPOLOGY: [&str; 2] = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"];

impl Store {
    pub(super) fn bind(&mut self, now: Timestamp, namespace: &str, name: &str, binding: &Value) -> Result<WriteOutcome, Status> {
        let resource = self.resource(&Place::new("", "v1", "pods", namespace))?;
        let node = text(binding, "/target/name").to_owned();
        if node.is_empty() {
            return Err(Status::invalid_kind("", "Binding", name, &[FieldError::required("target.name", "")]));
        }
        let pod = self.find(&resource, namespace, name).cloned().ok_or_else(|| Status::not_found(&resource, name))?;
        check(&resource, name, &pod, binding)?;
        let mut object = pod.as_ref().clone();
        put(&mut object, &["spec", "nodeName"], node.as_str());
        for field in ["annotations", "labels"] {
            for (key, value) in part(binding, &format!("/metadata/{field}")).as_object().into_iter().flatten() {
                put(&mut object, &["metadata", field, key], value.clone());
            }
        }
        for label in TOPOLOGY {
            let of_node = self.peek("", "nodes", &node).map_or(Value::Null, |node| node["metadata"]["labels"][label].clone());
            if !of_node.is_null() {
                put(&mut object, &["metadata", "labels", label], of_node);
            }
        }
        let condition = json!({"type": "PodScheduled", "status": "True", "lastProbeTime": null, "lastTransitionTime": seconds(now)});
        let mut conditions: Vec<Value> = list(&object, "/status/conditions").to_vec();
        conditions.retain(|condition| condition["type"] != "PodScheduled");
        conditions.push(condition);
        put(&mut object, &["status", "conditions"], conditions);
        let decoded = resource.strategy.decode(&object).map_err(Status::bad_request)?.into_owned();
        self.commit(now, &resource, decoded);
        Ok(WriteOutcome::created(json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201})))
    }
}

fn check(resource: &Resource, name: &str, pod: &Value, binding: &Value) -> Result<(), Status> {
    let mut of_binding = resource.clone();
    of_binding.name.plural = "pods/binding".to_owned();
    let conflict = |why: String| Err(Status::conflict(&of_binding, name, &why));
    let (uid, wanted) = (text(pod, "/metadata/uid"), text(binding, "/metadata/uid"));
    if !wanted.is_empty() && wanted != uid {
        return conflict(format!("Precondition failed: UID in precondition: {wanted}, UID in object meta: {uid}"));
    }
    if !part(pod, "/metadata/deletionTimestamp").is_null() {
        return conflict(format!("pod {name} is being deleted, cannot be assigned to a host"));
    }
    let node = text(pod, "/spec/nodeName");
    if !node.is_empty() {
        return conflict(format!("pod {name} is already assigned to node \"{node}\""));
    }
    if !list(pod, "/spec/schedulingGates").is_empty() {
        return conflict(format!("pod {name} has non-empty .spec.schedulingGates"));
    }
    Ok(())
}
