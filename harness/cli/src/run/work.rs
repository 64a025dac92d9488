//! What there is to sail: a voyage for each variant of each scenario under each seed.

use std::path::Path;

use seatrial_engine::{Mode, Voyage, prepare};
use seatrial_reports::{CallCounts, Outcome, VcenterCalls, Verdict, Volatile};

use crate::select::Candidate;

/// One thing to do: a voyage to make, or a verdict that is already clear.
#[derive(Debug)]
pub enum Work {
    /// Sail it; the text is how the scenario's file was named.
    Voyage(Box<Voyage>, String),
    /// The file cannot be sailed.
    Clear(Box<Verdict>),
}

impl Work {
    /// Its name for people who watch.
    pub fn label(&self) -> String {
        match self {
            Self::Voyage(voyage, name) => {
                let name = crate::select::name_of(Path::new(name));
                format!("{name} [{}] seed {}", voyage.sailing.name, voyage.seed)
            }
            Self::Clear(verdict) => verdict.scenario.clone(),
        }
    }
}

/// All voyages of a scenario under these seeds, seed by seed; or the one verdict that its file is wrong.
pub fn of(candidate: &Candidate, seeds: impl Iterator<Item = u64>, mode: &Mode) -> Vec<Work> {
    let name = candidate.file.display().to_string();
    let folder = candidate.file.parent().unwrap_or(Path::new("."));
    let mut seeds = seeds.peekable();
    let first = seeds.peek().copied().unwrap_or_default();
    let prepared = match &candidate.read {
        Ok(scenario) => prepare(scenario, folder, first).map_err(|errors| errors.render(false)),
        Err(why) => Err(why.clone()),
    };
    match prepared {
        Ok(voyages) => {
            let under = |seed| voyages.iter().map(move |voyage| Voyage { seed, ..voyage.clone() });
            // The page shows each sailing's journal.
            let kept = seeds.flat_map(under).map(|voyage| Voyage { keep_journal: true, mode: mode.clone(), ..voyage });
            kept.map(|voyage| Work::Voyage(Box::new(voyage), name.clone())).collect()
        }
        Err(why) => vec![clear(&name, first, why)],
    }
}

/// A verdict on a file that cannot be sailed.
fn clear(name: &str, seed: u64, reason: String) -> Work {
    Work::Clear(Box::new(Verdict {
        scenario: name.to_owned(),
        title: None,
        sailing: None,
        seed,
        outcome: Outcome::BadInput,
        reason: Some(reason),
        steps: Vec::new(),
        expectations: Vec::new(),
        violations: Vec::new(),
        findings: Vec::new(),
        virtual_time_us: 0,
        journal_entries: 0,
        journal_digest: None,
        calls: CallCounts::new(),
        vcenter_calls: VcenterCalls::new(),
        shortened: Vec::new(),
        repeat: format!("seatrial run {name} --seed {seed}"),
        volatile: Volatile::default(),
    }))
}
