//! When the world has settled: nothing on its way, nothing to come, and no write but heartbeats for some minutes.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seatrial_journal::{AT_REST, ChangeKind, Elapsed, Entry, Event, Sink};
use seatrial_oracle::Heartbeats;

/// How long nothing but heartbeats may be seen. Longer than any single wait of the real loops that is not a heartbeat,
/// the provisioner's slow retry (5 min) apart: whoever waits for that says so with `wait`.
pub const QUIET: Duration = Duration::from_secs(180);

/// How long the world may take to settle before a step gives up.
pub const PATIENCE: Duration = Duration::from_secs(3600);

#[derive(Default)]
struct State {
    heartbeats: Heartbeats,
    last: Elapsed,
    what: String,
    running_tasks: BTreeSet<String>,
    at_rest: bool,
    writes_at_rest: u64,
}

/// Watches the journal for activity; clones share what they saw.
#[derive(Clone, Default)]
pub struct Activity(Arc<Mutex<State>>);

impl Activity {
    /// When something other than a heartbeat was last seen, and what.
    pub fn last(&self) -> (Elapsed, String) {
        let state = self.lock();
        (state.last, state.what.clone())
    }

    /// How many calls that are no heartbeats were sent while the world was left alone.
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
        if !state.heartbeats.is_heartbeat(entry) {
            if state.at_rest && matches!(entry.event, Event::Sent(_)) {
                state.writes_at_rest += 1;
            }
            state.last = entry.at;
            state.what = headline(&entry.event);
        }
    }
}

impl State {
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
}

/// An event in a few words, for "the last thing seen was …".
fn headline(event: &Event) -> String {
    match event {
        Event::Sent(call) => format!("{} sent {} to {}", call.from, call.method, call.to),
        Event::Effect { call } => format!("call {} took effect", call.0),
        Event::Answered { call, answer } => format!("call {} was answered {}", call.0, answer.status),
        Event::CallerGone { call } => format!("the caller of call {} was gone", call.0),
        Event::Change(change) => format!("{} changed in {}", change.object, change.store),
        Event::Fault { rule, does, .. } => format!("fault {rule} {does}"),
        Event::Process { name, event, .. } => format!("process {name}: {event:?}"),
        Event::Trouble { what, state } => format!("trouble with {what} {state:?}"),
        Event::Step { number, what, .. } => format!("step {number}: {what}"),
        Event::Log { process, line } => format!("{process} logged: {line}"),
    }
}
