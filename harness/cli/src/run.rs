//! `seatrial run`: sail scenarios, show progress, write the reports.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use seatrial_engine::{Voyage, prepare};
use seatrial_journal::Entry;
use seatrial_reports::{Outcome, RunReport, Verdict, Volatile};

use crate::crew::{self, Done};
use crate::exit::Exit;
use crate::select;

/// Which scenarios, under which seed, and where the reports go.
#[derive(Debug, clap::Args)]
pub struct RunArguments {
    /// Scenarios by name (`statefulset/scale`), file or folder; all of `scenarios/` when none is given.
    #[arg(value_name = "NAME|FILE|DIR")]
    scenarios: Vec<String>,
    /// Decides the order of events; the same seed gives the same journal.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where the reports go.
    #[arg(long, value_name = "DIR", default_value = "target/seatrial")]
    out: PathBuf,
    /// Writes the journal there, as lines of JSON; of several sailings one after the other.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// How to sail. `virtual` is the only way so far: a virtual clock, everything in this process.
    #[arg(long, value_enum, default_value_t = Mode::Virtual)]
    mode: Mode,
    /// Shows the names of the scenarios and runs none.
    #[arg(long)]
    list: bool,
}

/// How a world runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    /// Under a virtual clock, in one process.
    Virtual,
}

/// One thing to do: a voyage to make, or a verdict that is already clear.
#[derive(Debug)]
pub enum Work {
    /// Sail it; the text is how the scenario's file was named.
    Voyage(Box<Voyage>, String),
    /// The file cannot be sailed.
    Clear(Box<Verdict>),
}

/// Sails; the exit code tells the worst that was found.
pub fn run(arguments: &RunArguments) -> Exit {
    let files = match select::files(&arguments.scenarios) {
        Ok(files) => files,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    if arguments.list {
        files.iter().for_each(|file| println!("{}", select::name_of(file)));
        return Exit::Held;
    }
    if let Err(error) = std::fs::create_dir_all(&arguments.out) {
        return fail(&format!("failed to make {}: {error}; choose another place with --out", arguments.out.display()), Exit::Environment);
    }
    #[expect(clippy::disallowed_methods, reason = "wall time is what is reported here")]
    let began = std::time::Instant::now();
    let work = files.iter().flat_map(|file| work_of(file, arguments.seed)).enumerate();
    let work: Vec<Work> = work.map(|(place, work)| with_journal(work, arguments.journal.as_deref(), place)).collect();
    let colour = std::io::stdout().is_terminal();
    let parts = work.len();
    let done = crew::sail_all(work, |verdict| print!("{}", seatrial_reports::terminal_sailing(verdict, colour)));
    if let Some(journal) = &arguments.journal
        && let Err(error) = gather(journal, parts)
    {
        return fail(
            &format!("failed to write journal {}: {error}; choose another place with --journal", journal.display()),
            Exit::Environment,
        );
    }
    finish(&arguments.out, done, began.elapsed(), colour)
}

fn fail(message: &str, exit: Exit) -> Exit {
    eprintln!("seatrial: {message}");
    exit
}

fn work_of(file: &Path, seed: u64) -> Vec<Work> {
    let name = file.display().to_string();
    let folder = file.parent().unwrap_or(Path::new("."));
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return vec![clear(&name, seed, format!("{name} cannot be read: {error}"))],
    };
    match seatrial_scenario::parse(&name, &text).and_then(|scenario| prepare(&scenario, folder, seed)) {
        Ok(voyages) => {
            // The page shows each sailing's journal.
            let kept = voyages.into_iter().map(|voyage| Voyage { keep_journal: true, ..voyage });
            kept.map(|voyage| Work::Voyage(Box::new(voyage), name.clone())).collect()
        }
        Err(errors) => vec![clear(&name, seed, errors.render(false))],
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
        calls: seatrial_reports::CallCounts::new(),
        vcenter_calls: seatrial_reports::VcenterCalls::new(),
        repeat: format!("seatrial run {name} --seed {seed}"),
        volatile: Volatile::default(),
    }))
}

/// Several voyages sail at once, so each writes a part of its own.
fn with_journal(work: Work, journal: Option<&Path>, place: usize) -> Work {
    match (work, journal) {
        (Work::Voyage(mut voyage, name), Some(journal)) => {
            voyage.journal = Some(part(journal, place));
            Work::Voyage(voyage, name)
        }
        (work, _) => work,
    }
}

fn part(journal: &Path, place: usize) -> PathBuf {
    let mut name = journal.as_os_str().to_owned();
    name.push(format!(".part-{place}"));
    name.into()
}

/// Puts the parts together, in order.
fn gather(journal: &Path, parts: usize) -> std::io::Result<()> {
    let mut whole = File::create(journal)?;
    for place in 0..parts {
        let part = part(journal, place);
        if part.exists() {
            std::io::copy(&mut File::open(&part)?, &mut whole)?;
            std::fs::remove_file(&part)?;
        }
    }
    whole.flush()
}

fn finish(out: &Path, done: Vec<Done>, took: Duration, colour: bool) -> Exit {
    let (verdicts, journals): (Vec<Verdict>, Vec<Vec<Entry>>) = done.into_iter().unzip();
    let journals: BTreeMap<usize, Vec<Entry>> = journals.into_iter().enumerate().filter(|(_, journal)| !journal.is_empty()).collect();
    let report = RunReport::new(env!("CARGO_PKG_VERSION"), verdicts, took);
    print!("{}", seatrial_reports::terminal_summary(&report, colour));
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
    println!("reports: {} and, beside it, report.html, report.txt, junit.xml and summary.md", out.join("report.json").display());
    Exit::of(report.summary.outcome)
}
