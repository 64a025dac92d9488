//! `seatrial run`: run scenarios, show progress, write the reports.

mod arguments;
pub mod attempts;
mod baseline;
mod journal;
mod list;
pub mod out;
pub mod partition;
pub mod profile;
pub mod provenance;
pub mod records;
pub mod reports;
pub mod screen;
pub mod ways;
pub mod work;

use seatrial_engine::Stop;
use seatrial_reports::{PartitionReport, RunReport, UnfinishedCase};

use crate::exit::Exit;
use crate::output::{fail, say};
use crate::select::{self, Candidate};
use crate::surroundings::Surroundings;
use crate::worker_pool::{self, Log};
use arguments::CASES_MAX;
pub use arguments::RunArguments;
use baseline::Baseline;
use out::Out;
use profile::Profile;
use provenance::Made;
use reports::Began;
use screen::Screen;
use work::Work;

/// Runs; the exit code tells the worst that was found.
pub fn run(arguments: RunArguments, around: &Surroundings) -> Exit {
    let profile =
        std::env::current_dir().map_or_else(|_| Ok(Profile::default()), |folder| profile::find(&folder, arguments.profile.as_deref()));
    match profile {
        Ok(profile) => run_on(&arguments.on_top_of(profile), around),
        Err(error) => fail(&error.to_string(), Exit::BadInput),
    }
}

/// Runs with all flags that count.
fn run_on(arguments: &RunArguments, around: &Surroundings) -> Exit {
    let candidates = match select::candidates(&arguments.scenarios, &arguments.choice) {
        Ok(candidates) => candidates,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    let (seed, repeat) = (arguments.seed(), arguments.repeat());
    let Some(seeds) = arguments.seeds() else {
        return fail(&format!("there are no {repeat} seeds from {seed} on; begin with a smaller --seed"), Exit::BadInput);
    };
    if arguments.list {
        return say(&list::list(&list::in_part(candidates, arguments.partition, &seeds)));
    }
    let cases = repeat.saturating_mul(candidates.iter().map(Candidate::cases).sum());
    if cases > CASES_MAX {
        let message = format!("{cases} cases are more than {CASES_MAX}; choose fewer scenarios, or repeat them less often");
        return fail(&message, Exit::BadInput);
    }
    let baseline = match arguments.baseline.as_ref().map(|file| Baseline::read(file, arguments.rules)).transpose() {
        Ok(baseline) => baseline,
        Err(error) => return fail(&format!("--baseline: {error}"), Exit::BadInput),
    };
    let mode = match arguments.mode(around) {
        Ok(mode) => mode,
        Err((message, exit)) => return fail(&message, exit),
    };
    let out = match Out::take(arguments.out()) {
        Ok(out) => out,
        Err(error) => return fail(&error.to_string(), Exit::Environment),
    };
    let (began, stop) = (Began::now(), Stop::default());
    let made = Made::look(&mode, seed, repeat);
    let of = |candidate: &Candidate| work::of(candidate, seeds.clone(), &mode, &stop, arguments.embed_journals.kept());
    let work: Vec<Work> = candidates.iter().flat_map(of).collect();
    let (work, part) = partition::split(arguments.partition, work);
    let work = records::into_folders(work, arguments.out());
    let work = match &arguments.journal {
        Some(journal) => journal::into_parts(work, journal),
        None => work,
    };
    let names: Vec<UnfinishedCase> = work.iter().map(Work::unfinished).collect();
    let mut screen = Screen::new(work.iter().map(Work::label).collect(), arguments.verbose);
    let log = worker_pool::run_all(work, arguments.pool_options(&mode, &stop), |event| screen.show(event));
    screen.clear();
    if let Some(journal) = &arguments.journal
        && let Err(error) = journal::gather(journal, &log.done.keys().copied().collect(), log.number)
    {
        let message = format!("failed to write journal {}: {error}; choose another place with --journal", journal.display());
        return fail(&message, Exit::Environment);
    }
    let ending =
        Ending { out, part, baseline, useless_retries: arguments.retries() > 0 && attempts::are_useless(&mode), colour: screen.colour() };
    ending.conclude(log, &names, began, made)
}

/// How a run ends: where its reports go, and what is said of them.
struct Ending {
    out: Out,
    part: Option<PartitionReport>,
    baseline: Option<Baseline>,
    useless_retries: bool,
    colour: bool,
}

impl Ending {
    /// Writes the reports of what was run, says what was not, and compares with the baseline.
    fn conclude(self, log: Log, names: &[UnfinishedCase], began: Began, made: Made) -> Exit {
        let (reported, number, interrupted) = (log.done.len(), log.number, log.interrupted);
        let part = self.part.as_ref().map(|part| partition::of_done(part, log.done.keys()));
        let (report, journals) = reports::of(log, names, began, made);
        let report = RunReport { partition: part, ..report };
        say(&seatrial_reports::terminal_summary(&report, self.colour));
        if let Err(error) = reports::write(&self.out, &report, &journals) {
            return fail(&error.to_string(), Exit::Environment);
        }
        let path = self.out.path("report.json");
        say(&format!("reports: {} and, beside it, report.html, report.txt, junit.xml and summary.md\n", path.display()));
        if interrupted {
            return fail(&format!("interrupted: {reported} of {number} had run, and the reports tell of those"), Exit::Interrupted);
        }
        if reported < number {
            say(&format!("--fail-fast: {} of {number} were not run or are not reported\n", number - reported));
        }
        if self.useless_retries && !report.summary.outcome.is_good() {
            say("--retries: nothing was run again; in virtual time the same seed is the same run. --repeat runs other seeds\n");
        }
        match &self.baseline {
            Some(baseline) => baseline.judge(&report, &self.out),
            None => Exit::of(report.summary.outcome),
        }
    }
}
