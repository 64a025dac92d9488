//! What there is to run: a run for each variant of each scenario under each seed.

use std::path::Path;

use seatrial_engine::{KeepJournal, Mode, RunSpec, Stop, prepare_in};
use seatrial_reports::{UnfinishedCase, Verdict};

use super::records;
use crate::builtin;
use crate::select::Candidate;

/// One thing to do: something to run, or a verdict that is already clear.
pub enum Work {
    /// Run it; the text is how the scenario's file was named.
    Run(Box<RunSpec>, String),
    /// The file cannot be run.
    Clear(Box<Verdict>),
    /// One of the two, made when its turn comes: of thousands, all at once would fill the memory.
    Later(Later),
}

/// Work that is not made yet.
pub struct Later {
    /// How a report names it when there is no verdict on it.
    pub unfinished: UnfinishedCase,
    /// Makes it.
    pub make: Box<dyn FnOnce() -> Work + Send>,
}

impl Work {
    /// Its name for people who watch.
    pub fn label(&self) -> String {
        match self {
            Self::Run(spec, name) => label(Path::new(name), &spec.case.name, spec.seed),
            Self::Clear(verdict) => verdict.scenario.clone(),
            Self::Later(later) => label(Path::new(&later.unfinished.scenario), &later.unfinished.case, later.unfinished.seed),
        }
    }

    /// How a report names it when there is no verdict on it.
    pub fn unfinished(&self) -> UnfinishedCase {
        match self {
            Self::Run(spec, name) => UnfinishedCase {
                scenario: name.clone(),
                case: spec.case.name.clone(),
                seed: spec.seed,
                records: spec.records.as_deref().and_then(records::name_of),
            },
            // It is over before it begins.
            Self::Clear(verdict) => {
                UnfinishedCase { scenario: verdict.scenario.clone(), case: String::new(), seed: verdict.seed, records: None }
            }
            Self::Later(later) => later.unfinished.clone(),
        }
    }
}

/// How one run is named: `statefulset/scale [8.0.3] seed 1`.
pub fn label(file: &Path, case: &str, seed: u64) -> String {
    format!("{} [{case}] seed {seed}", crate::select::name_of(file))
}

/// The labels of all runs of a scenario under these seeds, as [`of`] makes them of a file without fault.
pub fn labels(candidate: &Candidate, seeds: impl Iterator<Item = u64>) -> Vec<String> {
    let cases: Vec<String> = candidate.case_names().into_iter().filter(|case| candidate.takes(case)).collect();
    if cases.is_empty() {
        return vec![candidate.file.display().to_string()];
    }
    seeds.flat_map(|seed| cases.iter().map(move |case| label(&candidate.file, case, seed)).collect::<Vec<_>>()).collect()
}

/// All runs of a scenario under these seeds, seed by seed; or the one verdict that its file is wrong.
pub fn of(candidate: &Candidate, seeds: impl Iterator<Item = u64>, mode: &Mode, stop: &Stop, keep_journal: KeepJournal) -> Vec<Work> {
    let name = candidate.file.display().to_string();
    let folder = candidate.file.parent().unwrap_or(Path::new("."));
    let mut seeds = seeds.peekable();
    let first = seeds.peek().copied().unwrap_or_default();
    let prepared = match &candidate.read {
        Ok(scenario) => prepare_in(scenario, folder, &builtin::read, first, mode).map_err(|errors| errors.render(false)),
        Err(why) => Err(why.clone()),
    };
    match prepared {
        Ok(specs) => {
            let specs: Vec<RunSpec> = specs.into_iter().filter(|spec| candidate.takes(&spec.case.name)).collect();
            let under = |seed| specs.iter().map(move |spec| RunSpec { seed, ..spec.clone() });
            let runs = seeds.flat_map(under).map(|spec| RunSpec { keep_journal, stop: stop.clone(), ..spec });
            runs.map(|spec| Work::Run(Box::new(spec), name.clone())).collect()
        }
        Err(why) => vec![clear(&name, first, why)],
    }
}

/// A verdict on a file that cannot be run.
pub fn clear(name: &str, seed: u64, reason: String) -> Work {
    Work::Clear(Box::new(Verdict::bad_input(name, seed, reason)))
}
