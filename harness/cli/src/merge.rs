//! `seatrial merge PARTS`: reports of the parts of a run, put together as if there had been one.

use std::collections::{BTreeMap, BTreeSet};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use seatrial_reports::{MergeError, RunReport};

use crate::exit::Exit;
use crate::finished::{self, FinishedError, REPORT};
use crate::output::{fail, say};
use crate::run::OUT;
use crate::run::out::Out;
use crate::run::reports;

/// Which reports, and where to.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 everything passed; 1 something failed in a driver; 2 the reports are not parts of one run, or one is missing; \
3 to 4 as the parts ended."
)]
pub struct MergeArguments {
    /// Reports: report.json files, folders that `seatrial run --out` has written, or a folder of such folders.
    #[arg(value_name = "FILE|DIR", required = true)]
    parts: Vec<PathBuf>,
    /// Where the merged reports go.
    #[arg(long, value_name = "DIR", default_value = OUT)]
    out: PathBuf,
    /// Merges what there is, though parts are missing; the report says so.
    #[arg(long)]
    partial: bool,
}

/// Why nothing is merged.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    /// A folder that holds no report.
    #[error("no report in {0}: neither report.json nor folders with one; name what `seatrial run --out` has written")]
    Empty(PathBuf),
    /// A report that cannot be read.
    #[error(transparent)]
    Finished(#[from] FinishedError),
    /// A report that does not belong to the others.
    #[error("{path}: {source}")]
    Part {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: MergeError,
    },
    /// The reports do not make a whole.
    #[error(transparent)]
    Merge(MergeError),
}

/// Merges, writes all formats, and ends as the whole run would have ended.
pub fn merge(arguments: &MergeArguments) -> Exit {
    let report = match read_and_merge(arguments) {
        Ok(report) => report,
        Err(error) => return fail(&error.to_string(), Exit::BadInput),
    };
    let out = match Out::take(&arguments.out) {
        Ok(out) => out,
        Err(error) => return fail(&error.to_string(), Exit::Environment),
    };
    say(&seatrial_reports::terminal_summary(&report, std::io::stdout().is_terminal()));
    if let Err(error) = reports::write(&out, &report, &BTreeMap::new()) {
        return fail(&error.to_string(), Exit::Environment);
    }
    let path = out.path(REPORT);
    say(&format!("reports: {} and, beside it, report.html, report.txt, junit.xml and summary.md\n", path.display()));
    Exit::of(report.summary.outcome)
}

fn read_and_merge(arguments: &MergeArguments) -> Result<RunReport, Refusal> {
    let files = files(&arguments.parts, &arguments.out)?;
    let reports: Vec<RunReport> = files.iter().map(|file| finished::read(file)).collect::<Result<_, _>>()?;
    seatrial_reports::merge(reports, arguments.partial).map_err(|source| match source.report() {
        Some(place) => Refusal::Part { path: files[place].clone(), source },
        None => Refusal::Merge(source),
    })
}

/// The reports that are meant, each once; not what an earlier merge has left in the place where this one writes.
fn files(parts: &[PathBuf], out: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let (mut files, mut seen) = (Vec::new(), BTreeSet::new());
    for part in parts {
        let found = within(part);
        if found.is_empty() {
            return Err(Refusal::Empty(part.clone()));
        }
        let asked_for = found.len() == 1;
        files.extend(found.into_iter().filter(|file| asked_for || !is_same(file, &out.join(REPORT))));
    }
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    Ok(files)
}

fn is_same(file: &Path, other: &Path) -> bool {
    file.canonicalize().is_ok_and(|file| other.canonicalize().is_ok_and(|other| file == other))
}

/// A report, the one of a folder, or those of the folders in it.
fn within(part: &Path) -> Vec<PathBuf> {
    if !part.is_dir() {
        return vec![part.to_owned()];
    }
    let own = part.join(REPORT);
    if own.is_file() {
        return vec![own];
    }
    let entries = std::fs::read_dir(part).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path().join(REPORT)).filter(|file| file.is_file()).collect();
    files.sort();
    files
}
