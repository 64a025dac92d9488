//! When the world has settled: nothing on its way, nothing to come, and no write but heartbeats for some minutes.
//!
//! How long it must be quiet depends on what is still to come. An attachment that no pod wants any more is let go by force six
//! minutes later; what was asked for and not given is tried again after five minutes at most, and so is the deletion of a volume that
//! did not go. An ask that stays open for ever does not keep the world from settling: then its tries are all that was seen for
//! [`PATIENT`].

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seatrial_journal::{AT_REST, Call, CallId, Change, ChangeKind, Elapsed, Entry, Event, Sink};
use seatrial_oracle::{Asks, Heartbeats, Routine};

/// How long nothing but heartbeats may be seen, when nothing is known to come.
pub const QUIET: Duration = Duration::from_secs(180);

/// The same while an attachment is to be let go: the attach/detach controller waits six minutes for a node that says nothing,
/// and looks again each minute.
pub const FORCED_DETACH: Duration = Duration::from_secs(450);

/// The same while a volume is to be deleted: external-provisioner tries again after five minutes at most.
const DELETED_AGAIN: Duration = Duration::from_secs(330);

/// What is to be deleted and is still there after so long does not keep the world from settling: it may have to wait for somebody.
const NOT_DELETED: Duration = Duration::from_secs(1800);

/// How long nothing but heartbeats and tries of open asks may be seen: two of the slowest tries (provisioner, attacher and
/// resizer: five minutes) have failed meanwhile.
pub const PATIENT: Duration = Duration::from_secs(660);

/// How long the world may take to settle before a step gives up.
pub const PATIENCE: Duration = Duration::from_secs(3600);

/// What is told of a world that does not settle is what was seen in its last minutes.
const RECENT: Duration = Duration::from_secs(600);

/// More kinds of activity than this are not told.
const TOLD: usize = 6;

/// So many characters are told of what a failed call was answered.
const FAILURE: usize = 160;

#[derive(Default)]
struct State {
    heartbeats: Heartbeats,
    asks: Asks,
    /// When something that is no heartbeat was last seen.
    last: Elapsed,
    /// The same without tries of open asks.
    last_but_tries: Elapsed,
    /// What was seen in the last minutes, but tries, and when.
    recent: VecDeque<(Elapsed, u64, String)>,
    running_tasks: BTreeSet<String>,
    /// Calls that a fault struck and that are not over.
    struck: BTreeSet<CallId>,
    at_rest: bool,
    writes_at_rest: u64,
}

/// What was seen several times in the last minutes.
#[derive(Clone, Debug)]
pub struct Repeated {
    /// What, in words.
    pub what: String,
    /// How often.
    pub times: usize,
    /// When last.
    pub last: Elapsed,
    /// The entry that says so.
    pub entry: u64,
}

/// Watches the journal for activity; clones share what they saw.
#[derive(Clone, Default)]
pub struct Activity(Arc<Mutex<State>>);

