//! Which scenario files a run means: names, files, folders.

use std::path::{Path, PathBuf};

/// Where scenarios are looked for by name.
pub const SCENARIOS: &str = "scenarios";

/// Why nothing can be run.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// The argument is neither a file, a folder nor a name under [`SCENARIOS`].
    #[error("no scenario `{0}`: it is neither a file, a folder, nor a name under {SCENARIOS}/; `seatrial run --list` shows the names")]
    Unknown(String),
    /// A folder without scenarios.
    #[error("no scenario in {0}: scenario files end in .yaml and do not lie in a folder named `manifests`")]
    Empty(String),
    /// A folder that cannot be read.
    #[error("failed to read {folder}: {source}")]
    Read {
        /// Which.
        folder: String,
        /// What stood in the way.
        source: std::io::Error,
    },
}

/// The files that `arguments` mean, each once, in order; all scenarios when there are none.
///
/// # Errors
/// See [`SelectError`].
pub fn files(arguments: &[String]) -> Result<Vec<PathBuf>, SelectError> {
    let all = [SCENARIOS.to_owned()];
    let arguments = if arguments.is_empty() { &all[..] } else { arguments };
    let mut files = Vec::new();
    for argument in arguments {
        for file in meant_by(argument)? {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn meant_by(argument: &str) -> Result<Vec<PathBuf>, SelectError> {
    let path = Path::new(argument);
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let named = Path::new(SCENARIOS).join(format!("{argument}.yaml"));
    if named.is_file() {
        return Ok(vec![named]);
    }
    let folder = if path.is_dir() { path.to_owned() } else { Path::new(SCENARIOS).join(argument) };
    if !folder.is_dir() {
        return Err(SelectError::Unknown(argument.to_owned()));
    }
    let mut files = Vec::new();
    walk(&folder, &mut files)?;
    if files.is_empty() { Err(SelectError::Empty(folder.display().to_string())) } else { Ok(files) }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), SelectError> {
    let failed = |source| SelectError::Read { folder: folder.display().to_string(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        paths.push(entry.map_err(failed)?.path());
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "manifests") {
                walk(&path, files)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            files.push(path);
        }
    }
    Ok(())
}

/// A scenario's name: its path under [`SCENARIOS`] without the ending, or the path as it is.
pub fn name_of(file: &Path) -> String {
    let inside = file.strip_prefix(SCENARIOS).unwrap_or(file);
    inside.with_extension("").display().to_string()
}
