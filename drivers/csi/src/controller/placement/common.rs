//! The hosts that the cluster's nodes run on: a volume must be reached from there, since its pod may run on any of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use vsphere_types::MoRef;

use super::PlacementError;
use crate::nodes::Nodes;
use crate::topology::{KEPT, RECENT, TopologyViews};
use crate::vcenter::{HostView, VCenter, VCenterError};

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
        let uuids = self.nodes.uuids().await.map_err(PlacementError::Nodes)?;
        let unanswered = |source| PlacementError::Unanswered { vcenter: vcenter.host().to_owned(), alone: true, notes: Vec::new(), source };
        let mut hosts = self.machines.hosts(&uuids, vcenter).await.map_err(unanswered)?;
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
    async fn hosts(&self, uuids: &[String], vcenter: &dyn VCenter) -> Result<Vec<MoRef>, VCenterError> {
        match self.hosts_as_found(uuids, vcenter).await {
            Err(VCenterError::Fault(refusal)) if refusal.fault == "ManagedObjectNotFound" => {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _), _| known != vcenter.host());
                self.hosts_as_found(uuids, vcenter).await
            }
            outcome => outcome,
        }
    }

    /// The same, believing what was found. A node without a machine runs nowhere.
    async fn hosts_as_found(&self, uuids: &[String], vcenter: &dyn VCenter) -> Result<Vec<MoRef>, VCenterError> {
        let mut vms = Vec::new();
        for uuid in uuids {
            let key = (vcenter.host().to_owned(), uuid.clone());
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
            let found = match known {
                Some(vm) => Some(vm),
                None => vcenter.vm_by_bios_uuid(uuid).await?,
            };
            if let Some(vm) = found {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, vm.clone());
                vms.push(vm);
            }
        }
        vcenter.hosts_of(&vms).await
    }
}
