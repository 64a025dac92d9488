//! The vCenter itself: a plain value, and the transactions in which it changes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use seatrial_journal::Change;
use seatrial_seed::{Generator, Seed};
use vsphere_types::{Method, MoRef};

use crate::change::{Commit, Window, commit};
use crate::config::WorldConfig;
use crate::look::{Facts, Parts};
use crate::property::Collectors;
use crate::schedule::Schedule;
use crate::state::{Refusals, State, TaskFault, Work};

/// A vCenter.
#[derive(Debug)]
pub struct World {
    pub(crate) config: WorldConfig,
    pub(crate) seed: Seed,
    pub(crate) parts: Parts,
    pub(crate) window: Window,
    pub(crate) collectors: Collectors,
    pub(crate) schedule: Schedule,
    /// When each session last called.
    pub(crate) activity: BTreeMap<String, Timestamp>,
    /// How many calls of each session wait for something to tell.
    pub(crate) waiting: BTreeMap<String, usize>,
    /// Until when each VM is taken by an operation that others wait for.
    pub(crate) busy: BTreeMap<MoRef, Timestamp>,
    /// The last number of a managed object id.
    pub(crate) last_number: u64,
    pub(crate) volume_ids: Generator,
    pub(crate) snapshot_ids: Generator,
    pub(crate) session_keys: Generator,
    /// Ids of collectors, filters and views.
    pub(crate) session_objects: Generator,
    /// Work that hosts go on with although a restart has lost its task.
    pub(crate) orphaned: BTreeMap<MoRef, Orphan>,
    /// Tasks that are planned to fail.
    pub(crate) task_faults: Vec<TaskFault>,
    /// Methods whose next task takes so much longer.
    pub(crate) task_delays: Vec<(Method, Duration)>,
    /// On whose behalf the running call or task acts, by the name that sessions show; nobody's when empty.
    pub(crate) acting: String,
    /// Ids of categories and tags.
    pub(crate) tag_ids: Generator,
    pub(crate) rest_session_keys: Generator,
    /// When each REST session last called.
    pub(crate) rest_activity: BTreeMap<String, Timestamp>,
    /// Who was refused, and how often.
    pub(crate) refusals: Refusals,
    version: u64,
    changes: Vec<Change>,
    /// Whether somebody wants to know of changes.
    heard: bool,
}

/// Work without a task, and in whose name it is done.
#[derive(Clone, Debug)]
pub(crate) struct Orphan {
    pub(crate) work: Arc<Work>,
    pub(crate) user: String,
}

impl World {
    /// A vCenter of that description without anything in it, with identities grown from the seed.
    pub(crate) fn empty(config: WorldConfig, seed: Seed) -> Self {
        let instance_uuid = config.instance_uuid.clone().unwrap_or_else(|| seed.child("instance").generator().uuid().to_string());
        let facts = Facts { release: config.release, instance_uuid, now: config.begins };
        let window = Window::new(config.change_window);
        let (volume_ids, session_keys) = (seed.child("volumes").generator(), seed.child("sessions").generator());
        let snapshot_ids = seed.child("snapshots").generator();
        let session_objects = seed.child("session objects").generator();
        let (tag_ids, rest_session_keys) = (seed.child("tags").generator(), seed.child("rest sessions").generator());
        Self {
            config,
            seed,
            parts: Parts { state: State::default(), facts },
            window,
            collectors: Collectors::default(),
            schedule: Schedule::default(),
            activity: BTreeMap::new(),
            waiting: BTreeMap::new(),
            busy: BTreeMap::new(),
            last_number: 0,
            volume_ids,
            snapshot_ids,
            session_keys,
            session_objects,
            orphaned: BTreeMap::new(),
            task_faults: Vec::new(),
            task_delays: Vec::new(),
            acting: String::new(),
            tag_ids,
            rest_session_keys,
            rest_activity: BTreeMap::new(),
            refusals: Refusals::default(),
            version: 0,
            changes: Vec::new(),
            heard: true,
        }
    }

    /// Whether somebody wants to know of changes from now on: where nobody does, none are worked out. True at first.
    pub fn set_heard(&mut self, heard: bool) {
        self.heard = heard;
    }

    /// The changes since they were last taken, for the journal; those of the first inventory are the first.
    pub fn take_changes(&mut self) -> Vec<Change> {
        std::mem::take(&mut self.changes)
    }

    /// A number that grows whenever a waiting call should ask again.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Notes that a call of this session begins to wait; while one does, the session is not idle (unverified).
    pub fn begin_wait(&mut self, session: &str) {
        *self.waiting.entry(session.to_owned()).or_default() += 1;
    }

    /// Notes that a call of this session waits no more, answered or given up.
    pub fn end_wait(&mut self, now: Timestamp, session: &str) {
        if let Some(count) = self.waiting.get_mut(session) {
            *count -= 1;
            if *count == 0 {
                self.waiting.remove(session);
            }
        }
        if let Some(last) = self.activity.get_mut(session) {
            *last = now.max(*last);
        }
    }

    /// The number of the last transaction that changed something.
    pub fn revision(&self) -> u64 {
        self.window.revision()
    }

    /// What this vCenter says of itself and what it was built from.
    pub fn config(&self) -> &WorldConfig {
        &self.config
    }

    /// Wakes waiting calls.
    pub(crate) fn wake(&mut self) {
        self.version += 1;
    }

    /// The instant of the running call or step.
    pub(crate) fn now(&self) -> Timestamp {
        self.parts.facts.now
    }

    /// The running call or step happens at this instant; time never runs back.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        self.parts.facts.now = self.parts.facts.now.max(now);
    }

    /// The next managed object id: one counter for all types, as vCenter has it.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Ends the running transaction.
    pub(crate) fn commit(&mut self, cause: &str) {
        self.parts.state.forget_tags_of_what_went();
        let commit_as = Commit { store: &self.config.name, at: self.parts.facts.now, cause, heard: self.heard };
        let before = self.window.revision();
        let changes = commit(&commit_as, &mut self.parts, &mut self.window);
        if self.window.revision() != before {
            self.version += 1;
        }
        self.changes.extend(changes);
    }

    /// Undoes the running transaction.
    pub(crate) fn roll_back(&mut self) {
        self.parts.state.swap();
        self.parts.state.settle();
    }
}
