//! `NoExecute` taints: given by the zones' queues, taken at once.

use k8s_openapi::api::core::v1::{Node, Taint};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use tokio::time::Instant;

use super::super::support::names::{NO_EXECUTE, NOT_READY, UNREACHABLE};
use super::super::support::{During, LoopError};
use super::{Controller, ready_status, taints_of};
use crate::client::now;

/// The taint for a Ready condition of this status, and the one that it excludes.
fn keys(status: &str) -> (&'static str, &'static str) {
    if status == "False" { (NOT_READY, UNREACHABLE) } else { (UNREACHABLE, NOT_READY) }
}

fn has(node: &Node, key: &str) -> bool {
    taints_of(node).iter().any(|taint| taint.key == key && taint.effect == NO_EXECUTE)
}

/// Whether the node has one of the two taints that this controller gives.
pub(super) fn has_no_execute_taint(node: &Node) -> bool {
    let taints = node.spec.as_ref().and_then(|spec| spec.taints.as_deref()).unwrap_or_default();
    taints.iter().any(|taint| taint.effect == NO_EXECUTE && (taint.key == NOT_READY || taint.key == UNREACHABLE))
}

impl Controller {
    /// Gives taints to the nodes whose turn has come, for as long as the process lives.
    pub(super) async fn give_no_execute_taints(self) {
        let begin = Instant::now();
        loop {
            let queued = self.queued.notified();
            let due = self.state().zones.next_due();
            match due {
                Some(at) if at <= Instant::now() => {}
                Some(at) => drop(tokio::time::timeout_at(at, queued).await),
                None => queued.await,
            }
            if self.state().zones.next_due().is_none_or(|at| at > Instant::now()) {
                continue;
            }
            tokio::time::sleep_until(self.next_tick(begin)).await;
            let due = self.state().zones.take_due();
            for (zone, name) in due {
                if let Err(error) = self.give_taint(&name).await {
                    self.process.log(&format!("node evictions: {error}"));
                    self.state().zones.put_back(&zone, &name);
                }
            }
        }
    }

    fn next_tick(&self, begin: Instant) -> Instant {
        let tick = self.timings.no_execute_tick;
        let ticks = u32::try_from(begin.elapsed().as_micros() / tick.as_micros().max(1)).unwrap_or(u32::MAX - 1);
        begin + tick * (ticks + 1)
    }

    async fn give_taint(&self, name: &str) -> Result<(), LoopError> {
        let Some(node) = self.nodes.named(name) else { return Ok(()) };
        let status = ready_status(&node);
        // It has come back while it was waiting.
        if status == "True" {
            return Ok(());
        }
        self.swap(&node, keys(status)).await
    }

    /// Where the other of the two taints is there already, the right one takes its place at once.
    pub(super) async fn swap_no_execute_taint(&self, node: &Node, status: &str) -> bool {
        let (wanted, other) = keys(status);
        if !has(node, other) {
            return false;
        }
        let swapped = self.swap(node, (wanted, other)).await;
        if let Err(error) = &swapped {
            self.process.log(&format!("node evictions: {error}"));
        }
        swapped.is_ok()
    }

    /// Takes both taints from a node that has them.
    pub(super) async fn take_no_execute_taints(&self, node: &Node) {
        if !has_no_execute_taint(node) {
            return;
        }
        let ours = |taint: &Taint| taint.effect == NO_EXECUTE && (taint.key == NOT_READY || taint.key == UNREACHABLE);
        let taints = taints_of(node).into_iter().filter(|taint| !ours(taint)).collect();
        if let Err(error) = self.write(node, taints).await {
            self.process.log(&format!("node evictions: {error}"));
        }
    }

    async fn swap(&self, node: &Node, (wanted, other): (&str, &str)) -> Result<(), LoopError> {
        if has(node, wanted) && !has(node, other) {
            return Ok(());
        }
        let mut taints = taints_of(node);
        taints.retain(|taint| taint.effect != NO_EXECUTE || (taint.key != wanted && taint.key != other));
        let time_added = Some(now(&self.process));
        taints.push(Taint { key: wanted.to_owned(), effect: NO_EXECUTE.to_owned(), time_added, ..Taint::default() });
        self.write(node, taints).await
    }

    async fn write(&self, node: &Node, taints: Vec<Taint>) -> Result<(), LoopError> {
        let api: Api<Node> = Api::all(self.client.clone());
        let name = node.name_any();
        // The version makes it a conflict when somebody else has changed the taints meanwhile.
        let patch = Patch::Merge(json!({"metadata": {"resourceVersion": node.resource_version()}, "spec": {"taints": taints}}));
        let written = api.patch(&name, &PatchParams::default(), &patch).await;
        let written = written.during(|| format!("change the taints of node {name}"))?;
        self.nodes.remember(written);
        Ok(())
    }
}