impl Activity {
    /// In a world in which this is routine.
    pub fn with_routine(routine: &Routine) -> Self {
        let state = State { heartbeats: Heartbeats::with_routine(routine), ..State::default() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// When it will have been quiet long enough, for someone who began to wait at `began`; `quiet` is how long that is when nothing
    /// is known to come.
    pub fn quiet_at(&self, began: Duration, quiet: Duration) -> Duration {
        let state = self.lock();
        let since = |seen: Elapsed, quiet: Duration| seen.duration().max(began) + quiet;
        if !state.asks.tried().is_empty() {
            return since(state.last_but_tries, PATIENT);
        }
        let is_to_be_deleted = state.asks.to_be_deleted().any(|since| state.last.duration() < since.duration() + NOT_DELETED);
        let quiet = match state.asks.to_be_let_go().is_empty() {
            true if is_to_be_deleted => quiet.max(DELETED_AGAIN),
            true => quiet,
            false => FORCED_DETACH,
        };
        since(state.last, quiet)
    }

    /// What was seen in the last minutes, the most frequent first.
    pub fn recent(&self) -> Vec<Repeated> {
        self.lock().recent()
    }

    /// What keeps the world from settling, in words.
    pub fn unrest(&self) -> String {
        self.lock().unrest()
    }

    /// How many calls that are neither heartbeats nor tries of open asks were sent while the world was left alone.
    pub fn writes_at_rest(&self) -> u64 {
        self.lock().writes_at_rest
    }

    /// How many vCenter tasks are queued or running.
    pub fn running_tasks(&self) -> usize {
        self.lock().running_tasks.len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics while the activity is locked")
    }
}

impl Sink for Activity {
    fn take(&mut self, entry: &Entry, _line: &str) {
        let mut state = self.lock();
        state.note_task(&entry.event);
        if let Event::Step { what, outcome, .. } = &entry.event {
            state.at_rest = what == AT_REST && outcome == "began";
        }
        // What a fault has held back ends only now: tries were in vain because of it, and the next may not be.
        let ends_a_fault = state.note_struck(&entry.event);
        let tried = state.asks.on(entry).is_some() && !ends_a_fault;
        if state.heartbeats.is_heartbeat(entry) {
            return;
        }
        state.last = entry.at;
        if !tried && !is_of_a_call(&entry.event) {
            state.last_but_tries = entry.at;
            if state.at_rest && matches!(entry.event, Event::Sent(_)) {
                state.writes_at_rest += 1;
            }
            if let Some(what) = headline(&entry.event) {
                state.recent.push_back((entry.at, entry.seq, what));
            }
        }
        while state.recent.front().is_some_and(|(at, ..)| at.duration() + RECENT < entry.at.duration()) {
            state.recent.pop_front();
        }
    }
}

/// Whether a change is a vCenter's record of a call, which is seen itself, or the end of such a record.
fn is_of_a_call(event: &Event) -> bool {
    matches!(event, Event::Change(change) if change.object.starts_with("Task/") || change.object.starts_with("Session/"))
}

impl State {
    /// Whether a call is over that a fault has struck.
    fn note_struck(&mut self, event: &Event) -> bool {
        match event {
            Event::Fault { call: Some(call), .. } => {
                self.struck.insert(*call);
                false
            }
            Event::Answered { call, .. } | Event::CallerGone { call } => self.struck.remove(call),
            _ => false,
        }
    }

    fn note_task(&mut self, event: &Event) {
        let Event::Change(change) = event else { return };
        if !change.object.starts_with("Task/") {
            return;
        }
        let key = format!("{}/{}", change.store, change.object);
        let state = change.patch.get("state").and_then(serde_json::Value::as_str);
        match (change.kind, state) {
            (ChangeKind::Removed, _) | (_, Some("success" | "error")) => {
                self.running_tasks.remove(&key);
            }
            (ChangeKind::Added, _) | (_, Some("queued" | "running")) => {
                self.running_tasks.insert(key);
            }
            _ => {}
        }
    }

    /// What was seen in the last minutes, the most frequent first.
    fn recent(&self) -> Vec<Repeated> {
        let mut seen: BTreeMap<&str, (usize, Elapsed, u64)> = BTreeMap::new();
        for (at, entry, what) in &self.recent {
            let times = seen.get(what.as_str()).map_or(0, |(times, ..)| *times);
            seen.insert(what, (times + 1, *at, *entry));
        }
        let repeated = |(what, (times, last, entry)): (&str, _)| Repeated { what: what.to_owned(), times, last, entry };
        let mut seen: Vec<Repeated> = seen.into_iter().map(repeated).collect();
        seen.sort_by_cached_key(|seen| (usize::MAX - seen.times, u64::MAX - seen.last.0, seen.what.clone()));
        seen
    }

    fn unrest(&self) -> String {
        let seen = self.recent();
        let told = seen.iter().take(TOLD).map(|Repeated { what, times, last, .. }| match times {
            1 => format!("{what} (at {last})"),
            times => format!("{what} ({times} times, at {last} for the last time)"),
        });
        let mut told: Vec<String> = told.collect();
        if seen.len() > TOLD {
            told.push(format!("and {} more", seen.len() - TOLD));
        }
        let waited: Vec<String> = self.asks.tried().into_iter().map(|(ask, _)| ask).collect();
        let mut text = match told.is_empty() {
            true => format!("nothing was seen after {}", self.last),
            false => format!("in the last {}: {}", seatrial_scenario::in_words(RECENT), told.join("; ")),
        };
        if !waited.is_empty() {
            text.push_str(&format!("; what is asked for and not given: {}", waited.join(", ")));
        }
        text
    }
}

/// An event in a few words without numbers, so that repetitions are alike. What belongs to a call is told by the call, and an
/// event of Kubernetes tells of something else.
fn headline(event: &Event) -> Option<String> {
    match event {
        Event::Sent(call) if call.method.ends_with(" events") => None,
        Event::Sent(Call { from, method, to, target, .. }) => {
            let of = target.as_ref().map(|target| format!(" of {target}")).unwrap_or_default();
            Some(format!("{from} sent {method}{of} to {to}"))
        }
        Event::Change(Change { object, store, cause, .. }) if cause.as_ref().is_none_or(|cause| cause.parse::<u64>().is_err()) => {
            (!is_of_a_call(event)).then(|| format!("{object} changed in {store}"))
        }
        Event::Fault { rule, does, .. } => Some(format!("fault {rule} {does}")),
        Event::Process { name, event, .. } => Some(format!("process {name}: {event:?}")),
        Event::Outage { what, state } => Some(format!("outage of {what} {state:?}")),
        // A regular call that fails each time keeps the world from settling, and is told by nothing else.
        Event::Answered { answer, .. } if answer.error.is_some() => {
            let message = answer.result.get("message").and_then(serde_json::Value::as_str).unwrap_or_default();
            let message: String = message.chars().take(FAILURE).collect();
            Some(format!("a call failed: {} {message}", answer.error.as_deref().unwrap_or_default()).trim_end().to_owned())
        }
        Event::Answered { .. }
        | Event::Effect { .. }
        | Event::CallerGone { .. }
        | Event::Change(_)
        | Event::Step { .. }
        | Event::Log { .. } => None,
    }
}
