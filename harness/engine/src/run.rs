//! One run of one case of a scenario under one seed.
//!
//! The world runs on a thread of its own; the caller's thread watches that virtual time passes. A world whose virtual
//! time stands still for [`STANDSTILL`] of wall time is given up as a livelock, and its thread is left behind.

mod judge;
mod outside;
pub(crate) mod records;
mod runner;
mod spec;

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use jiff::Timestamp;
use seatrial_clock::Options;
use seatrial_journal::{DigestSink, Elapsed, Journal, LinesSink, MemorySink, PackedSink};
use seatrial_oracle::Violation;
use seatrial_scenario::{Case, Scenario, ScenarioErrors, Values};
use seatrial_wires::{Network, Progress, TimeError, virtual_run_with, wall_time_run, world_time_run};

use crate::capabilities;
use crate::isolation;
use crate::manifest::{self, Manifests, ReadFile};
use crate::mode::{Mode, Processes, Time};
use crate::outcome::RunOutcome;
use crate::stop::Stop;
use crate::successors::with_successors;
use crate::switches::Switches;
use crate::why;
use crate::world;
use runner::Runner;

pub use spec::{Faults, KeepJournal, RunSpec};

/// Wall time without virtual time after which a world counts as livelocked.
const STANDSTILL: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reads what a scenario needs besides its own file, and checks what only the engine can: all its cases.
///
/// # Errors
/// A manifest that is missing or broken, an object that the API server would refuse, a class that nobody makes, a version that cannot
/// be played, a name that nothing in the files makes, a call that nobody sends.
pub fn prepare(scenario: &Scenario, folder: &Path, seed: u64) -> Result<Vec<RunSpec>, ScenarioErrors> {
    prepare_in(scenario, folder, &|file| std::fs::read_to_string(file), seed, &Mode::Virtual)
}

/// The same for a scenario that need not lie on a disk (`read_file` reads what it names), and for runs in a mode: drivers and
/// clusters that are not ours have other things in them.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_in(scenario: &Scenario, folder: &Path, read_file: ReadFile, seed: u64, mode: &Mode) -> Result<Vec<RunSpec>, ScenarioErrors> {
    let mut checked: Vec<(Values, Scenario, Manifests, Mode)> = Vec::new();
    let mut specs = Vec::new();
    for case in scenario.cases() {
        if checked.iter().all(|(values, ..)| *values != case.values) {
            let scenario = scenario.of_case(&case)?;
            let mode = with_successors(&scenario, folder, mode)?;
            let manifests = manifests_of(&scenario, &case, folder, read_file, &mode)?;
            checked.push((case.values.clone(), scenario, manifests, mode));
        }
        let found = checked.iter().find(|(values, ..)| *values == case.values);
        specs.extend(found.map(|(_, scenario, manifests, mode)| spec(scenario, manifests, case, (seed, mode))));
    }
    Ok(specs)
}

/// Checks one case, and reads its manifests.
fn manifests_of(scenario: &Scenario, case: &Case, folder: &Path, read_file: ReadFile, mode: &Mode) -> Result<Manifests, ScenarioErrors> {
    let mut impossible = world::unplayable(scenario);
    impossible.extend(crate::methods::unknown(scenario));
    impossible.extend(crate::faults::impossible(scenario));
    if !impossible.is_empty() {
        return Err(scenario.errors(impossible));
    }
    let filled = |file: &Path| read_file(file).map(|text| Scenario::filled(case, &text));
    let manifests = Manifests::load(scenario, folder, &filled)?;
    manifest::check(scenario, &manifests, mode)?;
    Ok(manifests)
}

fn spec(scenario: &Scenario, manifests: &Manifests, case: Case, (seed, mode): (u64, &Mode)) -> RunSpec {
    RunSpec {
        scenario: scenario.clone(),
        case,
        manifests: manifests.clone(),
        seed,
        switches: Switches::default(),
        faults: Faults::Scenario,
        journal: None,
        records: None,
        keep_journal: KeepJournal::Never,
        watch: None,
        listener: None,
        stop: Stop::default(),
        mode: mode.clone(),
    }
}

