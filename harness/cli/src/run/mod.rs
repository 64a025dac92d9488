//! `seatrial run`: run scenarios, show progress, write the reports.

mod journal;
mod list;
mod screen;
pub mod work;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use seatrial_engine::{KeepJournal, Mode, Processes, Processors, Time};
use seatrial_journal::Entry;
use seatrial_reports::{RunReport, Verdict};

use crate::Surroundings;
use crate::exit::Exit;
use crate::kubernetes::{KubernetesArguments, Refusal};
use crate::output::{fail, say};
use crate::select::{self, Candidate, Choice};
use crate::subjects::DriverChoice;
use crate::worker_pool::{self, Done, Log, PoolOptions};
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
    /// Where the reports go.
    #[arg(long, value_name = "DIR", default_value = "target/seatrial")]
    out: PathBuf,
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
    /// Those of cases that did not pass.
    Failed,
    /// None.
    None,
}

impl Embedded {
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
    fn pool_options(&self) -> PoolOptions {
        PoolOptions { one_at_a_time: self.kubernetes.is_shared(), fail_fast: self.fail_fast, steps: self.verbose }
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
    if let Err(error) = std::fs::create_dir_all(&arguments.out) {
        return fail(&format!("failed to make {}: {error}; choose another place with --out", arguments.out.display()), Exit::Environment);
    }
    #[expect(clippy::disallowed_methods, reason = "wall time is what is reported here")]
    let began = std::time::Instant::now();
    let kept = arguments.embed_journals.kept();
    let work: Vec<Work> = candidates.iter().flat_map(|candidate| work::of(candidate, arguments.seed..=last, &mode, kept)).collect();
    let work = match &arguments.journal {
        Some(journal) => journal::into_parts(work, journal),
        None => work,
    };
    let options = arguments.pool_options();
    let mut screen = Screen::new(work.iter().map(Work::label).collect());
    let log = worker_pool::run_all(work, options, |event| screen.show(event));
    screen.clear();
    conclude(arguments, log, began.elapsed(), screen.colour())
}

fn conclude(arguments: &RunArguments, log: Log, took: Duration, colour: bool) -> Exit {
    if log.interrupted {
        if let Some(journal) = &arguments.journal {
            journal::discard(journal, log.number);
        }
        return cut_short(log, took, colour);
    }
    let (reported, number) = (log.done.len(), log.number);
    if let Some(journal) = &arguments.journal
        && let Err(error) = journal::gather(journal, reported, number)
    {
        let message = format!("failed to write journal {}: {error}; choose another place with --journal", journal.display());
        return fail(&message, Exit::Environment);
    }
    let exit = finish(&arguments.out, log.done, took, colour);
    if reported < number {
        say(&format!("--fail-fast: {} of {number} were not run or are not reported\n", number - reported));
    }
    exit
}

/// What has run so far; a report of a part would be taken for the whole.
fn cut_short(log: Log, took: Duration, colour: bool) -> Exit {
    let (reported, number) = (log.done.len(), log.number);
    let verdicts: Vec<Verdict> = log.done.into_iter().map(|(verdict, _)| verdict).collect();
    let report = RunReport::new(env!("CARGO_PKG_VERSION"), verdicts, took);
    say(&seatrial_reports::terminal_summary(&report, colour));
    fail(&format!("interrupted: {reported} of {number} had run; no reports were written"), Exit::Interrupted)
}

fn finish(out: &Path, done: Vec<Done>, took: Duration, colour: bool) -> Exit {
    let (verdicts, journals): (Vec<Verdict>, Vec<Vec<Entry>>) = done.into_iter().unzip();
    let journals: BTreeMap<usize, Vec<Entry>> = journals.into_iter().enumerate().filter(|(_, journal)| !journal.is_empty()).collect();
    let report = RunReport::new(env!("CARGO_PKG_VERSION"), verdicts, took);
    say(&seatrial_reports::terminal_summary(&report, colour));
    let reports = [
        ("report.json", seatrial_reports::json(&report)),
        ("report.txt", seatrial_reports::terminal(&report, false)),
        ("junit.xml", seatrial_reports::junit(&report)),
        ("summary.md", seatrial_reports::markdown(&report)),
        ("report.html", seatrial_reports::html(&report, &journals)),
    ];
    for (name, text) in reports {
        let path = out.join(name);
        if let Err(error) = std::fs::write(&path, text) {
            return fail(&format!("failed to write {}: {error}; choose another place with --out", path.display()), Exit::Environment);
        }
    }
    say(&format!("reports: {} and, beside it, report.html, report.txt, junit.xml and summary.md\n", out.join("report.json").display()));
    Exit::of(report.summary.outcome)
}
