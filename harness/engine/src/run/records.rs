//! The folder for what a run writes while it goes on, so that one that is killed leaves what it had: its journal, packed, and a log of
//! each incarnation of each process (`csi-controller.1.log`).

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use seatrial_journal::PackedSink;

/// The journal's file.
const JOURNAL: &str = "journal.jsonl.gz";

/// The records could not be begun.
#[derive(Debug, thiserror::Error)]
#[error("failed to write {path}: {source}; choose another place with --out")]
pub(super) struct RecordsError {
    /// What could not be made.
    path: PathBuf,
    /// What stood in the way.
    source: io::Error,
}

/// Makes the folder, takes out what an earlier run has left in it, and begins the journal.
pub(super) fn begin(folder: &Path) -> Result<PackedSink<File>, RecordsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| RecordsError { path, source }
    };
    clear(folder);
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let path = folder.join(JOURNAL);
    File::create(&path).map(PackedSink::new).map_err(failed(&path))
}

/// Removes the records that lie in a folder, and nothing else; and the folder, when nothing is left in it.
pub fn clear(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_record) {
            // What cannot be removed will be named when it cannot be written.
            let _ = std::fs::remove_file(entry.path());
        }
    }
    // One that somebody has put something into stays.
    let _ = std::fs::remove_dir(folder);
}

fn is_record(name: &str) -> bool {
    let number = name.strip_suffix(".log").and_then(|name| name.rsplit_once('.')).map(|(_, number)| number);
    name == JOURNAL || number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The log of one incarnation of a process; whatever slashes its name has.
pub(crate) fn log(folder: &Path, process: &str, incarnation: u32) -> PathBuf {
    folder.join(format!("{}.{incarnation}.log", process.replace('/', "-")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_records_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("case");
        std::fs::create_dir(&inside).unwrap();
        for name in [JOURNAL, "csi-node-worker-1.12.log", "mine.log", "notes.txt"] {
            std::fs::write(inside.join(name), "").unwrap();
        }
        clear(&inside);
        let mut left: Vec<String> =
            std::fs::read_dir(&inside).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, ["mine.log", "notes.txt"]);
    }
}
