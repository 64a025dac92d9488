//! The search for a place, one candidate after the other.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::site::{Site, UnknownPolicy};
use super::{Crowd, Demand, PlacementError, Target};
use crate::behaviours::Behaviours;
use crate::pool::{Member, VCenterPool};
use crate::topology::{KEPT, RECENT, Segments, TopologyView, TopologyViews, show};
use crate::vcenter::{HostView, VCenter, VCenterError};

/// A place where the volume may lie.
pub(crate) struct Candidate {
    /// The vCenter.
    pub vcenter: Member,
    /// The place within it.
    pub target: Target,
}

/// A search.
pub(crate) struct Search<'a> {
    pool: &'a VCenterPool,
    views: &'a TopologyViews,
    behaviours: Behaviours,
    demand: &'a Demand,
    /// The nodes.
    crowd: Option<Crowd<'a>>,
    /// The nodes' hosts, where there is no topology to go by.
    common: Option<Vec<HostView>>,
    sites: BTreeMap<String, Option<Arc<Site>>>,
    /// The terms that are left.
    left: VecDeque<Segments>,
    /// The vCenters that are left for the term before those.
    pending: VecDeque<(Member, Segments)>,
    /// Places that were found beside the one before.
    found: VecDeque<Candidate>,
    notes: Vec<String>,
    unanswered: Option<(String, VCenterError)>,
    unknown_policy: Vec<String>,
    has_url: bool,
}

impl<'a> Search<'a> {
    /// A search for what is demanded. `crowd`: the nodes; `common`: the hosts of all of them, where there is no topology to go by.
    pub(crate) fn new(
        pool: &'a VCenterPool,
        views: &'a TopologyViews,
        behaviours: Behaviours,
        demand: &'a Demand,
        crowd: Option<Crowd<'a>>,
        common: Option<Vec<HostView>>,
    ) -> Self {
        let heeded = behaviours.respect_topology && !demand.terms.is_empty();
        // One empty term, which every host lies in, where there are none.
        let left = if heeded { demand.terms.iter().cloned().collect() } else { VecDeque::from([Segments::new()]) };
        Self {
            pool,
            views,
            behaviours,
            demand,
            crowd,
            common,
            sites: BTreeMap::new(),
            left,
            pending: VecDeque::new(),
            found: VecDeque::new(),
            notes: Vec::new(),
            unanswered: None,
            unknown_policy: Vec::new(),
            has_url: false,
        }
    }

    /// The next place, when there is one.
    pub(crate) async fn next(&mut self) -> Option<Candidate> {
        loop {
            if let Some(candidate) = self.found.pop_front() {
                return Some(candidate);
            }
            let Some((vcenter, term)) = self.pending.pop_front() else {
                let term = self.left.pop_front()?;
                self.pending = self.order(&term).await.into_iter().map(|vcenter| (vcenter, term.clone())).collect();
                continue;
            };
            match self.look(&vcenter, &term).await {
                Ok(targets) => self.found.extend(targets.into_iter().map(|target| Candidate { vcenter: Arc::clone(&vcenter), target })),
                Err(error) => drop(self.unanswered.get_or_insert((vcenter.host().to_owned(), error))),
            }
        }
    }

    /// The place within one vCenter, for a create that must go there.
    pub(crate) async fn at(mut self, vcenter: &Member) -> Result<Target, PlacementError> {
        while let Some(term) = self.left.pop_front() {
            match self.look(vcenter, &term).await.map(|targets| targets.into_iter().next()) {
                Ok(Some(target)) => return Ok(target),
                Ok(None) => {}
                Err(error) => drop(self.unanswered.get_or_insert((vcenter.host().to_owned(), error))),
            }
        }
        Err(self.error())
    }

    /// The vCenters whose views show the term come first, so that one that is down is not waited for without need.
    async fn order(&self, term: &Segments) -> Vec<Member> {
        let (mut showing, mut others) = (Vec::new(), Vec::new());
        for member in self.pool.members() {
            let shows = self.views.kept(&**member).await.is_some_and(|view| !view.hosts_in(term).is_empty());
            if shows { showing.push(Arc::clone(member)) } else { others.push(Arc::clone(member)) }
        }
        showing.append(&mut others);
        showing
    }

    /// Looks for a term's places in one vCenter, best first.
    async fn look(&mut self, vcenter: &Member, term: &Segments) -> Result<Vec<Target>, VCenterError> {
        if term.is_empty() {
            return self.look_everywhere(vcenter).await;
        }
        let view = self.view(&**vcenter, term).await?;
        let hosts = view.hosts_in(term);
        if hosts.is_empty() {
            self.notes.push(format!(
                "no host in {} lies in {}; attach the tags to a cluster there, or correct allowedTopologies",
                vcenter.host(),
                show(term)
            ));
            return Ok(Vec::new());
        }
        if let Some(other) = self.also_shown_by(vcenter, term).await {
            self.notes.push(format!("{} lies in both {} and {other}; give each vCenter zones of its own", show(term), vcenter.host()));
            return Ok(Vec::new());
        }
        let Some(site) = self.site(vcenter).await? else { return Ok(Vec::new()) };
        let names = hosts.iter().map(|host| host.name.as_str()).collect::<Vec<_>>().join(", ");
        let place = format!("{} ({names})", show(term));
        let mut found = site.target(&place, Some(&hosts));
        if found.is_err()
            && let Some(target) = self.where_nodes_are(vcenter, &site, &place, &hosts).await
        {
            found = Ok(target);
        }
        Ok(self.note(found).into_iter().collect())
    }

