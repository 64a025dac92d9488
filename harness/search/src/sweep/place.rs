//! Where a run can be struck: the calls of its calm run, equal ones once.
//!
//! Up to the strike a run with one is the calm run, so the n-th call of that run is the n-th call of this one.

use std::collections::{BTreeMap, BTreeSet};

use seatrial_journal::{AT_REST, Border, Call, CallId, Entry, Event, Flow};
use seatrial_scenario::Position;

/// A call of the calm run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which kind of border it crosses.
    pub border: Border,
    /// The method, in the border's own words.
    pub method: String,
    /// Who calls.
    pub from: String,
    /// Who is called: the process behind the address.
    pub to: String,
    /// The how manieth call of this method from there to there it is when it leaves, when it takes effect, and when its answer arrives;
    /// none where that never happens. The order of calls is not that of their effects.
    pub nth: [Option<u32>; 3],
    /// The step that was being done; 0 while the world came up.
    pub step: usize,
    /// How many calls of the calm run are like it.
    pub alike: usize,
}

/// The places of a journal that `subjects` send or receive a call at, in order.
///
/// Two calls are alike when the same actors make them in the same step, while the same calls are open at the subject, after the same
/// call of the subject's, with the same kind of answer; the node plugins of all nodes, and their kubelets, count as one.
/// Left out are long polls and watches, which rules do not count; leases; and what happens while the world is left alone.
pub fn places(journal: &[Entry], subjects: &Subjects, server_of: impl Fn(&str) -> String) -> Vec<Place> {
    let mut walk = Walk {
        subjects,
        server_of,
        step: 0,
        at_rest: false,
        calls: BTreeMap::new(),
        counts: BTreeMap::new(),
        open: BTreeMap::new(),
        last: BTreeMap::new(),
    };
    journal.iter().for_each(|entry| walk.on(entry));
    walk.places()
}

/// Whose calls are struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subjects(Vec<String>);

impl Default for Subjects {
    /// The drivers.
    fn default() -> Self {
        Self(DRIVERS.map(str::to_owned).to_vec())
    }
}

/// The drivers' processes.
const DRIVERS: [&str; 3] = ["csi-controller", "csi-node/*", "ccm"];

impl Subjects {
    /// Processes of these names, in which `*` stands for any text; the drivers' when there are none.
    pub fn named(names: &[String]) -> Self {
        if names.is_empty() { Self::default() } else { Self(names.to_vec()) }
    }

    /// Whether a process is one of them.
    pub fn has(&self, process: &str) -> bool {
        self.0.iter().any(|pattern| seatrial_scenario::matches(pattern, process))
    }
}

/// A call that may be a place, and what makes it like others.
struct Seen {
    place: Place,
    alike: Alike,
}

/// What two calls that are alike have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    method: String,
    from: String,
    to: String,
    step: usize,
    open: BTreeSet<String>,
    after: Option<String>,
    answer: Option<String>,
}

struct Walk<'a, ServerOf> {
    subjects: &'a Subjects,
    server_of: ServerOf,
    step: usize,
    at_rest: bool,
    calls: BTreeMap<CallId, Seen>,
    /// By method, caller, server and moment.
    counts: BTreeMap<(String, String, String, usize), u32>,
    /// The calls that are open at each subject, by their methods.
    open: BTreeMap<String, BTreeMap<CallId, String>>,
    /// The last call of each subject.
    last: BTreeMap<String, String>,
}

impl<ServerOf: Fn(&str) -> String> Walk<'_, ServerOf> {
    fn on(&mut self, entry: &Entry) {
        match &entry.event {
            Event::Step { what, outcome, .. } if what == AT_REST => self.at_rest = outcome == "began",
            Event::Step { number, outcome, .. } if outcome == "began" => self.step = *number,
            Event::Sent(call) if call.flow == Flow::Unary => self.sent(CallId(entry.seq), call),
            Event::Effect { call } => self.count(*call, 1),
            Event::Answered { call, answer } => {
                self.count(*call, 2);
                if let Some(seen) = self.calls.get_mut(call) {
                    seen.alike.answer = answer.error.clone().or_else(|| (answer.status >= 400).then(|| answer.status.to_string()));
                }
                self.close(*call);
            }
            Event::CallerGone { call } => self.close(*call),
            _ => {}
        }
    }

    fn sent(&mut self, id: CallId, call: &Call) {
        let to = (self.server_of)(&call.to);
        let nth = self.next(&call.method, &call.from, &to, 0);
        let subject = [&call.from, &to].into_iter().find(|process| self.subjects.has(process)).cloned();
        let Some(subject) = subject else { return };
        let open = self.open.get(&subject).into_iter().flat_map(|open| open.values().cloned()).collect();
        let alike = Alike {
            method: call.method.clone(),
            from: kind(&call.from),
            to: kind(&to),
            step: self.step,
            open,
            after: self.last.get(&subject).cloned(),
            answer: None,
        };
        if to == subject {
            self.open.entry(subject.clone()).or_default().insert(id, call.method.clone());
        }
        self.last.insert(subject, call.method.clone());
        let place = Place {
            border: call.border,
            method: call.method.clone(),
            from: call.from.clone(),
            to,
            nth: [Some(nth), None, None],
            step: self.step,
            alike: 1,
        };
        if !self.at_rest && !call.method.ends_with(" leases") {
            self.calls.insert(id, Seen { place, alike });
        }
    }

    fn next(&mut self, method: &str, from: &str, to: &str, moment: usize) -> u32 {
        let count = self.counts.entry((method.to_owned(), from.to_owned(), to.to_owned(), moment)).or_default();
        *count += 1;
        *count
    }

    /// It has taken effect, or its answer is there.
    fn count(&mut self, id: CallId, moment: usize) {
        let Some(place) = self.calls.get(&id).map(|seen| seen.place.clone()) else { return };
        let nth = self.next(&place.method, &place.from, &place.to, moment);
        if let Some(seen) = self.calls.get_mut(&id) {
            seen.place.nth[moment] = Some(nth);
        }
    }

    fn close(&mut self, id: CallId) {
        self.open.values_mut().for_each(|open| {
            open.remove(&id);
        });
    }

    /// Of each kind the first.
    fn places(self) -> Vec<Place> {
        let (mut places, mut known): (Vec<Place>, BTreeMap<Alike, usize>) = (Vec::new(), BTreeMap::new());
        for Seen { place, alike } in self.calls.into_values() {
            match known.get(&alike) {
                Some(first) => places[*first].alike += 1,
                None => {
                    known.insert(alike, places.len());
                    places.push(place);
                }
            }
        }
        places
    }
}

/// `csi-node/worker-2` is a `csi-node`.
fn kind(process: &str) -> String {
    process.split('/').next().unwrap_or(process).to_owned()
}

impl Place {
    /// Its number at a moment, if the calm run came to it.
    pub fn nth_at(&self, position: Position) -> Option<u32> {
        self.nth[match position {
            Position::BeforeSending => 0,
            Position::AfterEffect => 1,
            Position::AfterAnswer => 2,
        }]
    }

    /// The node that one of the two is on.
    pub fn node(&self) -> Option<&str> {
        [&self.from, &self.to].into_iter().find_map(|process| process.split_once('/').map(|(_, node)| node))
    }

    /// As tables have it: `CnsCreateVolume csi-controller → vc-a`.
    pub fn words(&self) -> String {
        format!("{} {} → {}", self.method, kind(&self.from), kind(&self.to))
    }
}
