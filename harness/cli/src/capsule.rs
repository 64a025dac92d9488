//! `seatrial capsule` and `seatrial replay`: a run in one file, and the run again.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use seatrial_engine::{Mode, Switches};
use seatrial_search::capsule::{Capsule, CapsuleError, Maker};
use seatrial_search::shrink::{Suspect, SuspectError};
use seatrial_search::{Bundle, anonymised};

use crate::exit::Exit;
use crate::interrupt::interrupted;
use crate::output::{fail, say};
use crate::recording::{self, ToArguments};
use crate::run::provenance;
use crate::shrink;
use crate::surroundings::Surroundings;
use crate::worlds::WorldArguments;

/// What is packed, and where it goes.
#[derive(Debug, clap::Args)]
pub struct CapsuleArguments {
    /// A scenario, by name or file.
    #[arg(value_name = "NAME|FILE")]
    pub scenarios: String,
    /// Where the capsule goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The seed.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Of a scenario for several versions, this case; the first that fails when it is left out, or the first.
    #[arg(long, value_name = "NAME")]
    case: Option<String>,
    /// Gives everything that somebody named another name. The capsule is written only if it then fails for the same reason.
    #[arg(long)]
    anonymise: bool,
    #[command(flatten)]
    worlds: WorldArguments,
}

/// Which capsule.
#[derive(Debug, clap::Args)]
pub struct ReplayArguments {
    /// The capsule; with `--to` a recording.
    #[arg(value_name = "FILE")]
    capsule: PathBuf,
    /// Writes the scenario and its manifests into this folder, and runs nothing.
    #[arg(long, value_name = "DIR")]
    unpack: Option<PathBuf>,
    #[command(flatten)]
    to: ToArguments,
    #[command(flatten)]
    worlds: WorldArguments,
}

/// Runs a scenario and packs it up.
pub fn pack(arguments: &CapsuleArguments, around: &Surroundings) -> Exit {
    let mode = match arguments.worlds.mode(around) {
        Ok(mode) => mode,
        Err((message, exit)) => return fail(&message, exit),
    };
    let bundle = match shrink::read(&arguments.scenarios) {
        Ok(bundle) => bundle,
        Err(message) => return fail(&message, Exit::BadInput),
    };
    let (bundle, name) = match arguments.anonymise.then(|| anonymise(&bundle, arguments.seed, &mode)) {
        None => (bundle, arguments.scenarios.as_str()),
        Some(Ok(bundle)) => (bundle, "scenario.yaml"),
        Some(Err(message)) => return fail(&message, Exit::BadInput),
    };
    let capsule = match Capsule::make(&bundle, name, arguments.seed, arguments.case.as_deref(), &mode, &maker(&mode)) {
        Ok(capsule) => capsule,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    match capsule.write(&arguments.out) {
        Ok(bytes) => say(&format!(
            "{} [{}] seed {}: {}; {bytes} bytes in {}\n",
            capsule.name,
            capsule.case,
            capsule.seed,
            capsule.verdict.outcome.word(),
            arguments.out.display()
        )),
        Err(error) => fail(&error.to_string(), Exit::Environment),
    }
}

/// This command, with the drivers of a mode.
fn maker(mode: &Mode) -> Maker {
    Maker { seatrial: env!("CARGO_PKG_VERSION").to_owned(), commit: provenance::commit(), drivers: seatrial_engine::drivers(mode) }
}

/// What a search has found, to be packed up.
pub struct Finding {
    /// The scenario's file, which has one case.
    pub file: PathBuf,
    /// What lies there.
    pub bundle: Bundle,
    /// The seed under which it fails.
    pub seed: u64,
}

/// Runs all findings once more, so many at a time, and packs each up beside its file. Whoever wants an end gets those of them that are there.
///
/// # Errors
/// Files that cannot be run, a place where no file can be written.
pub fn pack_beside(findings: &[Finding], mode: &Mode, workers: usize) -> Result<(), CapsuleError> {
    if findings.is_empty() {
        // Who the drivers are is read in their binaries, which are large.
        return Ok(());
    }
    let (maker, next) = (maker(mode), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let work_off = || {
            while let Some(finding) = findings.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| !interrupted()) {
                finding.pack(mode, &maker)?;
            }
            Ok(())
        };
        let running: Vec<_> = (0..workers.min(findings.len())).map(|_| scope.spawn(work_off)).collect();
        running.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

impl Finding {
    fn pack(&self, mode: &Mode, maker: &Maker) -> Result<(), CapsuleError> {
        eprintln!("seatrial: packing {}", self.file.display());
        let capsule = Capsule::make(&self.bundle, &self.file.display().to_string(), self.seed, None, mode, maker)?;
        capsule.write(&self.file.with_extension("capsule")).map(drop)
    }
}

/// The same with other names, when it fails for the same reason.
fn anonymise(bundle: &Bundle, seed: u64, mode: &Mode) -> Result<Bundle, String> {
    let text = |error: SuspectError| error.to_string();
    let suspect = Suspect::find(bundle, seed, &Switches::default(), mode).map_err(text)?;
    let other = anonymised(&suspect.bundle).map_err(|error| error.to_string())?;
    if suspect.is(&other) {
        Ok(other)
    } else {
        Err(format!("with other names it does not fail for the same reason ({}); nothing is written", suspect.reason))
    }
}

/// Runs a capsule again, and says whether it still fails and where the runs part.
pub fn replay(arguments: &ReplayArguments, around: &Surroundings) -> Exit {
    if let Some(to) = &arguments.to.to {
        return recording::replay(&arguments.capsule, to, &arguments.to);
    }
    let path = arguments.capsule.display();
    let capsule = match std::fs::read(&arguments.capsule).map(|bytes| Capsule::unpack(&bytes)) {
        Ok(Ok(capsule)) => capsule,
        Ok(Err(error)) => return fail(&format!("{path}: {error}"), Exit::BadInput),
        Err(error) => return fail(&format!("failed to read {path}: {error}"), Exit::BadInput),
    };
    if let Some(folder) = &arguments.unpack {
        return match capsule.bundle().write(folder, "scenario.yaml") {
            Ok(file) => say(&format!("seatrial run {} --case {} --seed {}\n", file.display(), capsule.case, capsule.seed)),
            Err(error) => fail(&error.to_string(), Exit::Environment),
        };
    }
    let mode = match arguments.worlds.mode(around) {
        Ok(mode) => mode,
        Err((message, exit)) => return fail(&message, exit),
    };
    let replayed = match capsule.replay(&mode) {
        Ok(replayed) => replayed,
        Err(error @ CapsuleError::Files(_)) => {
            return fail(&format!("{path}, made by seatrial {}: {error}", capsule.seatrial), Exit::BadInput);
        }
        Err(error) => return fail(&format!("{path}: {error}"), Exit::BadInput),
    };
    say(&seatrial_reports::terminal_case(&replayed.verdict, false));
    let (then, now) = (capsule.verdict.outcome.word(), replayed.verdict.outcome.word());
    let reason = match (&capsule.reason, replayed.same_reason) {
        (Some(reason), true) => format!(", for the same reason ({reason})"),
        (Some(reason), false) if !replayed.verdict.outcome.is_good() => format!(", for another reason than then ({reason})"),
        _ => String::new(),
    };
    say(&format!("then, with seatrial {}: {then}; now: {now}{reason}\n", capsule.seatrial));
    match &replayed.difference {
        None => say(&format!("the two runs are one: all {} lines are equal\n", capsule.journal.len())),
        Some(difference) => say(&format!("the two runs part:\n{difference}\n")),
    };
    Exit::of(replayed.verdict.outcome)
}
