//! A topology view: the hosts of one vCenter, what they mount, and in which segments they lie.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;
use vsphere_types::MoRef;

use super::segments::{Segments, TagProblem, of_lineage};
use crate::config::Category;
use crate::vcenter::{HostView, VCenter, VCenterError};

/// A host, and where it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HostLocation {
    /// The host.
    pub host: HostView,
    /// Where it lies, or why that is not known.
    pub segments: Result<Segments, TagProblem>,
}

impl HostLocation {
    /// Whether the host lies within a term: each of the term's segments is the host's.
    pub(crate) fn lies_in(&self, term: &Segments) -> bool {
        self.segments.as_ref().is_ok_and(|own| term.iter().all(|(key, value)| own.get(key) == Some(value)))
    }
}

/// The hosts of one vCenter.
#[derive(Clone, Debug)]
pub(crate) struct TopologyView {
    /// When it was drawn.
    pub read_at: Instant,
    /// The hosts, in the order in which vCenter gives them.
    pub locations: Vec<HostLocation>,
}

impl TopologyView {
    /// Reads it: one read of the inventory and one of the tags.
    pub(super) async fn read(vcenter: &dyn VCenter, categories: &[Category], strict: bool) -> Result<Self, VCenterError> {
        let hosts = vcenter.hosts().await?;
        let mut tags = BTreeMap::new();
        if !categories.is_empty() {
            let entities: BTreeSet<MoRef> = hosts.iter().flat_map(|host| host.lineage.iter().cloned()).collect();
            tags = vcenter.tags_on(&entities.into_iter().collect::<Vec<_>>()).await?;
        }
        let location = |host: HostView| HostLocation { segments: of_lineage(categories, &host.name, &host.lineage, &tags, strict), host };
        Ok(Self { read_at: Instant::now(), locations: hosts.into_iter().map(location).collect() })
    }

    /// The usable hosts in a term.
    pub(crate) fn hosts_in(&self, term: &Segments) -> Vec<&HostView> {
        self.locations.iter().filter(|location| location.host.usable && location.lies_in(term)).map(|location| &location.host).collect()
    }

    /// A host.
    pub(crate) fn location(&self, host: &MoRef) -> Option<&HostLocation> {
        self.locations.iter().find(|location| location.host.reference == *host)
    }

    /// The segments from all of whose hosts, or all of those that are `among` these, a datastore can be reached.
    pub(crate) fn segments_of_datastore(&self, datastore: &MoRef, among: Option<&[HostView]>) -> Vec<Segments> {
        let known: BTreeSet<&Segments> = self.locations.iter().filter_map(|location| location.segments.as_ref().ok()).collect();
        let mounted_by_all = |segments: &&&Segments| {
            let counts = |host: &&HostView| among.is_none_or(|some| some.iter().any(|one| one.reference == host.reference));
            let mut hosts = self.hosts_in(segments).into_iter().filter(counts).peekable();
            hosts.peek().is_some() && hosts.all(|host| host.datastores.contains(datastore))
        };
        known.iter().filter(mounted_by_all).filter(|segments| !segments.is_empty()).map(|segments| (*segments).clone()).collect()
    }
}
