//! `seatrial explore`: runs scenarios that are drawn from seeds, and keeps those that fail, made small.

mod arguments;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use seatrial_engine::{Mode, RunSpec, Stop, Switches};
use seatrial_reports::{CaseOutcome, UnfinishedCase, Verdict};
use seatrial_search::shrink::Suspect;
use seatrial_search::{Bundle, explore};
use serde::Serialize;

use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::output::{fail, say};
use crate::run::out::Out;
use crate::run::provenance::Made;
use crate::run::reports::{self, Began};
use crate::run::screen::Screen;
use crate::run::work::{Later, Work, clear};
use crate::shrink;
use crate::worker_pool::{self, Log};
pub use arguments::ExploreArguments;

/// So many seeds are drawn at a time where the time is the limit.
const BATCH: u64 = 64;
/// A failure is made small with so many candidates at most.
const TRIES: usize = 600;

/// What was explored, for programs.
#[derive(Serialize)]
struct ExploreReport {
    schema_version: u32,
    /// The seeds, from and to.
    first: u64,
    last: u64,
    /// How many runs there were, and how many in a second.
    runs: usize,
    runs_per_second: f64,
    /// How many ended in each way.
    outcomes: BTreeMap<CaseOutcome, usize>,
    found: Vec<Found>,
}

/// A seed that failed.
#[derive(Serialize)]
struct Found {
    seed: u64,
    /// Why, in a line.
    why: String,
    /// The scenario.
    file: String,
    /// The smallest that fails for the same reason, where it was looked for.
    small: Option<String>,
}

/// Explores; the exit code tells the worst that was found.
pub fn run(arguments: &ExploreArguments) -> Exit {
    if arguments.show {
        return show(arguments);
    }
    let out = match Out::take(arguments.out()) {
        Ok(out) => out,
        Err(error) => return fail(&error.to_string(), Exit::Environment),
    };
    let (began, stop, made) = (Began::now(), Stop::default(), Made::look(&Mode::Virtual, arguments.first(), 1));
    let mut whole = Log { done: BTreeMap::new(), unfinished: Default::default(), number: 0, interrupted: false };
    let (mut outcomes, mut runs, mut next): (BTreeMap<CaseOutcome, usize>, usize, u64) = (BTreeMap::new(), 0, arguments.first());
    while let Some(seeds) = batch(arguments, next, began.elapsed()) {
        next = seeds.end;
        let work: Vec<Work> = seeds.filter(|seed| arguments.takes(*seed)).map(|seed| later(seed, arguments, &stop)).collect();
        let mut screen = Screen::of_many(work.iter().map(Work::label).collect());
        let log = worker_pool::run_all(work, arguments.pool_options(&stop), |event| screen.show(event));
        screen.clear();
        runs += log.done.len();
        for (verdict, journal) in log.done.into_values() {
            *outcomes.entry(verdict.outcome).or_default() += 1;
            if !verdict.outcome.is_good() {
                whole.done.insert(whole.done.len(), (verdict, journal));
            }
        }
        whole.interrupted |= log.interrupted;
        if interrupted() {
            break;
        }
    }
    whole.number = whole.done.len();
    let took = began.elapsed().as_secs_f64();
    let mut found = Vec::new();
    for (verdict, _) in whole.done.values() {
        match keep(verdict, arguments) {
            Ok(kept) => found.push(kept),
            Err(error) => return fail(&format!("{error}; choose another place with --out"), Exit::Environment),
        }
    }
    let cut = whole.interrupted;
    let report = ExploreReport {
        schema_version: 1,
        first: arguments.first(),
        last: next.saturating_sub(1),
        runs,
        runs_per_second: (runs as f64 / took.max(0.001) * 10.0).round() / 10.0,
        outcomes,
        found,
    };
    let (run, journals) = reports::of(whole, &[], began, made);
    let json = serde_json::to_string_pretty(&report).map_or_else(|_| String::new(), |text| text + "\n");
    if let Err(error) = out.write("explore.json", &json).and_then(|()| reports::write(&out, &run, &journals)) {
        return fail(&error.to_string(), Exit::Environment);
    }
    tell(&report, &out);
    if cut { fail("interrupted: the reports tell of the seeds that had run", Exit::Interrupted) } else { Exit::of(run.summary.outcome) }
}

