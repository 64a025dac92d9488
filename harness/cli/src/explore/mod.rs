//! `seatrial explore`: runs scenarios that are drawn from seeds, and keeps those that fail, made small.

mod arguments;
mod frontier;
mod report;

use std::collections::BTreeMap;
use std::path::Path;

use seatrial_engine::{Listener, Mode, RunSpec, Stop, Switches, mode_flags};
use seatrial_reports::{UnfinishedCase, Verdict};
use seatrial_search::capsule::CapsuleError;
use seatrial_search::explore::{self, Corpus, Lineage, TransitionsSink};
use seatrial_search::shrink::Suspect;
use seatrial_search::{Bundle, BundleError};

use crate::capsule::{self, Finding};
use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::output::{fail, say};
use crate::run::out::Out;
use crate::run::provenance::Made;
use crate::run::reports::{self, Began};
use crate::run::screen::Screen;
use crate::run::work::{Later, Work, clear};
use crate::shrink;
use crate::surroundings::Surroundings;
use crate::worker_pool::{self, Log};
pub use arguments::ExploreArguments;
use frontier::Frontier;
use report::{ExploreReport, Found};

/// A failure is made small with so many candidates at most.
const TRIES: usize = 600;

/// Explores; the exit code tells the worst that was found.
pub fn run(arguments: &ExploreArguments, around: &Surroundings) -> Exit {
    if let Some(lineage) = &arguments.show {
        return show(lineage, arguments.out());
    }
    let mode = match arguments.worlds.mode(around) {
        Ok(mode) => mode,
        Err((message, exit)) => return fail(&message, exit),
    };
    let corpus = match arguments.corpus.as_deref().map(Corpus::read).transpose() {
        Ok(corpus) => corpus,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    let out = match Out::take(arguments.out()) {
        Ok(out) => out,
        Err(error) => return fail(&error.to_string(), Exit::Environment),
    };
    let exploration = Exploration {
        arguments,
        mode,
        stop: Stop::default(),
        frontier: Frontier::new(arguments, corpus),
        report: ExploreReport::new(arguments.first()),
        failed: Vec::new(),
        log: Log { done: BTreeMap::new(), unfinished: Default::default(), number: 0, interrupted: false },
    };
    exploration.run(&out)
}

/// An exploration while it lasts.
struct Exploration<'a> {
    arguments: &'a ExploreArguments,
    mode: Mode,
    stop: Stop,
    frontier: Frontier<'a>,
    report: ExploreReport,
    /// The scenarios that failed, as they stand in the log.
    failed: Vec<Lineage>,
    log: Log,
}

