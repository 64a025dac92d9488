//! Whose entry an entry of the journal is: the process and the border that it belongs to.

use std::fmt;

use crate::event::{Border, Call, CallId, Entry, Event, ProcessEvent};

/// To whom an entry belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Something about a call.
    Call {
        /// Its number.
        number: u64,
        /// What of it.
        what: &'static str,
        /// Who calls.
        from: String,
        /// Who is called.
        to: String,
        /// By which border.
        border: Border,
        /// The operation, with what it is about.
        method: String,
    },
    /// A change of state.
    Change {
        /// Whose.
        store: String,
        /// Of what.
        object: String,
        /// Who brought it about, in words.
        cause: String,
    },
    /// Something about a process.
    Process(String),
    /// What the harness itself does.
    Harness(&'static str),
}

impl Whose {
    /// Whose entry this is; `find` finds an earlier one by its number.
    pub(crate) fn of(entry: &Entry, find: impl Fn(u64) -> Option<Entry>) -> Option<Self> {
        let about = |CallId(number): CallId, what| Some(Self::call(number, what, &sent(&find(number)?)?));
        match &entry.event {
            Event::Sent(call) => Some(Self::call(entry.seq, "sent", call)),
            Event::Effect { call } => about(*call, "takes effect"),
            Event::Answered { call, .. } => about(*call, "answered"),
            Event::CallerGone { call } => about(*call, "answered, and nobody was there to hear it"),
            Event::Fault { call: Some(call), .. } => about(*call, "hit by a fault"),
            Event::Change(change) => {
                let cause = change.cause.as_deref().unwrap_or("nobody who is known");
                let call = cause.parse().ok().and_then(&find).and_then(|entry| sent(&entry));
                let cause = call.map_or_else(|| cause.to_owned(), |call| format!("{} by {}", call.from, operation(&call)));
                Some(Self::Change { store: change.store.clone(), object: change.object.clone(), cause })
            }
            Event::Process { name, event, .. } => {
                let what = match event {
                    ProcessEvent::Started => "starts",
                    ProcessEvent::Killed => "is killed",
                    ProcessEvent::Exited(_) => "ends",
                };
                Some(Self::Process(format!("process {name} {what}")))
            }
            Event::Log { process, .. } => Some(Self::Process(format!("process {process} writes to its log"))),
            Event::Fault { call: None, .. } | Event::Outage { .. } => Some(Self::Harness("a fault of the scenario's")),
            Event::Step { .. } => Some(Self::Harness("a step of the scenario's")),
        }
    }

    fn call(number: u64, what: &'static str, call: &Call) -> Self {
        let (from, to, border, method) = (call.from.clone(), call.to.clone(), call.border, operation(call));
        Self::Call { number, what, from, to, border, method }
    }
}

fn sent(entry: &Entry) -> Option<Call> {
    match &entry.event {
        Event::Sent(call) => Some(call.clone()),
        _ => None,
    }
}

fn operation(call: &Call) -> String {
    call.target.as_ref().map_or_else(|| call.method.clone(), |target| format!("{} {target}", call.method))
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call { number, what, from, to, border, method } => {
                let border = match border {
                    Border::VCenter => "vSphere API",
                    Border::Kubernetes => "Kubernetes API",
                    Border::Csi => "CSI",
                };
                write!(f, "{from} to {to}, {border}: call {number}, {method}, {what}")
            }
            Self::Change { store, object, cause } => write!(f, "{object} in {store}, changed by {cause}"),
            Self::Process(what) => f.write_str(what),
            Self::Harness(what) => write!(f, "the harness: {what}"),
        }
    }
}
