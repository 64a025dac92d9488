//! The mark on a pod that somebody is about to take away: who does, and why.

use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;

use super::names::DISRUPTION_TARGET;
use super::objects::is_terminal;
use super::{During, LoopError};
use crate::client::now;

/// The condition's reason and message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) reason: &'static str,
    pub(crate) message: &'static str,
}

/// Writes the DisruptionTarget condition, and the phase Failed where the pod's kubelet will not say its end. Nothing
/// is written where nothing would change.
pub(crate) async fn mark(
    process: &seatrial_wires::Process,
    client: &kube::Client,
    pod: &Pod,
    condition: Option<Mark>,
    fail: bool,
) -> Result<(), LoopError> {
    let mut status = serde_json::Map::new();
    if fail && !is_terminal(pod) {
        status.insert("phase".to_owned(), "Failed".into());
    }
    let has = pod.status.iter().flat_map(|status| status.conditions.iter().flatten());
    if let Some(Mark { reason, message }) = condition
        && !has.into_iter().any(|known| known.type_ == DISRUPTION_TARGET && known.status == "True")
    {
        let condition = json!({
            "type": DISRUPTION_TARGET, "status": "True", "reason": reason, "message": message, "lastTransitionTime": now(process),
        });
        status.insert("conditions".to_owned(), json!([condition]));
    }
    if status.is_empty() {
        return Ok(());
    }
    let (namespace, name) = (pod.namespace().unwrap_or_default(), pod.name_any());
    let api: Api<Pod> = Api::namespaced(client.clone(), &namespace);
    let patch = Patch::Strategic(json!({"metadata": {"uid": pod.uid()}, "status": status}));
    api.patch_status(&name, &PatchParams::default(), &patch).await.during(|| format!("mark pod {namespace}/{name}")).map(drop)
}
