//! What is to be run.

use std::path::PathBuf;

use seatrial_oracle::{Labels, Routine};
use seatrial_scenario::{Case, Scenario, Spanned, VCenter};

use crate::faults::Rule;
use crate::listener::Listener;
use crate::manifest::{Manifests, uses_snapshots};
use crate::mode::Mode;
use crate::outcome::RunOutcome;
use crate::step_progress::Watch;
use crate::stop::Stop;
use crate::switches::Switches;

/// Which faults strike.
#[derive(Clone, Debug, Default)]
pub enum Faults {
    /// Those of the scenario.
    #[default]
    Scenario,
    /// These instead. The scenario's expectations of calls and firings speak of its own faults and are not judged.
    Instead(Vec<Rule>),
}

/// Whose journal an outcome has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeepJournal {
    /// Nobody's.
    #[default]
    Never,
    /// That of a run in which something did not hold.
    Failed,
    /// Everybody's.
    Always,
}

impl KeepJournal {
    pub(super) fn keeps(self, outcome: &RunOutcome) -> bool {
        match self {
            Self::Never => false,
            Self::Failed => !outcome.passed() && outcome.unsupported.is_none(),
            Self::Always => true,
        }
    }
}

/// What is to be run: one case of one scenario under one seed.
#[derive(Clone, Debug)]
pub struct RunSpec {
    /// The scenario.
    pub scenario: Scenario,
    /// Which of its variants.
    pub case: Case,
    /// The manifests that it names.
    pub manifests: Manifests,
    /// What decides the order of events.
    pub seed: u64,
    /// What tests change.
    pub switches: Switches,
    /// Which faults strike.
    pub faults: Faults,
    /// Where the journal goes, if anywhere.
    pub journal: Option<PathBuf>,
    /// The folder for what is written while it runs, if anything is: the packed journal and the logs of processes.
    pub records: Option<PathBuf>,
    /// Whether the outcome has the journal's entries.
    pub keep_journal: KeepJournal,
    /// Who hears of each step while it runs.
    pub watch: Option<Watch>,
    /// Who hears of each entry of its journal, if anybody.
    pub listener: Option<Listener>,
    /// Who may end it before it is over.
    pub stop: Stop,
    /// How the world runs.
    pub mode: Mode,
}

impl RunSpec {
    /// Whether its world has the API of snapshots, and who serves it.
    pub(crate) fn uses_snapshots(&self) -> bool {
        uses_snapshots(&self.scenario, &self.manifests)
    }

    /// What is routine in its world.
    pub(crate) fn routine(&self) -> Routine {
        let ends = |vcenter: &VCenter| vcenter.habits.session_idle.is_some() || vcenter.habits.session_lifetime.is_some();
        Routine { polls: self.mode.polls(), sessions_end: self.scenario.world.vcenters.iter().any(ends) }
    }

    /// What labels mean in its world.
    pub(crate) fn labels(&self) -> Labels {
        let topology = &self.scenario.world.topology;
        let category = |named: &Option<Spanned<String>>| named.as_ref().map(|category| category.value.clone());
        let mut labels = Labels::of_categories(category(&topology.zone).as_deref(), category(&topology.region).as_deref());
        for external in self.mode.processes().into_iter().flat_map(|processes| processes.subjects.all()) {
            external.descriptor.labels.add_to(&mut labels);
        }
        labels
    }
}
