//! Capsules: one file that repeats a run, and says what came of it where it was made.
//!
//! In it: the scenario and its manifests, the seed, who the drivers were, the verdict, and the journal up to the verdict. It is JSON,
//! packed with gzip: `zcat` shows it. Whoever gets one runs it again and is told whether it still fails, and where the runs part.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use seatrial_engine::{KeepJournal, Mode, RunOutcome, RunSpec, verdict};
use seatrial_journal::{Difference, Entry, first_difference};
use seatrial_reports::{DriverProvenance, Verdict};
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, BundleError};
use crate::shrink::Reason;

/// The version of the file's shape.
const FORMAT: u32 = 1;

/// A run, to be repeated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Capsule {
    format: u32,
    /// The version of seatrial that made it.
    pub seatrial: String,
    /// The commit that that was built from, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// How the scenario's file was named.
    pub name: String,
    /// The scenario's text.
    pub scenario: String,
    /// The manifests' texts, by their paths.
    pub manifests: BTreeMap<String, String>,
    /// The texts of included worlds, by their paths.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub worlds: BTreeMap<String, String>,
    /// Which of the scenario's variants.
    pub case: String,
    /// The seed.
    pub seed: u64,
    /// The drivers.
    pub drivers: Vec<DriverProvenance>,
    /// Why it failed, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// What came of it.
    pub verdict: Verdict,
    /// The journal's lines up to the verdict.
    pub journal: Vec<String>,
}

/// Why there is no capsule, or nothing in it.
#[derive(Debug, thiserror::Error)]
pub enum CapsuleError {
    /// The files are wrong.
    #[error("{0}")]
    Files(#[from] BundleError),
    /// The scenario has no case of this name.
    #[error("the scenario has no case {0}")]
    Case(String),
    /// It is something else.
    #[error("this is no capsule: {0}")]
    Shape(String),
    /// It is of another time.
    #[error("the capsule has format {0}; this command reads format {FORMAT}")]
    Format(u32),
    /// It cannot be written.
    #[error("failed to write {path}: {source}")]
    Write {
        /// Where to.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
}

/// Who makes a capsule, of which drivers.
#[derive(Clone, Debug)]
pub struct Maker {
    /// The version of seatrial.
    pub seatrial: String,
    /// The commit that it was built from.
    pub commit: Option<String>,
    /// The drivers of the command.
    pub drivers: Vec<DriverProvenance>,
}

/// What came of a replay.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// The verdict of this run.
    pub verdict: Verdict,
    /// Whether it failed for the reason for which it failed then.
    pub same_reason: bool,
    /// Where the two runs part, up to the verdict; nowhere if they are one.
    pub difference: Option<Difference>,
}

impl Capsule {
    /// Runs a bundle in a mode and packs it up: the case of this name, or the first that fails, or the first.
    ///
    /// # Errors
    /// Files that cannot be run, a case that there is not.
    pub fn make(bundle: &Bundle, name: &str, seed: u64, case: Option<&str>, mode: &Mode, maker: &Maker) -> Result<Self, CapsuleError> {
        let mut specs = bundle.prepare(name, seed, mode).map_err(BundleError::from)?;
        if let Some(case) = case {
            specs.retain(|spec| spec.case.name == case);
        }
        let mut made: Option<Self> = None;
        for spec in specs {
            let outcome = run(&spec);
            let fails = !outcome.passed();
            if made.is_none() || fails {
                made = Some(Self::of(bundle, name, &spec, &outcome, maker));
            }
            if fails {
                break;
            }
        }
        made.ok_or_else(|| CapsuleError::Case(case.unwrap_or_default().to_owned()))
    }

    fn of(bundle: &Bundle, name: &str, spec: &RunSpec, outcome: &RunOutcome, maker: &Maker) -> Self {
        Self {
            format: FORMAT,
            seatrial: maker.seatrial.clone(),
            commit: maker.commit.clone(),
            name: name.to_owned(),
            scenario: bundle.scenario.clone(),
            manifests: bundle.manifests.clone(),
            worlds: bundle.worlds.clone(),
            case: spec.case.name.clone(),
            seed: spec.seed,
            drivers: maker.drivers.clone(),
            reason: Reason::of(outcome),
            verdict: verdict(spec, outcome, name),
            journal: lines(outcome),
        }
    }

    /// The scenario and its manifests.
    pub fn bundle(&self) -> Bundle {
        Bundle { scenario: self.scenario.clone(), manifests: self.manifests.clone(), worlds: self.worlds.clone() }
    }

    /// Runs it again, with the drivers of this mode.
    ///
    /// # Errors
    /// Files that this version cannot run.
    pub fn replay(&self, mode: &Mode) -> Result<Replayed, CapsuleError> {
        let specs = self.bundle().prepare(&self.name, self.seed, mode).map_err(BundleError::from)?;
        let spec = specs.into_iter().find(|spec| spec.case.name == self.case).ok_or_else(|| CapsuleError::Case(self.case.clone()))?;
        let outcome = run(&spec);
        let text = |lines: &[String]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let difference = first_difference(&text(&self.journal), &text(&lines(&outcome)));
        let same_reason = self.reason.as_ref().is_some_and(|reason| Reason::all(&outcome).contains(reason));
        Ok(Replayed { verdict: verdict(&spec, &outcome, &self.name), same_reason, difference })
    }

    /// As a file.
    ///
    /// # Errors
    /// None in memory; the packer's signature has one.
    pub fn pack(&self) -> std::io::Result<Vec<u8>> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        serde_json::to_writer(&mut packer, self)?;
        packer.write_all(b"\n")?;
        packer.finish()
    }

    /// Writes it; answers how many bytes that are.
    ///
    /// # Errors
    /// A place where no file can be written.
    pub fn write(&self, path: &Path) -> Result<usize, CapsuleError> {
        let written = self.pack().and_then(|bytes| std::fs::write(path, &bytes).map(|()| bytes.len()));
        written.map_err(|source| CapsuleError::Write { path: path.to_owned(), source })
    }

    /// From a file.
    ///
    /// # Errors
    /// Something that is no capsule, or one of another format.
    pub fn unpack(bytes: &[u8]) -> Result<Self, CapsuleError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).map_err(|error| CapsuleError::Shape(error.to_string()))?;
        let shape = |error: serde_json::Error| CapsuleError::Shape(error.to_string());
        match serde_json::from_str::<Format>(&text).map_err(shape)?.format {
            FORMAT => serde_json::from_str(&text).map_err(shape),
            other => Err(CapsuleError::Format(other)),
        }
    }
}

fn run(spec: &RunSpec) -> RunOutcome {
    RunSpec { keep_journal: KeepJournal::Always, ..spec.clone() }.run()
}

/// The journal up to the verdict, as it stands in files.
fn lines(outcome: &RunOutcome) -> Vec<String> {
    let judged = outcome.journal.iter().take_while(|entry: &&Entry| entry.seq <= outcome.judged);
    judged.filter_map(|entry| serde_json::to_string(entry).ok()).collect()
}
