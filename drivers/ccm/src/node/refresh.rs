//! Every five minutes: the addresses of all initialised Nodes, and yesterday's labels made equal to today's.
//!
//! Calls to vCenter: one property read for each vCenter, however many nodes it has; after a restart one search more for
//! each node, once. Zone labels are left alone: pods and volumes were placed by them, and a machine that moves does not
//! move those.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::core::v1::Node;

use super::facts::NotYet;
use super::initialise::{REGION, ZONE};
use super::{NodeController, shown};
use crate::addresses::AddressError;
use crate::identity::{BiosUuid, Identity};
use crate::kubernetes::{UNINITIALIZED, WriteError, is_tainted};
use crate::pool::{Place, ZoneError};
use crate::vcenter::Machine;

/// Pairs of labels that are kept equal: today's leads.
const PAIRS: [[&str; 2]; 3] = [ZONE, REGION, ["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"]];

/// Why a Node stays as it is.
#[derive(Debug, thiserror::Error)]
enum RefreshError {
    /// Its machine's zone is not known.
    #[error(transparent)]
    Zones(#[from] ZoneError),
    /// Its machine has no address that it may have.
    #[error(transparent)]
    Addresses(#[from] AddressError),
    /// None of them is the one that kubelet asks for.
    #[error(transparent)]
    Preferred(#[from] NotYet),
    /// It could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl NodeController {
    /// Refreshes for as long as the process lives, the first time at once.
    pub(crate) async fn refresh_addresses(self: Arc<Self>) {
        self.cache.synced().await;
        let mut said = BTreeMap::new();
        loop {
            self.refresh(&mut said).await;
            tokio::time::sleep(self.timings.address_refresh).await;
        }
    }

    /// `said` keeps what was logged of each Node, so that it is logged once.
    async fn refresh(&self, said: &mut BTreeMap<String, String>) {
        let mut nodes: Vec<(BiosUuid, Arc<Node>)> = Vec::new();
        for node in self.cache.list().into_iter().filter(|node| !is_tainted(node, UNINITIALIZED)) {
            if let Identity::ProviderId(uuid) = Identity::of(&node) {
                nodes.push((uuid, node));
            }
        }
        let uuids: Vec<BiosUuid> = nodes.iter().map(|(uuid, _)| uuid.clone()).collect();
        let machines = self.pool.machines_of(&uuids).await;
        for (uuid, node) in nodes {
            let name = node.metadata.name.clone().unwrap_or_default();
            let outcome = match machines.get(&uuid) {
                Some((place, machine)) => self.refresh_node(&node, place, machine).await,
                None => Ok(()),
            };
            match outcome.map_err(|error| error.to_string()) {
                Ok(()) => drop(said.remove(&name)),
                Err(why) if said.get(&name) == Some(&why) => {}
                Err(why) => {
                    self.host.log(&format!("node {name}: its addresses stay as they are: {why}"));
                    said.insert(name, why);
                }
            }
        }
    }

    async fn refresh_node(&self, node: &Node, place: &Place, machine: &Machine) -> Result<(), RefreshError> {
        self.refresh_labels(node, place, machine).await?;
        // A machine whose tools say nothing is being started, or is off: what was known of it stays.
        if machine.host_name.is_empty() || machine.cards.is_empty() {
            return match self.behaviours.keep_known_addresses {
                true => Ok(()),
                false => Ok(self.writer.addresses(node, &[]).await?),
            };
        }
        let found = self.found_addresses(place, machine)?;
        let wanted = self.preferred(node, found)?;
        if shown(node) == wanted.as_slice() && self.behaviours.write_only_changes {
            return Ok(());
        }
        Ok(self.writer.addresses(node, &wanted).await?)
    }

    async fn refresh_labels(&self, node: &Node, place: &Place, machine: &Machine) -> Result<(), RefreshError> {
        let mut wanted: BTreeMap<&str, String> = BTreeMap::new();
        let shown = |key: &str| node.metadata.labels.as_ref().and_then(|labels| labels.get(key)).cloned();
        for [today, yesterday] in PAIRS {
            if let Some(value) = shown(today) {
                wanted.insert(yesterday, value);
            }
        }
        if !self.behaviours.keep_zone_labels
            && let Some(zones) = self.pool.zones(place, machine).await?
        {
            wanted.extend(ZONE.map(|key| (key, zones.zone.clone())));
            wanted.extend(REGION.map(|key| (key, zones.region.clone())));
        }
        wanted.retain(|key, value| shown(key).as_ref() != Some(value));
        if wanted.is_empty() {
            return Ok(());
        }
        let change = |node: &mut Node| {
            let labels = node.metadata.labels.get_or_insert_default();
            labels.extend(wanted.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
            true
        };
        Ok(self.writer.change(node, change).await?)
    }
}