impl RunSpec {
    /// Why nothing is run, if it is known beforehand: what the scenario asks for is not what drivers or API server have.
    pub fn unsupported(&self) -> Option<String> {
        capabilities::unsupported(&self.scenario, &self.manifests, &self.mode)
    }

    /// Runs it in its mode; what came of it.
    pub fn run(&self) -> RunOutcome {
        if let Some(why) = self.unsupported() {
            return RunOutcome { unsupported: Some(why), ..RunOutcome::default() };
        }
        // The same seed gives the same journal, so what passes spends no memory on one: a journal that turns out to be
        // wanted is read from a second run. Where processes run it is not sure to be the same again, and is kept at once.
        let at_once = self.keep_journal == KeepJournal::Always || self.mode.processes().is_some();
        let mut outcome = self.run_once(at_once);
        let keep = self.keep_journal.keeps(&outcome);
        let wanted = keep || why::is_wanted(&outcome) || !outcome.violations.is_empty();
        // A world that was given up would be given up again.
        if wanted && !at_once && !outcome.stopped && outcome.digest.is_some() {
            // It is over soon, and what it has to show belongs to a verdict that is there already: nobody stops it.
            let again = Self { journal: None, records: None, watch: None, listener: None, stop: Stop::default(), ..self.clone() };
            outcome.journal = again.run_once(true).journal;
        }
        if wanted {
            self.show(&mut outcome);
        }
        if !keep {
            outcome.journal = Vec::new();
        }
        outcome
    }

    /// Adds what the journal shows of all that failed.
    fn show(&self, outcome: &mut RunOutcome) {
        let journal = std::mem::take(&mut outcome.journal);
        let excerpt = |violation: &Violation| seatrial_reports::excerpt(&journal, &violation.entries);
        outcome.excerpts = outcome.violations.iter().map(excerpt).collect();
        why::explain(&self.scenario, &self.routine(), &journal, outcome);
        outcome.journal = journal;
    }

    fn run_once(&self, keep_entries: bool) -> RunOutcome {
        let shares_the_network = self.mode.processes().is_some() && !isolation::is_possible();
        let _alone = shares_the_network.then(isolation::alone);
        let (progress, (sender, receiver)) = (Progress::default(), channel());
        let recorded = match self.records.as_deref().map(records::begin).transpose() {
            Ok(recorded) => recorded,
            Err(error) => return RunOutcome { environment: Some(error.to_string()), ..RunOutcome::default() },
        };
        let (spec, watched, growing) = (self.clone(), progress.clone(), recorded.clone());
        let thread = std::thread::Builder::new().name(format!("case {}", self.case.name));
        let started = thread.spawn(move || spec.run_world(keep_entries, watched, growing, &sender));
        if let Err(error) = started {
            return RunOutcome { internal: Some(format!("failed to start the world's thread: {error}")), ..RunOutcome::default() };
        }
        let (mut last, mut still) = (Elapsed::default(), Duration::ZERO);
        loop {
            match receiver.recv_timeout(LOOK_EVERY) {
                Ok(outcome) => return outcome,
                Err(RecvTimeoutError::Disconnected) => {
                    return RunOutcome {
                        internal: Some("the world's thread panicked outside any process".to_owned()),
                        ..RunOutcome::default()
                    };
                }
                Err(RecvTimeoutError::Timeout) => still += LOOK_EVERY,
            }
            // What a run has that is killed.
            recorded.iter().for_each(PackedSink::flush);
            if progress.elapsed() != last {
                (last, still) = (progress.elapsed(), Duration::ZERO);
            } else if still >= STANDSTILL {
                let livelock =
                    format!("virtual time has stood still at {last} for {} of wall time", seatrial_scenario::in_words(STANDSTILL));
                return RunOutcome { livelock: Some(livelock), virtual_time: last, ..RunOutcome::default() };
            }
        }
    }