/// The next seeds, if there are any.
fn batch(arguments: &ExploreArguments, next: u64, elapsed: Duration) -> Option<std::ops::Range<u64>> {
    let end = match (arguments.end(), arguments.time()) {
        (Some(end), None) => end,
        (_, Some(time)) if elapsed < time => next + BATCH,
        _ => return None,
    };
    (next < end).then_some(next..end)
}

/// Prints the scenario of the first seed, or writes it.
fn show(arguments: &ExploreArguments) -> Exit {
    let bundle = explore::scenario(arguments.first());
    let name = format!("seed-{}.yaml", arguments.first());
    match bundle.named(&format!("seed-{}", arguments.first())).and_then(|bundle| bundle.write(arguments.out(), &name)) {
        Ok(path) => say(&format!("seatrial run {} --seed {}\n", path.display(), arguments.first())),
        Err(error) => fail(&error.to_string(), Exit::Environment),
    }
}

fn file(seed: u64, arguments: &ExploreArguments) -> String {
    arguments.out().join("found").join(format!("seed-{seed}.yaml")).display().to_string()
}

fn later(seed: u64, arguments: &ExploreArguments, stop: &Stop) -> Work {
    let (name, stop) = (file(seed, arguments), stop.clone());
    let unfinished = UnfinishedCase { scenario: name.clone(), case: "explored".to_owned(), seed, records: None };
    let make = move || {
        let specs = explore::scenario(seed).prepare(&name, seed, &Mode::Virtual);
        match specs.map(|specs| specs.into_iter().next()) {
            Ok(Some(spec)) => Work::Run(Box::new(RunSpec { stop, ..spec }), name),
            Ok(None) => clear(&name, seed, "the scenario has no case".to_owned()),
            // What is drawn is a scenario: anything else is our own fault, and told.
            Err(errors) => clear(&name, seed, errors.render(false)),
        }
    };
    Work::Later(Later { unfinished, make: Box::new(make) })
}

/// Writes a scenario that failed, and the smallest that fails for the same reason.
fn keep(verdict: &Verdict, arguments: &ExploreArguments) -> Result<Found, seatrial_search::BundleError> {
    let (seed, folder) = (verdict.seed, arguments.out().join("found"));
    let bundle = explore::scenario(seed).named(&format!("seed-{seed}"))?;
    let file = bundle.write(&folder, &format!("seed-{seed}.yaml"))?.display().to_string();
    let small = if arguments.shrinks() && !interrupted() { small(&bundle, seed, &folder)? } else { None };
    Ok(Found { seed, why: why(verdict), file, small })
}

fn small(bundle: &Bundle, seed: u64, folder: &Path) -> Result<Option<String>, seatrial_search::BundleError> {
    let Ok(suspect) = Suspect::find(bundle, seed, &Switches::default()) else { return Ok(None) };
    let shrunk = shrink::small(&suspect, TRIES, None)?;
    let path = shrink::write(&suspect, &shrunk, &folder.join(format!("seed-{seed}-small.yaml")))?;
    Ok(Some(path.display().to_string()))
}

/// What did not hold, the most telling first.
fn why(verdict: &Verdict) -> String {
    let violations = verdict.violations.iter().map(|violation| format!("{}: {}", violation.oracle, violation.message));
    let steps = verdict.steps.iter().filter_map(|step| Some(format!("{}: {}", step.what, step.message.as_ref()?)));
    let expectations = verdict.expectations.iter().filter(|expectation| !expectation.passed);
    let expectations = expectations.map(|expectation| format!("expected {}, found {}", expectation.what, expectation.found));
    let reason = verdict.reason.iter().cloned();
    let first = violations.chain(steps).chain(expectations).chain(reason).next().unwrap_or_default();
    first.lines().next().unwrap_or_default().to_owned()
}

fn tell(report: &ExploreReport, out: &Out) {
    let mut text = String::new();
    for found in &report.found {
        let file = found.small.as_ref().unwrap_or(&found.file);
        text.push_str(&format!("seed {}: {}\n    seatrial run {file} --seed {}\n", found.seed, found.why, found.seed));
    }
    let outcomes: Vec<String> = report.outcomes.iter().map(|(outcome, number)| format!("{number} {}", outcome.word())).collect();
    text.push_str(&format!(
        "seeds {} to {}: {} runs, {} a second: {}\nreports: {} and, beside it, report.json, report.html\n",
        report.first,
        report.last,
        report.runs,
        report.runs_per_second,
        outcomes.join(", "),
        out.path("explore.json").display()
    ));
    say(&text);
}
