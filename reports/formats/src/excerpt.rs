//! The shortest part of a journal that shows something, in words.
//!
//! What the entries to be shown belong to is shown with them: a call with its answer on one line, the call behind a
//! change, the call behind the task behind a change, the faults that struck those calls.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_journal::{Answer, Call, Change, ChangeKind, Elapsed, Entry, Event, OutageState, ProcessEvent};
use serde_json::Value;

use crate::words::{clock, period};

/// More lines than this show nothing more.
const LINES_MAX: usize = 24;

/// The state of an object longer than this is cut; the journal has the rest.
const STATE_MAX: usize = 200;

/// Members that say nothing to people.
const SILENT: [&str; 8] =
    ["uid", "resourceVersion", "managedFields", "creationTimestamp", "apiVersion", "kind", "generation", "observedGeneration"];

/// The lines that show these entries: the entries themselves, and the calls that they belong to or were caused by.
pub fn excerpt(entries: &[Entry], shown: &[u64]) -> Vec<String> {
    let story = Story::read(entries);
    let mut wanted: BTreeSet<u64> = BTreeSet::new();
    for entry in shown.iter().filter_map(|number| story.by_number.get(number)) {
        match story.call_of(entry) {
            Some(call) if story.by_number.contains_key(&call) => {
                wanted.insert(call);
                // The call's own entries are told on its line.
                if !matches!(entry.event, Event::Effect { .. } | Event::Answered { .. } | Event::CallerGone { .. }) {
                    wanted.insert(entry.seq);
                }
            }
            _ => {
                wanted.insert(entry.seq);
            }
        }
    }
    let struck: Vec<u64> = wanted.iter().filter_map(|call| story.faults.get(call)).flatten().copied().collect();
    wanted.extend(struck);
    let mut lines: Vec<String> = wanted.iter().filter_map(|number| Some(story.line(story.by_number.get(number)?))).collect();
    if lines.len() > LINES_MAX {
        let left_out = lines.len() - (LINES_MAX - 1);
        // The end of a story tells more than its beginning.
        lines.drain(1..=left_out);
        lines.insert(1, format!("… {left_out} more"));
    }
    lines
}

/// How a call ended.
enum End<'a> {
    Answered(&'a Answer),
    CallerGone,
}

