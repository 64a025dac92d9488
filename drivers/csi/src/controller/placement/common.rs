//! What all nodes mount: where a volume goes in a world without zones, since its pod may run on any of them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use fake_vcenter_types::MoRef;

use super::PlacementError;
use crate::nodes::Nodes;
use crate::topology::{Charts, KEPT, shared_datastores};
use crate::vcenter::{Vcenter, VcenterError};

/// The virtual machines of nodes, by BIOS uuid, as they were found.
#[derive(Default)]
pub(crate) struct Machines(Mutex<BTreeMap<String, MoRef>>);

impl Machines {
    /// The datastores that the hosts of all nodes mount; `None` while no node is known.
    pub(crate) async fn common_datastores(
        &self,
        nodes: &dyn Nodes,
        vcenter: &dyn Vcenter,
        charts: &Charts,
    ) -> Result<Option<Vec<MoRef>>, PlacementError> {
        let uuids = nodes.uuids().await.map_err(PlacementError::Nodes)?;
        let unanswered = |source| PlacementError::Unanswered { vcenter: vcenter.host().to_owned(), alone: true, notes: Vec::new(), source };
        let hosts = match self.hosts(&uuids, vcenter).await {
            // One of the machines that were found before is gone: all are looked for anew.
            Err(VcenterError::Fault(refusal)) if refusal.fault == "ManagedObjectNotFound" => {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
                self.hosts(&uuids, vcenter).await
            }
            outcome => outcome,
        };
        let hosts = hosts.map_err(unanswered)?;
        let chart = charts.chart(vcenter, KEPT).await.map_err(unanswered)?;
        let known: Vec<_> = hosts.iter().filter_map(|host| chart.berth(host)).map(|berth| &berth.host).collect();
        Ok((!known.is_empty()).then(|| shared_datastores(&known)))
    }

    /// The hosts that the nodes run on. A node without a machine runs nowhere.
    async fn hosts(&self, uuids: &[String], vcenter: &dyn Vcenter) -> Result<Vec<MoRef>, VcenterError> {
        let mut vms = Vec::new();
        for uuid in uuids {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(uuid).cloned();
            let found = match known {
                Some(vm) => Some(vm),
                None => vcenter.vm_by_bios_uuid(uuid).await?,
            };
            if let Some(vm) = found {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(uuid.clone(), vm.clone());
                vms.push(vm);
            }
        }
        vcenter.hosts_of(&vms).await
    }
}
