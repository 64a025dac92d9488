//! What a journal tells of trouble: which calls and tasks fail, which processes end, what is out of service. A fold over a run's
//! entries, made when something has failed.
//!
//! Not kept: calls to Kubernetes. Whoever fails there says so in an event, or in its log and ends.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use seatrial_journal::{Answer, Border, Call, CallId, Change, ChangeKind, Elapsed, Entry, Event, Flow, OutageState, ProcessEvent, Sink};
use seatrial_oracle::{Asks, Routine, Seen, View};

use crate::call_pattern::server_of;
use crate::settle::Activity;

/// So many lines of a process's log are kept: its last words.
const LAST_WORDS: usize = 2;

/// Where in the journal something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) entry: u64,
    pub(super) at: Elapsed,
}

/// Calls that are one and the same, but for when they are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Asked<'a> {
    pub(super) border: Border,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) method: &'a str,
    pub(super) target: &'a str,
}

/// How such calls have failed.
#[derive(Clone, Debug, Default)]
pub(super) struct Failure {
    /// The last error, as its type or status: `InvalidArgument`, `503 Service Unavailable`.
    pub(super) error: String,
    /// What was said of it.
    pub(super) message: String,
    /// Whether it was the call's task that failed.
    pub(super) in_task: bool,
    /// How often they have failed.
    pub(super) times: u64,
    /// The last time.
    pub(super) last: Place,
    /// Whether one has succeeded since.
    pub(super) over: bool,
    /// What the caller was asked for meanwhile: the targets of the RPCs that it was serving.
    pub(super) meanwhile: BTreeSet<String>,
}

/// A process's life.
#[derive(Clone, Debug, Default)]
pub(super) struct Life<'a> {
    /// How often it has ended by itself, with what it said the last time.
    pub(super) exits: u64,
    pub(super) exited: &'a str,
    /// How often it was killed, and by which fault rule the last time.
    pub(super) kills: u64,
    pub(super) killer: Option<&'a str>,
    /// The last lines of its log before it ended.
    pub(super) last_words: VecDeque<&'a str>,
    /// When it ended last, and whether it is down since.
    pub(super) ended: Place,
    pub(super) is_down: bool,
    log: VecDeque<&'a str>,
}

/// Something that is out of service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outage {
    pub(super) began: Place,
    /// The step in which it began, from 1; 0 before the first.
    pub(super) step: usize,
}

