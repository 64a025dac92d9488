//! Collectors and their filters: whose they are, and what each client has been told.
//!
//! Every session has one collector of its own behind the well-known reference `propertyCollector`; others are made by
//! CreatePropertyCollector. All of this lives as long as its session and is no state that the journal tells of.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use vsphere_types::{MoRef, UpdateSet};

use super::retrieve::Page;
use super::select::{Selection, select};
use super::spec::FilterSpec;
use crate::change::Window;
use crate::look::Look;

/// What a client holds of one filter once it has acknowledged a version.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reported {
    /// The members that it knows.
    pub members: Known,
    /// Missing objects that it was told of.
    pub missing: BTreeSet<MoRef>,
}

/// Members that a client knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    /// All that the filter meant at that revision, as they were then: what it comes to unless an answer was cut short.
    All(Arc<Selection>, u64),
    /// These, each as it was at a revision.
    Some(BTreeMap<MoRef, u64>),
}

impl Default for Known {
    fn default() -> Self {
        Self::Some(BTreeMap::new())
    }
}

impl Known {
    /// The members one by one.
    pub fn each(&self) -> BTreeMap<MoRef, u64> {
        match self {
            Self::All(selection, revision) => selection.members.iter().map(|member| (member.clone(), *revision)).collect(),
            Self::Some(members) => members.clone(),
        }
    }
}

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Its reference.
    pub filter: MoRef,
    /// What it means.
    pub spec: FilterSpec,
    /// What the client has acknowledged of it.
    pub told: Reported,
    /// What it meant when it was last walked, and the revision up to which that is known to hold.
    pub walked: Option<(Arc<Selection>, u64)>,
}

impl Filter {
    /// Whether nothing has happened since the client was told that it has to be told of. Counts as told then, so that the window may
    /// move on; where it cannot be said without a closer look, the answer is no.
    fn is_quiet(&mut self, look: &Look, window: &Window) -> bool {
        let (Some((selection, walked)), Known::All(known, told)) = (&mut self.walked, &mut self.told.members) else { return false };
        let oldest = (*walked).min(*told);
        let quiet = Arc::ptr_eq(selection, known)
            && selection.lasts()
            && !look.is_limited()
            && window.reaches(oldest)
            && window.upheaval() <= oldest
            && !window.after(oldest).any(|change| selection.places.contains_key(&change.object) || selection.rests_on(&self.spec, change));
        if quiet {
            (*walked, *told) = (window.revision(), window.revision());
        }
        quiet
    }

    /// What it means now. It is walked anew only where something has changed that the last walk rests on.
    pub fn selection(&mut self, look: &Look, window: &Window) -> Arc<Selection> {
        let now = window.revision();
        if let Some((selection, revision)) = &mut self.walked {
            let holds = selection.lasts()
                && !look.is_limited()
                && window.reaches(*revision)
                && window.upheaval() <= *revision
                && !window.after(*revision).any(|change| selection.rests_on(&self.spec, change));
            if holds {
                *revision = now;
                return Arc::clone(selection);
            }
        }
        // Paths were checked when the filter was made, so what cannot be walked now has no members.
        let selection = Arc::new(select(look, &self.spec).unwrap_or_default());
        self.walked = Some((Arc::clone(&selection), now));
        selection
    }
}

/// An answer that was given and not acknowledged yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Its version.
    pub version: u64,
    /// The answer, for a client that asks again.
    pub update: UpdateSet,
    /// What the client will have been told of each filter once it acknowledges.
    pub told: BTreeMap<MoRef, Reported>,
}

/// A property collector.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Collector {
    /// In the order of their making.
    pub filters: Vec<Filter>,
    /// The version that the client has acknowledged; 0 is the empty one.
    pub acknowledged: u64,
    /// The last version that was given out.
    pub last: u64,
    /// The answer that waits for its acknowledgement.
    pub pending: Option<Pending>,
    /// Whether a waiting call shall end.
    pub cancelled: bool,
    /// What remains of long answers, by token.
    pub pages: BTreeMap<String, Page>,
    /// The last token that was given out.
    pub last_token: u64,
}

impl Collector {
    /// Whether a call that waits here would still be told to wait.
    pub fn is_quiet(&mut self, look: &Look, window: &Window) -> bool {
        !self.cancelled && self.pending.is_none() && self.filters.iter_mut().all(|filter| filter.is_quiet(look, window))
    }
}

/// All collectors of a vCenter, by session and reference.
#[derive(Clone, Debug, Default)]
pub struct Collectors(BTreeMap<(String, MoRef), Collector>);

impl Collectors {
    /// The collector of this session and reference.
    pub fn get_mut(&mut self, session: &str, collector: &MoRef) -> Option<&mut Collector> {
        self.0.get_mut(&(session.to_owned(), collector.clone()))
    }

    /// Adds a collector.
    pub fn add(&mut self, session: &str, collector: &MoRef) {
        self.0.insert((session.to_owned(), collector.clone()), Collector::default());
    }

    /// Removes a collector; answers whether it was there.
    pub fn remove(&mut self, session: &str, collector: &MoRef) -> bool {
        self.0.remove(&(session.to_owned(), collector.clone())).is_some()
    }

    /// Removes a filter of a session; answers whether it was there.
    pub fn remove_filter(&mut self, session: &str, filter: &MoRef) -> bool {
        let mine = self.0.range_mut(first_of(session)..).take_while(|((owner, _), _)| owner == session);
        mine.fold(false, |found, (_, collector)| {
            let before = collector.filters.len();
            collector.filters.retain(|candidate| candidate.filter != *filter);
            found || collector.filters.len() != before
        })
    }

    /// Whether this reference is a collector or filter of the session.
    pub fn knows(&self, session: &str, object: &MoRef) -> bool {
        let mut mine = self.0.range(first_of(session)..).take_while(|((owner, _), _)| owner == session);
        mine.any(|((_, collector), state)| collector == object || state.filters.iter().any(|filter| filter.filter == *object))
    }

    /// Removes everything of a session that has ended.
    pub fn end_session(&mut self, session: &str) {
        self.0.retain(|(owner, _), _| owner != session);
    }
}

/// Before all collectors of a session.
fn first_of(session: &str) -> (String, MoRef) {
    (session.to_owned(), MoRef::new("", ""))
}
