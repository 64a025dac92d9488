//! What a run has done that others have not: pairs of things that followed each other at one actor.
//!
//! A thing is a call that somebody sent, took or was answered (its method, whom it was sent to, how it was answered), an object of a
//! kind that came, changed or went, a process that started or ended, an outage that began or ended. The actor is the process that did it
//! (the node's name left out), or the store. Who did it to which object, and when, is no part of it: two runs that differ in names only
//! have the same transitions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use seatrial_journal::{CallId, ChangeKind, Entry, Event, Flow, OutageState, ProcessEvent, Sink};

/// The transitions of a run, or of many; each is the hash of a pair. A collision hides one of them, and nothing worse.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transitions(BTreeSet<u32>);

impl Transitions {
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many of these are in none of those.
    pub fn new_to(&self, known: &[&Self]) -> usize {
        self.0.iter().filter(|transition| !known.iter().any(|known| known.0.contains(transition))).count()
    }

    /// Adds all of these; answers how many were new.
    pub fn add(&mut self, others: &Self) -> usize {
        let before = self.len();
        self.0.extend(&others.0);
        self.len() - before
    }

    /// The hashes, in order.
    pub(super) fn hashes(&self) -> impl Iterator<Item = u32> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<u32> for Transitions {
    fn from_iter<Hashes: IntoIterator<Item = u32>>(hashes: Hashes) -> Self {
        Self(hashes.into_iter().collect())
    }
}

/// Gathers the transitions of a run; clones share them.
#[derive(Clone, Debug, Default)]
pub struct TransitionsSink(Arc<Mutex<Gathered>>);

#[derive(Debug, Default)]
struct Gathered {
    transitions: Transitions,
    /// The last thing at each actor.
    last: BTreeMap<u64, u64>,
    /// Who sent each open call, and what it was.
    calls: BTreeMap<CallId, (u64, u64)>,
}

impl TransitionsSink {
    /// What was gathered so far.
    pub fn transitions(&self) -> Transitions {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).transitions.clone()
    }
}

impl Sink for TransitionsSink {
    fn take(&mut self, entry: &Entry, _line: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).on(entry);
    }
}

impl Gathered {
    fn on(&mut self, entry: &Entry) {
        match &entry.event {
            // Watches and long polls come and go with time.
            Event::Sent(call) if call.flow == Flow::Unary => {
                let (actor, thing) = (hash(&[kind(&call.from)]), hash(&["sends", &call.method, kind(&call.to)]));
                self.calls.insert(CallId(entry.seq), (actor, thing));
                self.follows(actor, thing);
            }
            Event::Answered { call, answer } => {
                let error = answer.error.as_deref().unwrap_or(if answer.status == 0 { "nothing" } else { "done" });
                self.ended(*call, error);
            }
            Event::CallerGone { call } => self.ended(*call, "to nobody"),
            Event::Change(change) => {
                let what = match change.kind {
                    ChangeKind::Added => "came",
                    ChangeKind::Changed => "changed",
                    ChangeKind::Removed => "went",
                };
                self.follows(hash(&["store", &change.store]), hash(&[what, kind(&change.object)]));
            }
            Event::Process { name, event, .. } => {
                let what = match event {
                    ProcessEvent::Started => "starts",
                    ProcessEvent::Killed => "is killed",
                    ProcessEvent::Exited(_) => "ends",
                };
                self.follows(hash(&[kind(name)]), hash(&[what]));
            }
            Event::Outage { what, state } => {
                let state = if *state == OutageState::Began { "begins" } else { "ends" };
                self.follows(hash(&["outages"]), hash(&[what.split(' ').next().unwrap_or_default(), state]));
            }
            Event::Sent(_) | Event::Effect { .. } | Event::Fault { .. } | Event::Step { .. } | Event::Log { .. } => {}
        }
    }

    fn ended(&mut self, call: CallId, how: &str) {
        if let Some((actor, thing)) = self.calls.remove(&call) {
            self.follows(actor, thing ^ hash(&["answered", how]));
        }
    }

    fn follows(&mut self, actor: u64, thing: u64) {
        let before = self.last.insert(actor, thing).unwrap_or_default();
        let pair = (actor.rotate_left(21) ^ before.rotate_left(42) ^ thing).wrapping_mul(PRIME);
        self.transitions.0.insert(folded(pair));
    }
}

/// `kubelet/worker-1` is a `kubelet`, `csi-controller:9000` a `csi-controller`.
fn kind(name: &str) -> &str {
    name.split(['/', ':']).next().unwrap_or(name)
}

const PRIME: u64 = 0x0100_0000_01b3;

/// FNV-1a, which is the same on every machine.
fn hash(words: &[&str]) -> u64 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain(std::iter::once(0)));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// Both halves of a hash in one.
fn folded(hash: u64) -> u32 {
    let [a, b, c, d, e, f, g, h] = hash.to_le_bytes();
    u32::from_le_bytes([a ^ e, b ^ f, c ^ g, d ^ h])
}
