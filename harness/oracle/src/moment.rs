//! What an oracle is shown: an entry of the journal, and the world as it is after it.

use std::collections::BTreeSet;
use std::time::Duration;

use seatrial_journal::{Change, Elapsed, Entry, Event, OutageState, ProcessEvent};

use crate::shut_out::ShutOut;
use crate::view::{Seen, View};

/// One entry and the world after it.
pub struct Moment<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// The world after it.
    pub view: &'a View,
    /// The last state of the object that the entry removed.
    pub removed: Option<&'a Seen>,
    /// Whether the entry is a heartbeat.
    pub heartbeat: bool,
    /// Whether an outage lasts.
    pub calm: &'a Calm,
}

impl Moment<'_> {
    /// The change that the entry is, if it is one of an object that the view keeps.
    pub fn change(&self) -> Option<&Change> {
        match &self.entry.event {
            Event::Change(change) => Some(change),
            _ => None,
        }
    }

    /// The change, if it is one of such an object of Kubernetes, and the rest of the object's name.
    pub(crate) fn kubernetes(&self, prefix: &str) -> Option<(&Change, &str)> {
        let change = self.change().filter(|change| change.store == crate::view::KUBERNETES)?;
        Some((change, change.object.strip_prefix(prefix)?))
    }

    /// The change, if it is one of such an object of a vCenter, and the rest of the object's name.
    pub(crate) fn vcenter(&self, prefix: &str) -> Option<(&Change, &str)> {
        let change = self.change()?;
        let rest = change.object.strip_prefix(prefix)?;
        crate::view::is_vcenter(&change.store).then_some((change, rest))
    }
}

/// Whether an outage lasts, and since when none does.
///
/// An outage is in the journal as [`Event::Outage`]. What strikes once (a fault's firing, a process that starts again)
/// ends the calm before it, and a new one begins at once. Whose login was refused is away as well, for a while.
#[derive(Clone, Debug, Default)]
pub struct Calm {
    outages: BTreeSet<String>,
    since: Elapsed,
    shut_out: ShutOut,
}

impl Calm {
    /// Whether an outage lasts.
    pub fn has_outage(&self) -> bool {
        !self.outages.is_empty() || self.shut_out.is_anybody()
    }

    /// Whether a process does what it does because a vCenter refused it, or lets it in again.
    pub(crate) fn comes_in(&self, process: &str) -> bool {
        self.shut_out.comes_in(process)
    }

    /// How long there has been no outage at `now`, nor what is waited for, which is so since `since`.
    pub(crate) fn lasted(&self, since: Elapsed, now: Elapsed) -> Duration {
        if self.has_outage() {
            return Duration::ZERO;
        }
        now.duration().saturating_sub(since.max(self.since).duration().max(self.shut_out.until()))
    }

    pub(crate) fn on(&mut self, entry: &Entry) {
        self.shut_out.on(entry);
        match &entry.event {
            Event::Outage { what, state: OutageState::Began } => {
                self.outages.insert(what.clone());
            }
            Event::Outage { what, state: OutageState::Ended } => {
                self.outages.remove(what);
                self.since = entry.at;
            }
            Event::Fault { .. } | Event::Process { event: ProcessEvent::Started, .. } => self.since = entry.at,
            _ => {}
        }
    }
}
