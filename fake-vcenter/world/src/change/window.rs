//! The bounded window of recent changes: who reads updates looks here for what changed since a revision.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use vsphere_types::MoRef;

/// One managed object's change in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectChange {
    /// Number of the transaction.
    pub revision: u64,
    /// When.
    pub at: Timestamp,
    /// What brought it about.
    pub cause: String,
    /// The object.
    pub object: MoRef,
    /// Dotted paths of the properties that changed, as deep as the change goes.
    pub paths: BTreeSet<String>,
}

/// The last transactions' changes, in order.
#[derive(Clone, Debug)]
pub struct Window {
    revision: u64,
    /// Changes up to this revision are no longer here.
    forgotten: u64,
    /// The last revision at which what somebody may see has changed.
    upheaval: u64,
    limit: usize,
    changes: VecDeque<ObjectChange>,
}

impl Window {
    /// An empty window that keeps `limit` object changes.
    pub fn new(limit: usize) -> Self {
        Self { revision: 0, forgotten: 0, upheaval: 0, limit: limit.max(1), changes: VecDeque::new() }
    }

    /// The number of the last transaction.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Begins the next transaction's changes; answers its number.
    pub fn next_revision(&mut self) -> u64 {
        self.revision += 1;
        self.revision
    }

    /// Notes that the running transaction changes what somebody may see.
    pub fn note_upheaval(&mut self) {
        self.upheaval = self.revision;
    }

    /// The last revision at which what somebody may see has changed.
    pub fn upheaval(&self) -> u64 {
        self.upheaval
    }

    /// Adds a change of the running transaction.
    pub fn push(&mut self, change: ObjectChange) {
        self.changes.push_back(change);
        while self.changes.len() > self.limit {
            if let Some(old) = self.changes.pop_front() {
                self.forgotten = old.revision;
            }
        }
    }

    /// Whether all changes after `revision` are still here.
    pub fn reaches(&self, revision: u64) -> bool {
        revision >= self.forgotten
    }

    /// The changes after `revision`, latest first.
    pub fn after(&self, revision: u64) -> impl Iterator<Item = &ObjectChange> {
        self.changes.iter().rev().take_while(move |change| change.revision > revision)
    }

    /// The changes after `revision`, by object, latest first.
    pub fn since(&self, revision: u64) -> BTreeMap<&MoRef, Vec<&ObjectChange>> {
        let mut changes: BTreeMap<&MoRef, Vec<&ObjectChange>> = BTreeMap::new();
        for change in self.after(revision) {
            changes.entry(&change.object).or_default().push(change);
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(revision: u64, id: &str, path: &str) -> ObjectChange {
        let paths = BTreeSet::from([path.to_owned()]);
        ObjectChange { revision, at: Timestamp::UNIX_EPOCH, cause: String::new(), object: MoRef::new("Task", id), paths }
    }

    #[test]
    fn a_reader_sees_what_came_after_its_revision() {
        let mut window = Window::new(10);
        for path in ["a", "b", "c"] {
            let revision = window.next_revision();
            window.push(change(revision, "task-1", path));
        }
        let changes = window.since(1);
        assert_eq!(changes[&MoRef::new("Task", "task-1")].iter().map(|change| change.revision).collect::<Vec<_>>(), [3, 2]);
    }

    #[test]
    fn a_reader_behind_the_window_is_told_so() {
        let mut window = Window::new(2);
        for _ in 0..3 {
            let revision = window.next_revision();
            window.push(change(revision, "task-1", "info"));
        }
        assert!(!window.reaches(0));
        assert!(window.reaches(1));
    }
}