/// A journal in which calls find their ends, and tasks their calls.
#[derive(Default)]
struct Story<'a> {
    by_number: BTreeMap<u64, &'a Entry>,
    ends: BTreeMap<u64, (Elapsed, End<'a>)>,
    faults: BTreeMap<u64, Vec<u64>>,
    /// The call behind each task, by store and task.
    tasks: BTreeMap<(&'a str, &'a str), u64>,
    /// Tasks whose call has not taken effect yet: store, task, method.
    begun: Vec<(&'a str, &'a str, &'a str)>,
    /// The last call of each method, by address: what a task is named after.
    last: BTreeMap<(&'a str, &'a str), u64>,
}

impl<'a> Story<'a> {
    fn read(entries: &'a [Entry]) -> Self {
        let mut story = Self::default();
        for entry in entries {
            story.by_number.insert(entry.seq, entry);
            match &entry.event {
                Event::Sent(call) => {
                    story.last.insert((host(&call.to), &call.method), entry.seq);
                }
                Event::Effect { call } => story.begins(call.0),
                Event::Answered { call, answer } => {
                    story.ends.insert(call.0, (entry.at, End::Answered(answer)));
                }
                Event::CallerGone { call } => {
                    story.ends.insert(call.0, (entry.at, End::CallerGone));
                }
                Event::Fault { call: Some(call), .. } => story.faults.entry(call.0).or_default().push(entry.seq),
                Event::Change(change) if change.kind == ChangeKind::Added => story.task(change),
                _ => {}
            }
        }
        story
    }

    /// A task begins by `operation/Method`.
    fn task(&mut self, change: &'a Change) {
        let (Some(task), Some(cause)) = (change.object.strip_prefix("Task/"), change.cause.as_deref()) else { return };
        let method = cause.rsplit('/').next().unwrap_or(cause);
        if let Some(call) = self.last.get(&(change.store.as_str(), method)) {
            self.tasks.insert((&change.store, task), *call);
            self.begun.push((&change.store, task, method));
        }
    }

    /// A call takes effect right after its task has begun, which tells calls of one method apart.
    fn begins(&mut self, number: u64) {
        let Some(Event::Sent(call)) = self.by_number.get(&number).map(|entry| &entry.event) else { return };
        let mine = |(store, _, method): &(&str, &str, &str)| *store == host(&call.to) && *method == call.method;
        if let Some(place) = self.begun.iter().position(mine) {
            let (store, task, _) = self.begun.remove(place);
            self.tasks.insert((store, task), number);
        }
    }

    /// The call that an entry belongs to or was caused by.
    fn call_of(&self, entry: &Entry) -> Option<u64> {
        match &entry.event {
            Event::Effect { call } | Event::Answered { call, .. } | Event::CallerGone { call } => Some(call.0),
            Event::Fault { call, .. } => call.map(|call| call.0),
            Event::Change(change) => {
                let cause = change.cause.as_deref()?;
                cause.parse().ok().or_else(|| self.tasks.get(&(change.store.as_str(), cause)).copied())
            }
            _ => None,
        }
    }

    fn line(&self, entry: &Entry) -> String {
        let what = match &entry.event {
            Event::Sent(call) => format!("{}{}", sent(call), self.end(entry)),
            Event::Effect { call } => format!("call #{} took effect", call.0),
            Event::Answered { call, answer } => format!("call #{}: {}", call.0, answered(answer)),
            Event::CallerGone { call } => format!("call #{}: its caller was gone", call.0),
            Event::Change(change) => self.changed(entry, change),
            Event::Fault { rule, call, does } => {
                let call = call.map_or(String::new(), |call| format!(" at {}", self.name(call.0)));
                format!("fault {rule}{call}: {does}")
            }
            Event::Process { name, incarnation, event } => match event {
                ProcessEvent::Started => format!("process {name} started, incarnation {incarnation}"),
                ProcessEvent::Killed => format!("process {name} was killed, incarnation {incarnation}"),
                ProcessEvent::Exited(why) => format!("process {name} ended, incarnation {incarnation}: {why}"),
            },
            Event::Outage { what, state: OutageState::Began } => format!("outage began: {what}"),
            Event::Outage { what, state: OutageState::Ended } => format!("outage ended: {what}"),
            Event::Step { number, what, outcome } => format!("step {number}, {what}: {outcome}"),
            Event::Log { process, line } => format!("{process} logged: {line}"),
        };
        format!("#{:<6} {:>12}  {what}", entry.seq, clock(entry.at.0))
    }

    /// How a call ended, and after how long.
    fn end(&self, sent: &Entry) -> String {
        match self.ends.get(&sent.seq) {
            None => " … never answered".to_owned(),
            Some((at, End::Answered(answer))) => format!(" … {} after {}", answered(answer), period(at.0.saturating_sub(sent.at.0))),
            Some((at, End::CallerGone)) => format!(" … answered after {}, its caller was gone", period(at.0.saturating_sub(sent.at.0))),
        }
    }

    /// A call by its method and number.
    fn name(&self, call: u64) -> String {
        match self.by_number.get(&call).map(|entry| &entry.event) {
            Some(Event::Sent(sent)) => format!("{} (#{call})", sent.method),
            _ => format!("call #{call}"),
        }
    }

    fn changed(&self, entry: &Entry, change: &Change) -> String {
        let word = match change.kind {
            ChangeKind::Added => "added",
            ChangeKind::Changed => "changed",
            ChangeKind::Removed => "removed",
        };
        let cause = match (self.call_of(entry), &change.cause) {
            (Some(call), _) => format!(" by {}", self.name(call)),
            (None, Some(cause)) => format!(" by {cause}"),
            (None, None) => String::new(),
        };
        let mut words = Vec::new();
        state_in_words("", &change.patch, &mut words);
        let state = if words.is_empty() { String::new() } else { format!(": {}", cut(&words.join(", "))) };
        format!("{} {} {word}{cause}{state}", change.store, change.object)
    }
}

fn sent(call: &Call) -> String {
    let target = call.target.as_ref().map_or(String::new(), |target| format!(" {target}"));
    format!("{} → {}: {}{target}", call.from, host(&call.to), call.method)
}

fn answered(answer: &Answer) -> String {
    match (&answer.error, answer.status) {
        (Some(error), _) => format!("failed with {error}"),
        (None, 0) => "no answer".to_owned(),
        (None, 200..300) => "answered".to_owned(),
        (None, status) => format!("answered {status}"),
    }
}

/// The process behind an address.
fn host(address: &str) -> &str {
    address.split([':', '.']).next().unwrap_or(address)
}

/// The members of a state, a few words each: `spec.nodeName: worker-2`. What a patch removes is told as gone.
fn state_in_words(path: &str, value: &Value, words: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| !SILENT.contains(&name.as_str())) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match member {
                    Value::Null => words.push(format!("{path} gone")),
                    member => state_in_words(&path, member, words),
                }
            }
        }
        Value::Null => {}
        Value::String(text) => words.push(format!("{path}: {text}")),
        other => words.push(format!("{path}: {other}")),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(STATE_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_journal::{Border, CallId, Flow};
    use serde_json::json;

    fn entry(seq: u64, event: Event) -> Entry {
        Entry { seq, at: Elapsed(seq * 1_000), event }
    }

    fn log(seq: u64) -> Entry {
        entry(seq, Event::Log { process: "csi-controller".into(), line: format!("line {seq}") })
    }

    fn change(object: &str, kind: ChangeKind, patch: Value, cause: &str) -> Event {
        Event::Change(Change { store: "vc-a".into(), revision: 1, object: object.into(), kind, patch, cause: Some(cause.into()) })
    }

    #[test]
    fn long_excerpts_keep_their_first_line_and_their_end() {
        let entries: Vec<Entry> = (1..=100).map(log).collect();
        let numbers: Vec<u64> = (1..=100).collect();
        let lines = excerpt(&entries, &numbers);
        assert_eq!(lines.len(), LINES_MAX);
        assert!(lines[0].starts_with("#1 ") && lines[LINES_MAX - 1].starts_with("#100 "));
        assert_eq!(lines[1], "… 77 more");
        assert!(lines[2].starts_with("#79 "), "{}", lines[2]);
    }

    #[test]
    fn numbers_that_the_journal_does_not_have_are_left_out() {
        assert_eq!(excerpt(&[log(1)], &[1, 7]).len(), 1);
    }

    #[test]
    fn a_change_by_a_task_is_told_with_the_call_that_began_the_task() {
        let call = Call {
            border: Border::VCenter,
            from: "csi-controller".into(),
            to: "vc-a.seatrial.test:443".into(),
            method: "CnsAttachVolume".into(),
            target: Some("volume 7".into()),
            flow: Flow::Unary,
            session: None,
            args: Value::Null,
        };
        let answer = Answer { status: 200, error: None, result: Value::Null };
        let entries = [
            entry(1, Event::Sent(call)),
            entry(2, change("Task/task-9", ChangeKind::Added, json!({"state": "queued"}), "4f1c/CnsAttachVolume")),
            entry(4, Event::Answered { call: CallId(1), answer }),
            entry(
                5,
                change("VirtualMachine/vm-1", ChangeKind::Changed, json!({"disks": {"2000": null, "2001": {"volume": "7"}}}), "task-9"),
            ),
        ];
        assert_eq!(
            excerpt(&entries, &[5]),
            [
                "#1       0:00:00.001  csi-controller → vc-a: CnsAttachVolume volume 7 … answered after 3ms",
                "#5       0:00:00.005  vc-a VirtualMachine/vm-1 changed by CnsAttachVolume (#1): disks.2000 gone, disks.2001.volume: 7",
            ]
        );
    }
}
