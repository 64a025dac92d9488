//! Collectors and their filters: whose they are, and what each client has been told.
//!
//! Every session has one collector of its own behind the well-known reference `propertyCollector`; others are made by
//! CreatePropertyCollector. All of this lives as long as its session and is no state that the journal tells of.

use std::collections::{BTreeMap, BTreeSet};

use fake_vcenter_types::{MoRef, UpdateSet};

use super::retrieve::Page;
use super::spec::FilterSpec;

/// What a client holds of one filter once it has acknowledged a version.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// The members that it knows, and the revision at which it was told of each.
    pub members: BTreeMap<MoRef, u64>,
    /// Missing objects that it was told of.
    pub missing: BTreeSet<MoRef>,
}

/// A filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    /// Its reference.
    pub filter: MoRef,
    /// What it means.
    pub spec: FilterSpec,
    /// What the client has acknowledged of it.
    pub told: Told,
}

/// An answer that was given and not acknowledged yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// Its version.
    pub version: u64,
    /// The answer, for a client that asks again.
    pub update: UpdateSet,
    /// What the client will have been told of each filter once it acknowledges.
    pub told: BTreeMap<MoRef, Told>,
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
        let mine = self.0.iter_mut().filter(|((owner, _), _)| owner == session);
        mine.fold(false, |found, (_, collector)| {
            let before = collector.filters.len();
            collector.filters.retain(|candidate| candidate.filter != *filter);
            found || collector.filters.len() != before
        })
    }

    /// Whether this reference is a collector or filter of the session.
    pub fn knows(&self, session: &str, object: &MoRef) -> bool {
        let mut mine = self.0.iter().filter(|((owner, _), _)| owner == session);
        mine.any(|((_, collector), state)| collector == object || state.filters.iter().any(|filter| filter.filter == *object))
    }

    /// Removes everything of a session that has ended.
    pub fn end_session(&mut self, session: &str) {
        self.0.retain(|(owner, _), _| owner != session);
    }
}
