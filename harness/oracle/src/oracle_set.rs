//! All oracles as one. The set folds the journal into the world's state once, for all of them.

use seatrial_journal::Entry;

use crate::all;
use crate::heartbeats::{Heartbeats, Routine};
use crate::labels::Labels;
use crate::moment::{Calm, Moment};
use crate::oracle::{Oracle, Violation};
use crate::secrets::SecretsKept;
use crate::view::View;
use crate::view::judged;

/// Several oracles as one: shows entries to all, gathers what they say.
pub struct OracleSet {
    view: View,
    heartbeats: Heartbeats,
    calm: Calm,
    oracles: Vec<Box<dyn Oracle>>,
}

impl Default for OracleSet {
    fn default() -> Self {
        Self::new(all(&Labels::default()))
    }
}

impl OracleSet {
    /// A set of these oracles.
    pub fn new(oracles: Vec<Box<dyn Oracle>>) -> Self {
        Self { view: View::of(judged), heartbeats: Heartbeats::default(), calm: Calm::default(), oracles }
    }

    /// A set of all oracles, in a world in which labels mean this and which has these secrets: passwords of accounts, which no
    /// journal tells.
    pub fn guarding(secrets: &[String], labels: &Labels) -> Self {
        let mut oracles = all(labels);
        oracles.retain(|oracle| oracle.name() != SecretsKept::NAME);
        oracles.push(Box::new(SecretsKept::new(secrets)));
        Self::new(oracles)
    }

    /// The same in a world in which this is routine.
    #[must_use]
    pub fn with_routine(mut self, routine: &Routine) -> Self {
        self.heartbeats = Heartbeats::with_routine(routine);
        self
    }

    /// Shows the next entry to all.
    pub fn on(&mut self, entry: &Entry) {
        let heartbeat = self.heartbeats.is_heartbeat(entry);
        self.calm.on(entry);
        let folded = self.view.fold(entry);
        let removed = folded.as_ref().and_then(|folded| folded.removed.as_ref());
        let moment = Moment { entry, view: &self.view, removed, heartbeat, calm: &self.calm };
        for oracle in &mut self.oracles {
            oracle.on(&moment);
        }
    }

    /// Tells all that the world has settled. While an outage lasts it has not, however quiet it is.
    pub fn settled(&mut self) {
        if self.calm.has_outage() {
            return;
        }
        for oracle in &mut self.oracles {
            oracle.settled(&self.view);
        }
    }

    /// What did not hold so far, oracle by oracle; findings among it.
    pub fn findings(&self) -> Vec<Violation> {
        self.oracles.iter().flat_map(|oracle| oracle.findings(&self.view)).collect()
    }
}
