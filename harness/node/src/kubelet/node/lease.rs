//! The node's lease: renewed each ten seconds, which is how the control plane knows that kubelet lives.

use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, ObjectMeta, PostParams};
use seatrial_kubernetes::client::{is_missing, reason_of};

use super::{HEARTBEAT_LIMIT, jittered, owned_by_node};
use crate::kubelet::core::Core;

const NAMESPACE: &str = "kube-node-lease";
const TRIES: usize = 5;
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(7);

/// Renews the lease for as long as the process lives.
pub(in crate::kubelet) async fn keep_lease(core: Arc<Core>) {
    let mut held: Option<Lease> = None;
    let mut draws = core.process.generator("lease");
    loop {
        held = renew(&core, held).await;
        tokio::time::sleep(jittered(&mut draws, core.config.timings.lease_renew)).await;
    }
}

/// Renews with some tries; answers the lease as it is now, when that is known.
async fn renew(core: &Core, mut held: Option<Lease>) -> Option<Lease> {
    let mut pause = FIRST_PAUSE;
    for _ in 0..TRIES {
        let error = match tokio::time::timeout(HEARTBEAT_LIMIT, write(core, held.take())).await {
            Ok(Ok(lease)) => return Some(lease),
            Ok(Err(error)) => reason_of(&error),
            Err(_) => "no answer in time".to_owned(),
        };
        core.process.log(&format!("failed to update node lease: {error}"));
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    None
}

/// Writes a renewed lease upon the one that is held, or that the API server has.
async fn write(core: &Core, held: Option<Lease>) -> Result<Lease, kube::Error> {
    let leases: Api<Lease> = Api::namespaced(core.client.clone(), NAMESPACE);
    let name = &core.config.node_name;
    let found = match held {
        Some(lease) => Some(lease),
        None => match leases.get(name).await {
            Ok(lease) => Some(lease),
            Err(error) if is_missing(&error) => None,
            Err(error) => return Err(error),
        },
    };
    let spec = LeaseSpec {
        holder_identity: Some(name.clone()),
        lease_duration_seconds: Some(core.config.timings.lease_duration_seconds),
        renew_time: Some(MicroTime(core.process.clock().calendar())),
        ..LeaseSpec::default()
    };
    match found {
        Some(mut lease) => {
            lease.spec = Some(spec);
            if lease.metadata.owner_references.is_none() {
                lease.metadata.owner_references = owned_by_node(core);
            }
            leases.replace(name, &PostParams::default(), &lease).await
        }
        None => {
            let metadata = ObjectMeta {
                name: Some(name.clone()),
                namespace: Some(NAMESPACE.to_owned()),
                owner_references: owned_by_node(core),
                ..ObjectMeta::default()
            };
            leases.create(&PostParams::default(), &Lease { metadata, spec: Some(spec) }).await
        }
    }
}
