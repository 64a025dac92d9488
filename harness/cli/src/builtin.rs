//! The scenarios that are part of this program: whoever has the command has them, without a checkout.
//!
//! They count where the working directory has no folder `scenarios`. Where it has one, that one counts, and nothing of these:
//! a name never means a scenario of the one and a manifest of the other.

use std::io::{Error, ErrorKind};
use std::path::{Component, Path, PathBuf};

use crate::exit::Exit;
use crate::output::{fail, say};
use crate::select::SCENARIOS;

/// Paths from the project's root and texts, in the order of the paths.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// Reads a file of the disk or, where these scenarios count, one of them.
///
/// # Errors
/// Those of the disk.
pub fn read(path: &Path) -> std::io::Result<String> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => text(path).map(str::to_owned).ok_or(error),
        read => read,
    }
}

/// What reads the files that a scenario's file names, by their paths from its folder.
pub fn beside(file: &Path) -> impl Fn(&str) -> std::io::Result<String> + '_ {
    |path| read(&file.parent().unwrap_or(Path::new(".")).join(path))
}

/// Whether one of these scenarios or manifests counts under this path.
pub fn is_file(path: &Path) -> bool {
    text(path).is_some()
}

/// The files that count below a folder, manifests among them.
pub fn below(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let folder = plain(folder);
    let files = if count() { FILES } else { &[] };
    files.iter().map(|(path, _)| PathBuf::from(path)).filter(move |path| path.starts_with(&folder) && *path != folder)
}

fn text(path: &Path) -> Option<&'static str> {
    let path = plain(path);
    FILES.iter().find(|(known, _)| Path::new(known) == path).filter(|_| count()).map(|(_, text)| *text)
}

fn count() -> bool {
    !Path::new(SCENARIOS).is_dir()
}

/// A path without `.` and `..`, which no disk is asked about.
fn plain(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut plain, component| {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
        plain
    })
}

/// Where to.
#[derive(Debug, clap::Args)]
pub struct ScenariosArguments {
    /// A folder that is not there yet, or is empty.
    #[arg(value_name = "DIR", default_value = SCENARIOS)]
    folder: PathBuf,
}

/// Writes all of them into a folder. What lies there already is left alone: it may be somebody's work.
pub fn write(arguments: &ScenariosArguments) -> Exit {
    let folder = &arguments.folder;
    let is_empty = std::fs::read_dir(folder).map(|mut entries| entries.next().is_none());
    match is_empty {
        Ok(true) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Ok(false) => return fail(&format!("{} is not empty; name a folder that is not there yet", folder.display()), Exit::BadInput),
        Err(error) => return fail(&format!("failed to read {}: {error}; name another folder", folder.display()), Exit::Environment),
    }
    for (path, text) in FILES {
        let inside = Path::new(path).strip_prefix(SCENARIOS).unwrap_or(Path::new(path));
        if let Err(error) = write_file(&folder.join(inside), text) {
            return fail(&format!("failed to write into {}: {error}; name another folder", folder.display()), Exit::Environment);
        }
    }
    let (number, folder) = (FILES.len(), folder.display());
    say(&format!("wrote {number} files; `seatrial run {folder} --list` shows the scenarios\n"))
}

fn write_file(path: &Path, text: &str) -> Result<(), Error> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    std::fs::write(path, text)
}