/// What a run's journal tells of trouble.
#[derive(Default)]
pub(super) struct Record<'a> {
    pub(super) entries: &'a [Entry],
    /// The world at the end.
    pub(super) view: View,
    /// The calls that have failed.
    pub(super) failures: BTreeMap<Asked<'a>, Failure>,
    /// The calls that wait for their answer.
    pub(super) unanswered: BTreeMap<CallId, (Asked<'a>, Place)>,
    pub(super) lives: BTreeMap<&'a str, Life<'a>>,
    /// What is out of service now.
    pub(super) outages: BTreeMap<&'a str, Outage>,
    /// What was asked for and not given.
    pub(super) asks: Asks,
    /// What was seen in the last minutes.
    pub(super) activity: Activity,
    /// The call of each task, by vCenter and task.
    tasks: BTreeMap<(&'a str, &'a str), Asked<'a>>,
    /// Tasks that have ended before the answer that names them, with how they ended.
    ended: BTreeMap<(&'a str, &'a str), Option<(&'a Change, Place)>>,
    step: usize,
    /// The rule that struck last, and when.
    struck: Option<(&'a str, Elapsed)>,
}

impl<'a> Record<'a> {
    /// Reads the journal of a world in which this is routine.
    pub(super) fn of(entries: &'a [Entry], routine: &Routine) -> Self {
        let mut record = Self { entries, activity: Activity::with_routine(routine), ..Self::default() };
        for entry in entries {
            record.view.on(entry);
            record.asks.on(entry);
            record.activity.take(entry, "");
            record.read(entry);
        }
        record
    }

    /// What a call is about, as the cluster's users know it: the claim whose volume it is.
    pub(super) fn claim_of(&self, target: &str) -> Option<String> {
        let is_volume = |volume: &Seen, name: &str| volume.text(&["spec", "csi", "volumeHandle"]) == Some(target) || name == target;
        let volumes = self.view.objects("kubernetes", "persistentvolumes/");
        let bound = volumes.into_iter().find(|(name, volume)| is_volume(volume, name)).and_then(|(_, volume)| {
            let of = |member: &str| volume.text(&["spec", "claimRef", member]);
            Some(format!("{}/{}", of("namespace")?, of("name")?))
        });
        let uid = target.split_once('-').map(|(_, uid)| uid);
        let mut claims = self.view.objects("kubernetes", "persistentvolumeclaims/");
        let asks = |claim: &Seen| uid.is_some() && claim.text(&["metadata", "uid"]) == uid;
        bound.or_else(|| claims.find(|(_, claim)| asks(claim)).map(|(name, _)| name.to_owned()))
    }

    /// Where an entry stands.
    pub(super) fn place(&self, entry: u64) -> Place {
        let at = self.entry(entry).map_or(Elapsed::default(), |found| found.at);
        Place { entry, at }
    }

    /// The entry of this number.
    pub(super) fn entry(&self, entry: u64) -> Option<&'a Entry> {
        self.entries.binary_search_by_key(&entry, |found| found.seq).ok().and_then(|place| self.entries.get(place))
    }

    fn read(&mut self, entry: &'a Entry) {
        let place = Place { entry: entry.seq, at: entry.at };
        match &entry.event {
            Event::Sent(call) => {
                if let Some(asked) = asked(call) {
                    self.unanswered.insert(CallId(entry.seq), (asked, place));
                }
            }
            Event::Answered { call, answer } => {
                if let Some((asked, _)) = self.unanswered.remove(call) {
                    self.answered(asked, answer, place);
                }
            }
            Event::CallerGone { call } => drop(self.unanswered.remove(call)),
            Event::Change(change) => self.task(change, place),
            Event::Process { name, event, .. } => self.process(name, event, place),
            Event::Outage { what, state: OutageState::Began } => {
                self.outages.insert(what, Outage { began: place, step: self.step });
            }
            Event::Outage { what, state: OutageState::Ended } => drop(self.outages.remove(what.as_str())),
            Event::Step { number, outcome, .. } if outcome == "began" => self.step = *number,
            Event::Log { process, line } => {
                let log = &mut self.lives.entry(process).or_default().log;
                log.push_back(line);
                if log.len() > LAST_WORDS {
                    log.pop_front();
                }
            }
            Event::Fault { rule, .. } => self.struck = Some((rule, entry.at)),
            Event::Step { .. } | Event::Effect { .. } => {}
        }
    }

    fn answered(&mut self, asked: Asked<'a>, answer: &'a Answer, place: Place) {
        if let Some(error) = &answer.error {
            let message = answer.result.get("message").and_then(serde_json::Value::as_str).unwrap_or_default();
            let (error, message) = if answer.status == 0 { ("no answer", error.as_str()) } else { (error.as_str(), message) };
            return self.failed(asked, error, message, false, place);
        }
        if answer.status == 0 {
            return self.failed(asked, "no answer", "", false, place);
        }
        match answer.result.get("task").and_then(serde_json::Value::as_str) {
            None => self.succeeded(&asked),
            Some(task) => {
                let key = (server_of(asked.to), task);
                match self.ended.remove(&key) {
                    Some(ended) => self.task_ended(asked, ended),
                    None => drop(self.tasks.insert(key, asked)),
                }
            }
        }
    }

    /// A task of CNS tells in `error` of itself or of the volume in it.
    fn task(&mut self, change: &'a Change, place: Place) {
        let Some(task) = change.object.strip_prefix("Task/").filter(|_| change.kind == ChangeKind::Changed) else { return };
        let ended = match change.patch.get("state").and_then(serde_json::Value::as_str) {
            Some("success" | "error") => change.patch.get("error").map(|_| (change, place)),
            _ => return,
        };
        let key = (change.store.as_str(), task);
        match self.tasks.remove(&key) {
            Some(asked) => self.task_ended(asked, ended),
            None => drop(self.ended.insert(key, ended)),
        }
    }

    fn task_ended(&mut self, asked: Asked<'a>, failed: Option<(&'a Change, Place)>) {
        let Some((change, place)) = failed else { return self.succeeded(&asked) };
        let text = |member: &str| change.patch.get(member).and_then(serde_json::Value::as_str).unwrap_or_default();
        self.failed(asked, text("error"), text("message"), true, place);
    }

    fn succeeded(&mut self, asked: &Asked<'a>) {
        if let Some(failure) = self.failures.get_mut(asked) {
            failure.over = true;
        }
    }

    fn failed(&mut self, asked: Asked<'a>, error: &str, message: &str, in_task: bool, place: Place) {
        let served = self.unanswered.values().filter(|(open, _)| open.border == Border::Csi && server_of(open.to) == asked.from);
        let meanwhile: BTreeSet<String> = served.map(|(open, _)| open.target.to_owned()).collect();
        let failure = self.failures.entry(asked).or_default();
        let times = failure.times + 1;
        *failure = Failure { error: error.to_owned(), message: message.to_owned(), in_task, times, last: place, over: false, meanwhile };
    }

    fn process(&mut self, name: &'a str, event: &'a ProcessEvent, place: Place) {
        let life = self.lives.entry(name).or_default();
        match event {
            ProcessEvent::Started => return life.is_down = false,
            ProcessEvent::Killed => {
                life.kills += 1;
                life.killer = self.struck.filter(|(_, at)| *at == place.at).map(|(rule, _)| rule);
            }
            ProcessEvent::Exited(why) => {
                life.exits += 1;
                life.exited = why;
                life.last_words = std::mem::take(&mut life.log);
            }
        }
        (life.ended, life.is_down) = (place, true);
    }
}

/// A call over a border of a driver that is to be answered soon.
fn asked(call: &Call) -> Option<Asked<'_>> {
    let Call { border, from, to, method, target, flow, .. } = call;
    let counts = *border != Border::Kubernetes && *flow == Flow::Unary;
    counts.then(|| Asked { border: *border, from, to, method, target: target.as_deref().unwrap_or_default() })
}
