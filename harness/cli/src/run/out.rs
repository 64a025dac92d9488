//! `--out DIR`: the folder that a run's reports and records go into. One run at a time has it, and what an earlier one has left there
//! goes first: after a run that was killed nobody must take old reports for its own.

use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use seatrial_engine::clear_records;

/// The reports, by their files.
const REPORTS: [&str; 5] = ["report.json", "report.txt", "junit.xml", "summary.md", "report.html"];
/// The folder of the cases' records.
pub const CASES: &str = "cases";
/// Locked while a run has the folder; it stays, and means nothing when no run does.
const LOCK: &str = ".running";

/// Why a run cannot have the folder, or cannot write into it.
#[derive(Debug, thiserror::Error)]
pub enum OutError {
    /// It cannot be made.
    #[error("failed to make {folder}: {source}; choose another place with --out")]
    Make {
        /// Which.
        folder: PathBuf,
        /// What stood in the way.
        source: io::Error,
    },
    /// Another run has it.
    #[error("another run writes its reports to {0}; wait for it, or choose another place with --out")]
    Taken(PathBuf),
    /// A report cannot be written.
    #[error("failed to write {path}: {source}; choose another place with --out")]
    Write {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: io::Error,
    },
}

/// The folder, for as long as this run has it.
pub struct Out {
    folder: PathBuf,
    _lock: Option<File>,
}

impl Out {
    /// Takes the folder, and what an earlier run has left out of it.
    pub fn take(folder: &Path) -> Result<Self, OutError> {
        let failed = |source| OutError::Make { folder: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let lock = match File::create(folder.join(LOCK)) {
            Ok(lock) => match lock.try_lock() {
                Ok(()) => Some(lock),
                Err(TryLockError::WouldBlock) => return Err(OutError::Taken(folder.to_owned())),
                // A file system without locks: two runs at once are then their user's to avoid.
                Err(TryLockError::Error(_)) => None,
            },
            Err(source) => return Err(failed(source)),
        };
        let out = Self { folder: folder.to_owned(), _lock: lock };
        out.clear();
        Ok(out)
    }

    fn clear(&self) {
        for report in REPORTS {
            // One that was never written is not there.
            let _ = std::fs::remove_file(self.folder.join(report));
        }
        for case in std::fs::read_dir(self.folder.join(CASES)).into_iter().flatten().flatten() {
            clear_records(&case.path());
        }
        // It stays when there is something in it that is not ours.
        let _ = std::fs::remove_dir(self.folder.join(CASES));
    }

    /// Where a file of this name is in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a report, so that it is there whole or not at all.
    pub fn write(&self, name: &str, text: &str) -> Result<(), OutError> {
        let (path, part) = (self.path(name), self.path(&format!(".{name}.part")));
        let failed = |source| OutError::Write { path: path.clone(), source };
        let written = File::create(&part).and_then(|mut file| file.write_all(text.as_bytes()));
        written.and_then(|()| std::fs::rename(&part, &path)).map_err(failed)
    }
}
