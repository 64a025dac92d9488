//! The shortest part of a journal that shows something, in words.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_journal::{Call, CallId, Change, ChangeKind, Entry, Event, ProcessEvent};
use serde_json::Value;

/// More lines than this show nothing more.
const LINES_MAX: usize = 24;

/// A patch longer than this is cut; the journal has the rest.
const PATCH_MAX: usize = 160;

/// The lines that show these entries: the entries themselves, and the calls that they belong to or were caused by.
pub fn excerpt(entries: &[Entry], shown: &[u64]) -> Vec<String> {
    let by_number: BTreeMap<u64, &Entry> = entries.iter().map(|entry| (entry.seq, entry)).collect();
    let mut wanted: BTreeSet<u64> = BTreeSet::new();
    for entry in shown.iter().filter_map(|number| by_number.get(number)) {
        wanted.insert(entry.seq);
        wanted.extend(call_of(&entry.event).filter(|call| by_number.contains_key(call)));
    }
    let mut lines: Vec<String> = wanted.iter().filter_map(|number| by_number.get(number)).map(|entry| line(entry, &by_number)).collect();
    if lines.len() > LINES_MAX {
        let left_out = lines.len() - (LINES_MAX - 1);
        // The end of a story tells more than its beginning.
        lines.drain(1..=left_out);
        lines.insert(1, format!("… {left_out} more"));
    }
    lines
}

/// The call that an event belongs to or was caused by.
fn call_of(event: &Event) -> Option<u64> {
    match event {
        Event::Effect { call } | Event::Answered { call, .. } | Event::CallerGone { call } => Some(call.0),
        Event::Fault { call, .. } => call.map(|call| call.0),
        Event::Change(change) => change.cause.as_ref()?.parse().ok(),
        _ => None,
    }
}

fn line(entry: &Entry, by_number: &BTreeMap<u64, &Entry>) -> String {
    let method = |call: &CallId| match by_number.get(&call.0).map(|entry| &entry.event) {
        Some(Event::Sent(call)) => call.method.clone(),
        _ => "a call".to_owned(),
    };
    let what = match &entry.event {
        Event::Sent(call) => sent(call),
        Event::Effect { call } => format!("{} (#{}) took effect", method(call), call.0),
        Event::Answered { call, answer } => {
            let error = answer.error.as_ref().map_or(String::new(), |error| format!(" {error}"));
            let status = if answer.status == 0 { "got no answer".to_owned() } else { format!("was answered {}", answer.status) };
            format!("{} (#{}) {status}{error}", method(call), call.0)
        }
        Event::CallerGone { call } => format!("{} (#{}) was answered, but its caller was gone", method(call), call.0),
        Event::Change(change) => changed(change),
        Event::Fault { rule, call, does } => {
            let call = call.map_or(String::new(), |call| format!(" at {} (#{})", method(&call), call.0));
            format!("fault {rule}{call}: {does}")
        }
        Event::Process { name, incarnation, event } => match event {
            ProcessEvent::Started => format!("process {name} started, incarnation {incarnation}"),
            ProcessEvent::Killed => format!("process {name} was killed, incarnation {incarnation}"),
            ProcessEvent::Exited(why) => format!("process {name} ended, incarnation {incarnation}: {why}"),
        },
        Event::Step { number, what, outcome } => format!("step {number}, {what}: {outcome}"),
        Event::Log { process, line } => format!("{process} logged: {line}"),
    };
    format!("#{:<6} {:>14}  {what}", entry.seq, entry.at.to_string())
}

fn sent(call: &Call) -> String {
    let target = call.target.as_ref().map_or(String::new(), |target| format!(" {target}"));
    format!("{} → {}  {}{target}", call.from, call.to, call.method)
}

fn changed(change: &Change) -> String {
    let word = match change.kind {
        ChangeKind::Added => "added",
        ChangeKind::Changed => "changed",
        ChangeKind::Removed => "removed",
    };
    let cause = change.cause.as_ref().map_or(String::new(), |cause| match cause.parse::<u64>() {
        Ok(call) => format!(" by #{call}"),
        Err(_) => format!(" by {cause}"),
    });
    let patch = if change.patch == Value::Null { String::new() } else { format!(" {}", cut(&change.patch.to_string())) };
    format!("{}  {} {word}{cause}{patch}", change.store, change.object)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(PATCH_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seatrial_journal::Elapsed;

    fn log(seq: u64) -> Entry {
        Entry { seq, at: Elapsed(seq * 1_000), event: Event::Log { process: "csi-controller".into(), line: format!("line {seq}") } }
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
}
