//! What the command takes from the environment, for those who are given it.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::kubernetes::Variables;

/// What a world with processes takes from the environment.
pub struct Surroundings {
    /// This command, which our drivers are part of.
    pub program: PathBuf,
    /// Where programs of other drivers are looked for.
    pub folders: Vec<PathBuf>,
    /// All of the environment: what a client of a world finds.
    pub environment: Vec<(OsString, OsString)>,
    /// Reads a variable.
    pub variable: Variables,
}
