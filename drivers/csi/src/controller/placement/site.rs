//! What one vCenter has to offer for a demand, whatever the term: read once for each create.

use std::collections::BTreeSet;

use vsphere_types::MoRef;

use super::Demand;
use crate::vcenter::{Datastore, HostView, VCenter, VCenterError};

/// Where a volume may lie within one vCenter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The datastores that CNS may choose from.
    pub datastores: Vec<Datastore>,
    /// The storage policy's id there.
    pub profile: Option<String>,
}

/// Of how many datastores it is told on which hosts they are missing.
const MOST_GAPS: usize = 3;

/// The offer of one vCenter.
pub(super) struct Site {
    /// The datastores of the configured datacenters.
    datastores: Vec<Datastore>,
    /// The policy's id, when the demand has a policy.
    profile: Option<String>,
    /// The datastores that satisfy the policy; `None` means that all do.
    compatible: Option<BTreeSet<MoRef>>,
    url: Option<String>,
    policy: Option<String>,
    /// Whether there are zones to go by.
    zoned: bool,
    /// What is to be said of configured datacenters that are not there.
    absent: Option<String>,
}

/// A policy that this vCenter does not know.
pub(super) struct UnknownPolicy;

impl Site {
    /// Asks the vCenter.
    pub(super) async fn read(
        vcenter: &dyn VCenter,
        demand: &Demand,
        check_policy: bool,
    ) -> Result<Result<Self, UnknownPolicy>, VCenterError> {
        let (mut profile, mut compatible) = (None, None);
        let datastores = vcenter.datastores().await?;
        if let Some(policy) = demand.policy.as_deref().filter(|_| check_policy) {
            let Some(id) = vcenter.policy_id(policy).await? else { return Ok(Err(UnknownPolicy)) };
            let references: Vec<MoRef> = datastores.iter().map(|datastore| datastore.reference.clone()).collect();
            compatible = Some(vcenter.compatible_datastores(&id, &references).await?.into_iter().collect());
            profile = Some(id);
        }
        let (url, policy) = (demand.datastore_url.clone(), demand.policy.clone());
        let absent = Some(vcenter.absent_datacenters()).filter(|names| !names.is_empty());
        let absent = absent.map(|names| {
            format!(
                "{} has no datacenter {} that the account can see: correct `datacenters` in vsphere.conf",
                vcenter.host(),
                names.join(", ")
            )
        });
        Ok(Ok(Self { datastores, profile, compatible, url, policy, zoned: !demand.terms.is_empty(), absent }))
    }

    /// Whether a datastore has the url that is demanded, or none is.
    pub(super) fn has_url(&self) -> bool {
        // Where a datacenter is missing, that is what to tell.
        self.url.is_none() || self.absent.is_some() || self.datastores.iter().any(|datastore| self.is_named(datastore))
    }

    /// A url ends with a slash, which people leave out.
    fn is_named(&self, datastore: &Datastore) -> bool {
        self.url.as_deref().is_none_or(|url| datastore.url.trim_end_matches('/') == url.trim_end_matches('/'))
    }

    /// The datastores that all of `hosts` mount and that will do; or what they lack. `place` is what the hosts are of.
    pub(super) fn target(&self, place: &str, hosts: Option<&[&HostView]>) -> Result<Target, String> {
        match (&self.absent, self.datastores.is_empty()) {
            (Some(absent), true) => Err(absent.clone()),
            (Some(absent), false) => self.suitable(place, hosts).map_err(|lack| format!("{lack}; {absent}")),
            (None, _) => self.suitable(place, hosts),
        }
    }

    fn suitable(&self, place: &str, hosts: Option<&[&HostView]>) -> Result<Target, String> {
        let mut left: Vec<&Datastore> = self.datastores.iter().collect();
        let names = |datastores: &[&Datastore]| datastores.iter().map(|datastore| datastore.name.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(hosts) = hosts {
            left.retain(|datastore| hosts.iter().all(|host| host.datastores.contains(&datastore.reference)));
            if left.is_empty() {
                let remedy = if self.zoned {
                    "allow other places in allowedTopologies"
                } else {
                    "tell the clusters apart by zones, with [Labels] in the driver's configuration"
                };
                let gaps = self.gaps(hosts);
                return Err(format!("no datastore is mounted by all hosts of {place}{gaps}; mount one on each of them, or {remedy}"));
            }
        }
        let narrow = |left: &mut Vec<&Datastore>, keeps: &dyn Fn(&Datastore) -> bool, lack: &dyn Fn(String) -> String| {
            let before = names(left);
            left.retain(|datastore| keeps(datastore));
            if left.is_empty() { Err(lack(before)) } else { Ok(()) }
        };
        let url = self.url.as_deref().unwrap_or_default();
        narrow(&mut left, &|datastore| self.is_named(datastore), &|before| {
            format!(
                "the datastoreurl {url} is not mounted by all hosts of {place} ({before} is); mount it there, or change the StorageClass"
            )
        })?;
        let policy = self.policy.as_deref().unwrap_or_default();
        let compatible = |datastore: &Datastore| self.compatible.as_ref().is_none_or(|some| some.contains(&datastore.reference));
        narrow(&mut left, &compatible, &|before| {
            format!(
                "storage policy {policy:?} is satisfied by none of the datastores of {place} ({before}); add one that it allows, or change the policy or the StorageClass"
            )
        })?;
        narrow(&mut left, &|datastore| datastore.accessible, &|before| {
            format!("no datastore of {place} is accessible just now ({before}); bring one back, or end its maintenance")
        })?;
        Ok(Target { datastores: left.into_iter().cloned().collect(), profile: self.profile.clone() })
    }

    /// On which hosts each datastore is missing that some of them mount: the one with the fewest gaps first, and no more than three.
    fn gaps(&self, hosts: &[&HostView]) -> String {
        let mut gaps: Vec<(&str, Vec<&str>)> = Vec::new();
        for datastore in &self.datastores {
            let lack = |host: &&&HostView| !host.datastores.contains(&datastore.reference);
            let lacking: Vec<&str> = hosts.iter().filter(lack).map(|host| host.name.as_str()).collect();
            if lacking.len() < hosts.len() {
                gaps.push((datastore.name.as_str(), lacking));
            }
        }
        gaps.sort_by_key(|(_, lacking)| lacking.len());
        let gaps: Vec<String> = gaps
            .iter()
            .take(MOST_GAPS)
            .map(|(datastore, lacking)| format!("{datastore} is missing on {}", lacking.join(" and ")))
            .collect();
        if gaps.is_empty() { String::new() } else { format!(": {}", gaps.join(", ")) }
    }
}
