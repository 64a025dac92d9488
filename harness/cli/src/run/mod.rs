//! `seatrial run`: run scenarios, show progress, write the reports.

mod journal;
mod list;
mod out;
mod provenance;
pub mod records;
mod reports;
mod screen;
pub mod work;

use std::path::PathBuf;

use seatrial_engine::{KeepJournal, Mode, Processes, Processors, Stop, Time};
use seatrial_reports::UnfinishedCase;

use crate::Surroundings;
use crate::exit::Exit;
use crate::kubernetes::{KubernetesArguments, Refusal};
use crate::output::{fail, say};
use crate::select::{self, Candidate, Choice};
use crate::subjects::DriverChoice;
use crate::worker_pool::{self, Log, PoolOptions};
use out::Out;
use provenance::Made;
use records::Records;
use reports::Began;
use screen::Screen;
use work::Work;

/// Which scenarios, under which seeds, and where the reports go.
#[derive(Debug, clap::Args)]
pub struct RunArguments {
    /// Scenarios by name (`statefulset/scale`), file or folder; all of `scenarios/` when none is given.
    #[arg(value_name = "NAME|FILE|DIR")]
    scenarios: Vec<String>,
    #[command(flatten)]
    choice: Choice,
    /// Decides the order of events; the same seed gives the same journal.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Runs everything under so many seeds, from the seed on.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=CASES_MAX))]
    repeat: u64,
    /// Begins nothing more when something did not pass.
    #[arg(long)]
    fail_fast: bool,
    /// Shows each step as it begins and ends.
    #[arg(long, short)]
    verbose: bool,
    /// Where the reports go, and what cases write while they run (`cases/`: their journals, the logs of their processes).
    #[arg(long, value_name = "DIR", default_value = "target/seatrial")]
    out: PathBuf,
    /// Of which cases journals and logs stay under --out; all where drivers are processes and there is one seed, otherwise those
    /// that did not pass.
    #[arg(long, value_enum)]
    records: Option<Records>,
    /// Writes the journal there, as lines of JSON; of several cases one after the other.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// The journals that report.html carries, to look through in its timeline.
    #[arg(long, value_enum, default_value_t = Embedded::Failed)]
    embed_journals: Embedded,
    /// Whose time worlds live in.
    #[arg(long, value_enum, default_value_t = Way::Virtual)]
    mode: Way,
    /// Where our drivers run; those that were built elsewhere are processes always.
    #[arg(long = "drivers", value_enum, default_value_t = Place::InProcess)]
    place: Place,
    #[command(flatten)]
    drivers: DriverChoice,
    #[command(flatten)]
    kubernetes: KubernetesArguments,
    /// Shows the scenarios with their versions and tags, and runs none.
    #[arg(long)]
    list: bool,
}

/// More cases than this are a slip: their descriptions alone would fill the memory.
const CASES_MAX: u64 = 100_000;

/// Which journals the page carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Embedded {
    /// Every case's; some 200 kB each.
    All,
    /// Those of cases that did not pass; of more than fifty, the first fifty.
    Failed,
    /// None.
    None,
}

/// More journals than this are no page, and a thousand would fill the memory.
const FAILED_MAX: usize = 50;

impl Embedded {
    fn most(self) -> usize {
        if self == Self::Failed { FAILED_MAX } else { usize::MAX }
    }

    fn kept(self) -> KeepJournal {
        match self {
            Self::All => KeepJournal::Always,
            Self::Failed => KeepJournal::Failed,
            Self::None => KeepJournal::Never,
        }
    }
}

/// Whose time a world lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Way {
    /// The world's own, for everybody in it: hours pass in seconds, and a seed decides.
    Virtual,
    /// The wall's, never faster; drivers are processes.
    Live,
}

/// Where our drivers run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Place {
    /// In this process.
    InProcess,
    /// As processes of their own, with sockets between them and the world.
    Processes,
}

