//! The vCenter itself: a plain value that calls and time change.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use seatrial_journal::Change;
use seatrial_seed::{Generator, Seed};
use vsphere_types::{Fault, Method, MoRef, Object, Value};

use crate::change::{Commit, Window, commit};
use crate::config::WorldConfig;
use crate::inventory;
use crate::managed::{Facts, Look};
use crate::operations;
use crate::property::Collectors;
use crate::schedule::{Schedule, Step};
use crate::state::{State, Work};
use crate::tasks::TaskFault;

/// Who calls, and how.
#[derive(Clone, Debug, Default)]
pub struct CallContext {
    /// The key of the session, from cookie or header.
    pub session: Option<String>,
    /// The header `operationID`, a client's own name for the call.
    pub operation_id: Option<String>,
    /// The client's User-Agent.
    pub user_agent: Option<String>,
    /// Whether this call was answered [`Reply::WaitForChange`] before and asks again.
    pub resumed: bool,
}

/// What a call comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// It is done; this is what it returns.
    Done(Option<Value>),
    /// It opened a session, whose key goes into the cookie.
    LoggedIn {
        /// The key.
        session: String,
        /// What the call returns.
        value: Value,
    },
    /// There is nothing to tell yet: wait for the next [`World::version`] and call again, or answer with nothing when
    /// this many seconds are over.
    WaitForChange {
        /// How long the client is willing to wait; for ever when not said.
        seconds: Option<u64>,
    },
}

/// State and what is needed to look at it.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The tables.
    pub state: State,
    /// What does not change, and the time.
    pub facts: Facts,
}

impl Parts {
    /// A look by nobody in particular.
    pub fn look(&self) -> Look<'_> {
        self.look_as(None)
    }

    /// A look by the owner of a session.
    pub fn look_as<'a>(&'a self, viewer: Option<&'a str>) -> Look<'a> {
        Look { state: &self.state, facts: &self.facts, viewer }
    }
}

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
    pub(crate) orphaned: BTreeMap<MoRef, Arc<Work>>,
    /// Tasks that are planned to fail.
    pub(crate) task_faults: Vec<TaskFault>,
    /// On whose behalf the running call or task acts, by the name that sessions show; nobody's when empty.
    pub(crate) acting: String,
    /// Ids of categories and tags.
    pub(crate) tag_ids: Generator,
    pub(crate) rest_session_keys: Generator,
    /// When each REST session last called.
    pub(crate) rest_activity: BTreeMap<String, Timestamp>,
    version: u64,
    changes: Vec<Change>,
}

impl World {
    /// A vCenter as it is described, with identities grown from the seed. Its calendar begins where the run's does.
    pub fn new(config: WorldConfig, seed: Seed) -> Self {
        let instance_uuid = config.instance_uuid.clone().unwrap_or_else(|| seed.child("instance").generator().uuid().to_string());
        let facts = Facts { release: config.release, instance_uuid, now: seatrial_journal::epoch() };
        let window = Window::new(config.change_window);
        let (volume_ids, session_keys) = (seed.child("volumes").generator(), seed.child("sessions").generator());
        let snapshot_ids = seed.child("snapshots").generator();
        let session_objects = seed.child("session objects").generator();
        let (tag_ids, rest_session_keys) = (seed.child("tags").generator(), seed.child("rest sessions").generator());
        let mut world = Self {
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
            acting: String::new(),
            tag_ids,
            rest_session_keys,
            rest_activity: BTreeMap::new(),
            version: 0,
            changes: Vec::new(),
        };
        inventory::build(&mut world);
        world.commit("inventory");
        world
    }

    /// Carries out a call.
    ///
    /// # Errors
    /// The fault that the method answers; nothing has changed then.
    pub fn call(
        &mut self,
        now: Timestamp,
        context: &CallContext,
        this: &MoRef,
        method: Method,
        arguments: &Object,
    ) -> Result<Reply, Fault> {
        self.advance(now);
        self.parts.facts.now = self.parts.facts.now.max(now);
        let outcome = operations::dispatch(self, context, this, method, arguments);
        self.acting.clear();
        match &outcome {
            Ok(_) => {
                let cause = match &context.operation_id {
                    Some(id) => format!("{id}/{method}"),
                    None => method.to_string(),
                };
                self.commit(&cause);
            }
            Err(_) => self.roll_back(),
        }
        outcome
    }

    /// When time next changes something.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.schedule.next_due()
    }

    /// Lets time pass: everything due until `now` is done, each at its own instant and in order.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some((due, step)) = self.schedule.take_due(now) {
            self.parts.facts.now = self.parts.facts.now.max(due);
            let cause = step.cause();
            self.run(&step);
            self.commit(&cause);
        }
    }

    fn run(&mut self, step: &Step) {
        match step {
            Step::StartTask(task) => crate::tasks::start(self, task),
            Step::FinishTask(task) => crate::tasks::finish(self, task),
            Step::HalfTask(task) => crate::tasks::half(self, task),
            Step::NoticeFailure(host, failed) => crate::hosts::notice(self, host, *failed),
            Step::RestartVm(vm) => crate::hosts::restart(self, vm),
            Step::EndSession(key) => operations::sessions::end(self, key),
            Step::PurgeTask(task) => crate::tasks::purge(self, task),
            Step::ExpireSession(key) => operations::sessions::expire(self, key),
            Step::ExpireRestSession(key) => crate::vapi::session::expire(self, key),
        }
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

    /// Whether a call that waits would wait on if it asked again now: cheaper than asking. No means that it has to ask.
    pub fn waits_on(&mut self, context: &CallContext, this: &MoRef) -> bool {
        let Some(key) = context.session.as_deref().filter(|key| self.parts.state.sessions.contains(*key)) else { return false };
        let look = self.parts.look_as(Some(key));
        self.collectors.get_mut(key, this).is_some_and(|collector| collector.is_quiet(&look, &self.window))
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

    /// The next managed object id: one counter for all types, as vCenter has it.
    pub(crate) fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    /// Lets something happen that no client asked for.
    pub(crate) fn happen(&mut self, now: Timestamp, cause: &str, what: impl FnOnce(&mut Self) -> Result<(), Fault>) -> Result<(), Fault> {
        self.advance(now);
        self.parts.facts.now = self.parts.facts.now.max(now);
        let outcome = what(self);
        if outcome.is_ok() {
            self.commit(cause);
        } else {
            self.roll_back();
        }
        outcome
    }

    /// Ends the running transaction.
    pub(crate) fn commit(&mut self, cause: &str) {
        self.parts.state.forget_tags_of_what_went();
        let commit_as = Commit { store: &self.config.name, at: self.parts.facts.now, cause };
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
