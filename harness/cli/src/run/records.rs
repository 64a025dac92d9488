//! What each case leaves under `--out`: a folder of its own for its journal and the logs of its processes, written while it runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use seatrial_engine::{RunSpec, clear_records};
use seatrial_reports::{Verdict, unique};

use super::out::CASES;
use super::work::Work;

/// Of which cases the records stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Records {
    /// Of all.
    All,
    /// Of those that did not pass, or that were not finished.
    Failed,
}

/// The longest name of a case's folder; file systems take 255 bytes.
const LONGEST: usize = 200;

/// Tells each run where its records go.
pub fn into_folders(work: Vec<Work>, out: &Path) -> Vec<Work> {
    let mut taken = BTreeSet::new();
    let with_folder = |work| match work {
        Work::Run(spec, name) => {
            let folder = out.join(CASES).join(unique(&folder_name(&spec, &name), '.', &mut taken));
            Work::Run(Box::new(RunSpec { records: Some(folder), ..*spec }), name)
        }
        clear => clear,
    };
    work.into_iter().map(with_folder).collect()
}

/// `statefulset-scale.8.0.3.seed-1`.
fn folder_name(spec: &RunSpec, name: &str) -> String {
    let scenario = crate::select::name_of(Path::new(name));
    let name = format!("{}.{}", scenario.trim_start_matches(['.', '/']), spec.case.name);
    let plain = |letter: char| if letter.is_alphanumeric() || "._-=,+".contains(letter) { letter } else { '-' };
    let mut name: String = name.chars().map(plain).collect();
    while name.len() > LONGEST {
        name.pop();
    }
    format!("{name}.seed-{}", spec.seed)
}

/// A case's folder as reports name it, from where they lie.
pub fn name_of(folder: &Path) -> Option<String> {
    folder.file_name().map(|name| format!("{CASES}/{}", name.to_string_lossy()))
}

/// Keeps the records of a case and says in its verdict where they are, or removes them.
pub fn keep_or_clear(records: Records, folder: Option<&PathBuf>, verdict: &mut Verdict) {
    let Some(folder) = folder.filter(|folder| folder.exists()) else { return };
    if records == Records::All || !verdict.outcome.is_good() {
        verdict.provenance.records = name_of(folder);
    } else {
        clear_records(folder);
    }
}