impl Exploration<'_> {
    fn run(mut self, out: &Out) -> Exit {
        let (began, made) = (Began::now(), Made::look(&self.mode, self.arguments.first(), 1));
        while let Some(batch) = self.frontier.next(began.elapsed()) {
            self.run_batch(&batch);
            if interrupted() {
                break;
            }
        }
        self.log.number = self.log.done.len();
        self.report.conclude(&self.frontier, began.elapsed());
        if let Err(error) = self.keep() {
            return fail(&format!("{error}; choose another place with --out"), Exit::Environment);
        }
        if let Err(error) = self.frontier.write_corpus() {
            return fail(&error.to_string(), Exit::Environment);
        }
        let cut = self.log.interrupted;
        let (run, journals) = reports::of(self.log, &[], began, made);
        if let Err(error) = out.write("explore.json", &self.report.json()).and_then(|()| reports::write(out, &run, &journals)) {
            return fail(&error.to_string(), Exit::Environment);
        }
        say(&self.report.text());
        say(&format!("reports: {} and, beside it, report.json, report.html\n", out.path("explore.json").display()));
        if cut { fail("interrupted: the reports tell of the seeds that had run", Exit::Interrupted) } else { Exit::of(run.summary.outcome) }
    }

    /// Writes what failed, and packs it up.
    fn keep(&mut self) -> Result<(), CapsuleError> {
        let mut findings = Vec::new();
        for (lineage, (verdict, _)) in self.failed.iter().zip(self.log.done.values()) {
            let (found, finding) = keep(lineage, verdict, self.arguments, &self.mode)?;
            self.report.found.push(found);
            findings.push(finding);
        }
        capsule::pack_beside(&findings, &self.mode, self.arguments.pool_options(&self.stop).workers())
    }

    /// Runs scenarios, and takes from each what it has shown.
    fn run_batch(&mut self, batch: &[Lineage]) {
        let sinks: Vec<TransitionsSink> = batch.iter().map(|_| TransitionsSink::default()).collect();
        let work: Vec<Work> = batch.iter().zip(&sinks).map(|(lineage, sink)| self.later(lineage, sink)).collect();
        let mut screen = Screen::of_many(work.iter().map(Work::label).collect());
        let log = worker_pool::run_all(work, self.arguments.pool_options(&self.stop), |event| screen.show(event));
        screen.clear();
        self.log.interrupted |= log.interrupted;
        for (place, (verdict, journal)) in log.done {
            let lineage = &batch[place];
            self.report.count(lineage, verdict.outcome);
            self.frontier.shown(lineage, &sinks[place].transitions());
            if !verdict.outcome.is_good() {
                self.failed.push(lineage.clone());
                self.log.done.insert(self.log.done.len(), (verdict, journal));
            }
        }
    }

    fn later(&self, lineage: &Lineage, sink: &TransitionsSink) -> Work {
        let name = self.arguments.out().join("found").join(format!("{}.yaml", stem(lineage))).display().to_string();
        let unfinished = UnfinishedCase { scenario: name.clone(), case: "explored".to_owned(), seed: lineage.seed(), records: None };
        let (lineage, mode, stop, listener) = (lineage.clone(), self.mode.clone(), self.stop.clone(), Listener::new(sink.clone()));
        let make = move || {
            let specs = explore::scenario(&lineage).prepare(&name, lineage.seed(), &mode);
            match specs.map(|specs| specs.into_iter().next()) {
                Ok(Some(spec)) => Work::Run(Box::new(RunSpec { stop, listener: Some(listener), ..spec }), name),
                Ok(None) => clear(&name, lineage.seed(), "the scenario has no case".to_owned()),
                // What is drawn is a scenario: anything else is our own fault, and told.
                Err(errors) => clear(&name, lineage.seed(), errors.render(false)),
            }
        };
        Work::Later(Later { unfinished, make: Box::new(make) })
    }
}

/// `seed-12`, `seed-12-3`: names of files.
fn stem(lineage: &Lineage) -> String {
    format!("seed-{lineage}").replace('+', "-")
}

/// Writes a scenario, and says how it is run.
fn show(lineage: &Lineage, out: &Path) -> Exit {
    let stem = stem(lineage);
    match explore::scenario(lineage).named(&stem).and_then(|bundle| bundle.write(out, &format!("{stem}.yaml"))) {
        Ok(path) => say(&format!("seatrial run {} --seed {}\n", path.display(), lineage.seed())),
        Err(error) => fail(&error.to_string(), Exit::Environment),
    }
}

/// Writes a scenario that failed, and the smallest that fails for the same reason; answers the smaller one, too.
fn keep(lineage: &Lineage, verdict: &Verdict, arguments: &ExploreArguments, mode: &Mode) -> Result<(Found, Finding), BundleError> {
    let (stem, folder, seed) = (stem(lineage), arguments.out().join("found"), lineage.seed());
    let bundle = explore::scenario(lineage).named(&stem)?;
    let file = bundle.write(&folder, &format!("{stem}.yaml"))?;
    let small = if arguments.shrinks() && !interrupted() { small(&bundle, lineage, mode, &folder)? } else { None };
    let why = verdict.failures().next().and_then(|failure| Some(failure.lines().next()?.to_owned())).unwrap_or_default();
    let path = |file: &Path| file.display().to_string();
    let (written, smaller) = (path(&file), small.unwrap_or(Finding { file: file.clone(), bundle, seed }));
    let repeat = format!("seatrial run {} --seed {seed}{}", smaller.file.display(), mode_flags(mode));
    let small = (smaller.file != file).then(|| path(&smaller.file));
    Ok((Found { lineage: lineage.to_string(), seed, why, file: written, small, repeat }, smaller))
}

fn small(bundle: &Bundle, lineage: &Lineage, mode: &Mode, folder: &Path) -> Result<Option<Finding>, BundleError> {
    let seed = lineage.seed();
    let Ok(suspect) = Suspect::find(bundle, seed, &Switches::default(), mode) else { return Ok(None) };
    let shrunk = shrink::small(&suspect, TRIES, None)?;
    let (file, bundle) = shrink::write(&suspect, &shrunk, &folder.join(format!("{}-small.yaml", stem(lineage))))?;
    Ok(Some(Finding { file, bundle, seed }))
}