    /// Without zones: where all nodes reach the volume. Of those datastores the ones that every host mounts come first, since a
    /// node that joins later may be on any of them.
    async fn look_everywhere(&mut self, vcenter: &Member) -> Result<Vec<Target>, VCenterError> {
        let Some(site) = self.site(vcenter).await? else { return Ok(Vec::new()) };
        let Some(hosts) = self.common.clone() else {
            return Ok(self.note(site.target(vcenter.host(), None)).into_iter().collect());
        };
        let hosts: Vec<&HostView> = hosts.iter().collect();
        let Some(today) = self.note(site.target("the nodes", Some(&hosts))) else { return Ok(Vec::new()) };
        if !self.behaviours.prefer_what_every_host_mounts {
            return Ok(vec![today]);
        }
        let view = self.views.view(&**vcenter, KEPT).await?;
        let all = view.hosts_in(&Segments::new());
        let mut lasting = today.clone();
        lasting.datastores.retain(|datastore| all.iter().all(|host| host.datastores.contains(&datastore.reference)));
        let none = lasting.datastores.is_empty() || lasting == today;
        Ok(if none { vec![today] } else { vec![lasting, today] })
    }

    /// A term not all of whose hosts will do: the place that those of them need that nodes are on.
    async fn where_nodes_are(&mut self, vcenter: &Member, site: &Site, place: &str, hosts: &[&HostView]) -> Option<Target> {
        let crowd = self.crowd.filter(|_| self.behaviours.zones_need_what_their_nodes_need)?;
        let bearing = match crowd.hosts(&**vcenter).await {
            Ok(bearing) => bearing,
            Err(error) => {
                self.notes.push(error.to_string());
                return None;
            }
        };
        let within: Vec<&HostView> = bearing.iter().filter(|host| hosts.iter().any(|one| one.reference == host.reference)).collect();
        if within.is_empty() { None } else { site.target(place, Some(&within)).ok() }
    }

    fn note(&mut self, found: Result<Target, String>) -> Option<Target> {
        found.map_err(|lack| self.notes.push(lack)).ok()
    }

    /// The view, read anew when the one that was kept does not show the term.
    async fn view(&self, vcenter: &dyn VCenter, term: &Segments) -> Result<Arc<TopologyView>, VCenterError> {
        let view = self.views.view(vcenter, KEPT).await?;
        if !view.hosts_in(term).is_empty() {
            return Ok(view);
        }
        self.views.view(vcenter, RECENT).await
    }

    /// Another vCenter that is known to have hosts in the term.
    async fn also_shown_by(&self, vcenter: &Member, term: &Segments) -> Option<String> {
        for member in self.pool.members().iter().filter(|member| member.host() != vcenter.host()) {
            let view = self.views.kept(&**member).await;
            if view.is_some_and(|view| view.locations.iter().any(|location| location.lies_in(term))) {
                return Some(member.host().to_owned());
            }
        }
        None
    }

    /// What the vCenter has to offer; `None` when it does not know the policy.
    async fn site(&mut self, vcenter: &Member) -> Result<Option<Arc<Site>>, VCenterError> {
        if let Some(known) = self.sites.get(vcenter.host()) {
            return Ok(known.clone());
        }
        let site = match Site::read(&**vcenter, self.demand, self.behaviours.check_policy).await? {
            Ok(site) => Some(Arc::new(site)),
            Err(UnknownPolicy) => {
                self.unknown_policy.push(vcenter.host().to_owned());
                let policy = self.demand.policy.as_deref().unwrap_or_default();
                self.notes.push(format!("storage policy {policy:?} is not known to {}", vcenter.host()));
                None
            }
        };
        self.has_url |= site.as_ref().is_some_and(|site| site.has_url());
        self.sites.insert(vcenter.host().to_owned(), site.clone());
        Ok(site)
    }

    /// Why there was no place.
    pub(crate) fn error(self) -> PlacementError {
        let answered = !self.sites.is_empty();
        if let Some((vcenter, source)) = self.unanswered {
            let alone = self.pool.only().is_some();
            return PlacementError::Unanswered { vcenter, alone, notes: self.notes, source };
        }
        if let (Some(policy), false) = (&self.demand.policy, self.unknown_policy.is_empty()) {
            let known_somewhere = self.sites.values().any(Option::is_some);
            let vcenters = self.unknown_policy.join(", ");
            if !known_somewhere {
                return PlacementError::NoSuchPolicy { policy: policy.clone(), vcenters };
            }
        }
        match &self.demand.datastore_url {
            Some(url) if answered && !self.has_url => PlacementError::NoSuchUrl(url.clone()),
            _ => PlacementError::Nowhere(self.notes),
        }
    }
}