impl RunArguments {
    fn mode(&self, around: &Surroundings) -> Result<Mode, Refusal> {
        let time = match self.mode {
            Way::Virtual if self.place == Place::InProcess && !self.drivers.is_external() => {
                return self.kubernetes.check_virtual().map(|()| Mode::Virtual);
            }
            Way::Virtual => {
                self.kubernetes.check_virtual()?;
                Time::World(Processors::default())
            }
            Way::Live => Time::Wall,
        };
        let subjects = self.drivers.find(around.folders.clone())?;
        let kubernetes = self.kubernetes.find(around.variable)?;
        Ok(Mode::Processes(Processes { time, program: around.program.clone(), subjects, kubernetes }))
    }

    /// How many worlds run at a time: as many as the processors take, but one where there is something that only one can have.
    fn pool_options(&self, mode: &Mode, stop: &Stop) -> PoolOptions {
        PoolOptions {
            one_at_a_time: self.kubernetes.is_shared(),
            fail_fast: self.fail_fast,
            journals_max: self.embed_journals.most(),
            records: self.records(mode),
            stop: stop.clone(),
        }
    }

    /// Whoever has one seed's run in virtual time can have it again, and a thousand runs fill a disk.
    fn records(&self, mode: &Mode) -> Records {
        let all = self.repeat == 1 && matches!(mode, Mode::Processes(_));
        self.records.unwrap_or(if all { Records::All } else { Records::Failed })
    }
}

/// Runs; the exit code tells the worst that was found.
pub fn run(arguments: &RunArguments, around: &Surroundings) -> Exit {
    let candidates = match select::candidates(&arguments.scenarios, &arguments.choice) {
        Ok(candidates) => candidates,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    if arguments.list {
        return say(&list::list(&candidates));
    }
    let Some(last) = arguments.seed.checked_add(arguments.repeat - 1) else {
        let message = format!("there are no {} seeds from {} on; begin with a smaller --seed", arguments.repeat, arguments.seed);
        return fail(&message, Exit::BadInput);
    };
    let cases = arguments.repeat.saturating_mul(candidates.iter().map(Candidate::cases).sum());
    if cases > CASES_MAX {
        let message = format!("{cases} cases are more than {CASES_MAX}; choose fewer scenarios, or repeat them less often");
        return fail(&message, Exit::BadInput);
    }
    let mode = match arguments.mode(around) {
        Ok(mode) => mode,
        Err((message, exit)) => return fail(&message, exit),
    };
    let out = match Out::take(&arguments.out) {
        Ok(out) => out,
        Err(error) => return fail(&error.to_string(), Exit::Environment),
    };
    let (began, stop) = (Began::now(), Stop::default());
    let made = Made::look(&mode, arguments.seed, arguments.repeat);
    let kept = arguments.embed_journals.kept();
    let of = |candidate: &Candidate| work::of(candidate, arguments.seed..=last, &mode, &stop, kept);
    let work: Vec<Work> = candidates.iter().flat_map(of).collect();
    let work = records::into_folders(work, &arguments.out);
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
    conclude(&out, log, &names, (began, made), screen.colour())
}

/// Writes the reports of what was run, and says what was not.
fn conclude(out: &Out, log: Log, names: &[UnfinishedCase], (began, made): (Began, Made), colour: bool) -> Exit {
    let (reported, number, interrupted) = (log.done.len(), log.number, log.interrupted);
    let (report, journals) = reports::of(log, names, began, made);
    say(&seatrial_reports::terminal_summary(&report, colour));
    if let Err(error) = reports::write(out, &report, &journals) {
        return fail(&error.to_string(), Exit::Environment);
    }
    say(&format!("reports: {} and, beside it, report.html, report.txt, junit.xml and summary.md\n", out.path("report.json").display()));
    if interrupted {
        return fail(&format!("interrupted: {reported} of {number} had run, and the reports tell of those"), Exit::Interrupted);
    }
    if reported < number {
        say(&format!("--fail-fast: {} of {number} were not run or are not reported\n", number - reported));
    }
    Exit::of(report.summary.outcome)
}