    fn run_world(self, keep_entries: bool, progress: Progress, recorded: Option<PackedSink<File>>, sender: &Sender<RunOutcome>) {
        #[expect(clippy::disallowed_methods, reason = "wall time is what is measured here")]
        let (began, started) = (std::time::Instant::now(), Timestamp::now());
        let (digest, memory) = (DigestSink::default(), MemorySink::default());
        let mut outcome = RunOutcome { started: Some(started), ..RunOutcome::default() };
        let lines = match self.journal.as_deref().map(File::create).transpose() {
            Ok(file) => file.map(|file| LinesSink::new(BufWriter::new(file))),
            Err(error) => {
                outcome.journal_error = Some(error.to_string());
                None
            }
        };
        let line_error = lines.as_ref().map(LinesSink::error);
        let cluster = match self.mode.cluster(self.records.as_deref()) {
            Ok(cluster) => cluster,
            Err(error) => {
                outcome.environment = Some(error.to_string());
                let _ = sender.send(outcome);
                return;
            }
        };
        let runner = Runner::watching(&self.labels(), &self.routine());
        let watching = runner.clone();
        let prepare = |journal: &Journal| {
            journal.add_sink(digest.clone());
            if let Some(lines) = lines {
                journal.add_sink(lines);
            }
            if keep_entries {
                journal.add_sink(memory.clone());
            }
            if let Some(recorded) = &recorded {
                journal.add_sink(recorded.clone());
            }
            if let Some(watch) = self.watch.clone() {
                journal.add_sink(watch);
            }
            if let Some(listener) = self.listener.clone() {
                journal.add_sink(listener);
            }
            watching.watch(journal);
        };
        match &self.mode {
            Mode::Virtual => {
                virtual_run_with(self.seed, progress, prepare, |network| runner.run(&self, network, None, &mut outcome));
            }
            Mode::Processes(processes) => {
                let body = |network| runner.run(&self, network, cluster.as_ref(), &mut outcome);
                if let Err(error) = self.with_processes(processes, progress, prepare, body) {
                    outcome.environment = Some(error.to_string());
                }
            }
        }
        outcome.shortened.extend(cluster.as_ref().and_then(|cluster| cluster.leave().err()).map(|left| left.to_string()));
        // Its programs and their folder go before the outcome is reported: the command may end as soon as it is.
        drop(cluster);
        outcome.digest = Some(digest.digest());
        outcome.journal = memory.entries();
        let line_error = line_error.and_then(|error| error.lock().ok()?.take());
        let record_error = recorded.and_then(|recorded| recorded.finish().err());
        outcome.journal_error = outcome.journal_error.or_else(|| line_error.or(record_error).map(|error| error.to_string()));
        outcome.wall_time = began.elapsed();
        // The one who waits may have given up on this world.
        let _ = sender.send(outcome);
    }

    /// Runs a world whose drivers are processes, on this thread.
    pub(crate) fn with_processes<F, O>(
        &self,
        processes: &Processes,
        progress: Progress,
        prepare: impl FnOnce(&Journal),
        body: impl FnOnce(Network) -> F,
    ) -> Result<O, TimeError>
    where
        F: Future<Output = O>,
    {
        match &processes.time {
            Time::Wall => wall_time_run(self.seed, progress, prepare, body),
            Time::World(processors) => {
                if isolation::is_possible() {
                    isolation::enter().map_err(TimeError::Runtime)?;
                }
                let processor = processors.take();
                let options = Options {
                    launcher: processes.program.clone(),
                    cpu: processor.as_ref().map(|taken| taken.number),
                    slack: processes.slack(),
                    ..Options::default()
                };
                world_time_run(self.seed, options, progress, prepare, body)
            }
        }
    }
}
