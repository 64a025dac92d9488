//! The hosts that the cluster's nodes run on: a volume must be reached from there, since its pod may run on any of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use vsphere_types::MoRef;

use super::PlacementError;
use crate::nodes::Nodes;
use crate::topology::{KEPT, RECENT, TopologyViews};
use crate::vcenter::{HostView, MachineView, VCenter, VCenterError};

/// The virtual machines of nodes, by vCenter and BIOS uuid, as they were found.
#[derive(Default)]
pub(crate) struct Machines(Mutex<BTreeMap<(String, String), MoRef>>);

/// The nodes of the cluster, and where they are found.
#[derive(Clone, Copy)]
pub(crate) struct Crowd<'a> {
    pub nodes: &'a dyn Nodes,
    pub machines: &'a Machines,
    pub views: &'a TopologyViews,
}

impl Crowd<'_> {
    /// The hosts of a vCenter that nodes run on just now, none twice.
    pub(crate) async fn hosts(&self, vcenter: &dyn VCenter) -> Result<Vec<HostView>, PlacementError> {
        let ids = self.nodes.ids().await.map_err(PlacementError::Nodes)?;
        let unanswered = |source| PlacementError::Unanswered { vcenter: vcenter.host().to_owned(), alone: true, notes: Vec::new(), source };
        let mut hosts = self.machines.hosts(&ids, vcenter).await.map_err(unanswered)?;
        hosts.sort_unstable();
        hosts.dedup();
        let mut view = self.views.view(vcenter, KEPT).await.map_err(unanswered)?;
        if hosts.iter().any(|host| view.location(host).is_none()) {
            // A host that was not there when the view was read counts as much as the others.
            view = self.views.view(vcenter, RECENT).await.map_err(unanswered)?;
        }
        Ok(hosts.iter().filter_map(|host| view.location(host)).map(|location| location.host.clone()).collect())
    }
}

impl Machines {
    /// The hosts that the nodes run on, looked for anew when one of the machines that were found before is gone.
    async fn hosts(&self, nodes: &[String], vcenter: &dyn VCenter) -> Result<Vec<MoRef>, VCenterError> {
        match vcenter.hosts_of(&references(&self.found(nodes, vcenter).await?)).await {
            Err(error) if is_gone(&error) => {
                self.forget(vcenter);
                vcenter.hosts_of(&references(&self.found(nodes, vcenter).await?)).await
            }
            outcome => outcome,
        }
    }

    /// The machines of the nodes that this vCenter has, each with its node's id; looked for anew in the same case.
    pub(crate) async fn views(&self, nodes: &[String], vcenter: &dyn VCenter) -> Result<Vec<(String, MachineView)>, VCenterError> {
        let mut found = self.found(nodes, vcenter).await?;
        let mut views = vcenter.machines(&references(&found)).await;
        if views.as_ref().is_err_and(is_gone) {
            self.forget(vcenter);
            found = self.found(nodes, vcenter).await?;
            views = vcenter.machines(&references(&found)).await;
        }
        let id_of = |view: &MachineView| found.iter().find(|(_, vm)| *vm == view.vm).map(|(id, _)| id.clone());
        Ok(views?.into_iter().filter_map(|view| Some((id_of(&view)?, view))).collect())
    }

    fn forget(&self, vcenter: &dyn VCenter) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _), _| known != vcenter.host());
    }

    /// Where the nodes are in this vCenter, believing what was found before. A node without a machine runs nowhere.
    async fn found(&self, nodes: &[String], vcenter: &dyn VCenter) -> Result<Vec<Found>, VCenterError> {
        let mut all = Vec::new();
        for id in nodes {
            let uuid = id.to_ascii_lowercase();
            let key = (vcenter.host().to_owned(), uuid.clone());
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
            let found = match known {
                Some(vm) => Some(vm),
                None => vcenter.vm_by_bios_uuid(&uuid).await?,
            };
            if let Some(vm) = found {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, vm.clone());
                all.push((id.clone(), vm));
            }
        }
        Ok(all)
    }
}

/// A node's id, and its machine.
type Found = (String, MoRef);

fn references(found: &[Found]) -> Vec<MoRef> {
    found.iter().map(|(_, vm)| vm.clone()).collect()
}

fn is_gone(error: &VCenterError) -> bool {
    matches!(error, VCenterError::Fault(refusal) if refusal.fault == "ManagedObjectNotFound")
}
