//! The pod garbage collector: pods that nobody else will bring to their end.
//!
//! Modelled, each 20 s: pods of a node that has been gone for 40 s (the API server itself is asked once more);
//! pods that are being deleted on an unready node which is out of service; pods that are being deleted and never had
//! a node. Each is marked Failed and deleted without grace.
//!
//! Not modelled: the limit on ended pods (12,500 there; no world here has as many).

mod nodes;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::ResourceExt;
use kube::api::{Api, DeleteParams};
use seatrial_wires::Process;
use tokio::time::Instant;

use self::nodes::Quarantine;
use super::rules::Rules;
use super::shared::Informers;
use super::support::disruption::{Mark, mark};
use super::support::names::OUT_OF_SERVICE;
use super::support::objects::{is_deleting, is_ready, node_of};
use super::support::{During, LoopError};
use super::timings::Timings;
use crate::client::{Informer, is_missing};

const ORPHANED: Mark = Mark { reason: "DeletionByPodGC", message: "PodGC: node no longer exists" };

struct Collector {
    process: Process,
    client: kube::Client,
    rules: Rules,
    timings: Timings,
    nodes: Informer<Node>,
    pods: Informer<Pod>,
    quarantine: Mutex<Quarantine>,
}

/// Starts the collector on this process.
pub(super) fn run(process: &Process, shared: &Informers, rules: Rules, timings: Timings) {
    let collector = Collector {
        process: process.clone(),
        client: shared.client.clone(),
        rules,
        timings,
        nodes: shared.nodes.clone(),
        pods: shared.pods.clone(),
        quarantine: Mutex::default(),
    };
    process.spawn("pod gc", collector.run());
}

impl Collector {
    async fn run(self) {
        self.nodes.synced().await;
        self.pods.synced().await;
        loop {
            self.round().await;
            tokio::time::sleep(self.timings.pod_gc_period).await;
        }
    }

    async fn round(&self) {
        let pods = self.pods.list();
        if self.rules.collect_orphaned_pods {
            let gone = self.gone_nodes(&pods).await;
            for pod in pods.iter().filter(|pod| node_of(pod).is_some_and(|node| gone.contains(node))) {
                self.finish(pod, Some(ORPHANED)).await;
            }
        }
        for pod in pods.iter().filter(|pod| is_deleting(pod.as_ref())) {
            let ends = match node_of(pod) {
                Some(node) => self.nodes.named(node).is_some_and(|node| !is_ready(&node) && is_out_of_service(&node)),
                None => true,
            };
            if ends {
                self.finish(pod, None).await;
            }
        }
    }

    /// Nodes that pods name and that are gone for good.
    async fn gone_nodes(&self, pods: &[Arc<Pod>]) -> BTreeSet<String> {
        let named: BTreeSet<&str> = pods.iter().filter_map(|pod| node_of(pod)).collect();
        let missing: BTreeSet<String> = named.into_iter().filter(|node| self.nodes.named(node).is_none()).map(str::to_owned).collect();
        let released = {
            let mut quarantine = self.quarantine.lock().expect("nothing panics while the quarantine is locked");
            quarantine.update(missing, self.timings.pod_gc_quarantine, Instant::now())
        };
        let mut gone = BTreeSet::new();
        for name in released {
            match Api::<Node>::all(self.client.clone()).get_opt(&name).await {
                Ok(None) => drop(gone.insert(name)),
                Ok(Some(_)) => {}
                Err(error) => self.process.log(&format!("pod gc: cannot read node {name}: {error}")),
            }
        }
        gone
    }

    async fn finish(&self, pod: &Pod, condition: Option<Mark>) {
        if let Err(error) = self.try_to_finish(pod, condition).await {
            self.process.log(&format!("pod gc: {error}"));
        }
    }

    async fn try_to_finish(&self, pod: &Pod, condition: Option<Mark>) -> Result<(), LoopError> {
        let name = pod.name_any();
        let marked = mark(&self.process, &self.client, pod, condition, true).await;
        match marked {
            Err(LoopError::Api { source, .. }) if is_missing(&source) => return Ok(()),
            other => other?,
        }
        let api: Api<Pod> = Api::namespaced(self.client.clone(), &pod.namespace().unwrap_or_default());
        match api.delete(&name, &DeleteParams::default().grace_period(0)).await {
            Err(error) if !is_missing(&error) => Err(error).during(|| format!("delete pod {name}")),
            _ => Ok(()),
        }
    }
}

fn is_out_of_service(node: &Node) -> bool {
    node.spec.iter().flat_map(|spec| spec.taints.iter().flatten()).any(|taint| taint.key == OUT_OF_SERVICE)
}
