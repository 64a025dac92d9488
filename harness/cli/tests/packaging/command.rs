//! The command and this project's recipes, run as a user runs them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_seatrial");

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The command, in a folder.
pub fn seatrial(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// The program as it is shipped: a development build's lines would be four fifths of what is packed.
pub fn shipped() -> &'static Path {
    static SHIPPED: OnceLock<PathBuf> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shipped");
        // A machine that links has it.
        told(Command::new("strip").arg("-o").arg(&path).arg(PROGRAM));
        path
    })
}

/// A recipe of `.ci`, whose inputs have a date.
pub fn recipe(name: &str, arguments: &[&Path]) -> Command {
    let mut command = Command::new(root().join(".ci").join(name));
    command.args(arguments).env("SOURCE_DATE_EPOCH", "1700000000").stdin(Stdio::null());
    command
}

/// What it printed; it must have ended well.
#[track_caller]
pub fn told(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{stdout}{stderr}");
    stdout.into_owned()
}
