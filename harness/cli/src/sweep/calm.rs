//! The calm runs that a sweep reads its places from.

use std::path::Path;

use seatrial_engine::{KeepJournal, Mode, RunSpec, Stop};
use seatrial_journal::Entry;
use seatrial_reports::CaseOutcome;
use seatrial_search::Bundle;

use super::SweepArguments;
use crate::builtin;
use crate::exit::Exit;
use crate::output::{fail, say};
use crate::run::screen::Screen;
use crate::run::work::{self, Work};
use crate::select::Candidate;
use crate::worker_pool;

/// A case that passed, and its journal.
pub(super) struct Calm {
    /// The scenario, as it was named.
    pub(super) name: String,
    pub(super) spec: RunSpec,
    pub(super) bundle: Bundle,
    pub(super) journal: Vec<Entry>,
}

/// Runs all cases as they are. What is not supported is left out, and said; what fails by itself ends the sweep.
pub(super) fn run_all(candidates: &[Candidate], arguments: &SweepArguments, mode: &Mode, stop: &Stop) -> Result<Vec<Calm>, Exit> {
    let of = |candidate: &Candidate| work::of(candidate, std::iter::once(arguments.seed), mode, stop, KeepJournal::Always);
    let work: Vec<Work> = candidates.iter().flat_map(of).collect();
    let specs: Vec<Option<(RunSpec, String)>> = work
        .iter()
        .map(|work| match work {
            Work::Run(spec, name) => Some((RunSpec::clone(spec), name.clone())),
            Work::Clear(_) | Work::Later(_) => None,
        })
        .collect();
    let mut screen = Screen::of_many(work.iter().map(Work::label).collect());
    let log = worker_pool::run_all(work, arguments.pool_options(stop), |event| screen.show(event));
    screen.clear();
    if log.interrupted {
        return Err(fail("interrupted while the calm runs were made", Exit::Interrupted));
    }
    let mut calm = Vec::new();
    for (place, (verdict, journal)) in log.done {
        match verdict.outcome {
            CaseOutcome::Passed => {}
            CaseOutcome::Unsupported => {
                say(&format!("{} is left out: {}\n", verdict.scenario, verdict.reason.unwrap_or_default()));
                continue;
            }
            outcome => {
                let message = format!("{} does not pass by itself: {}", verdict.scenario, verdict.repeat);
                return Err(fail(&message, Exit::of(outcome)));
            }
        }
        let Some((spec, name)) = specs.get(place).cloned().flatten() else { continue };
        let folder = Path::new(&name).parent().unwrap_or(Path::new("."));
        match Bundle::of(&spec.scenario, folder, &builtin::read) {
            Ok(bundle) => calm.push(Calm { name, spec, bundle, journal }),
            Err(error) => return Err(fail(&format!("{name}: {error}"), Exit::BadInput)),
        }
    }
    Ok(calm)
}
