//! Tests that need a program that not every machine has: without it they are shown as ignored, unless the environment variable
//! `SEATRIAL_REQUIRE` names it.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};

/// A test: its name, and what it does.
pub type Test = (&'static str, fn());

pub fn trial((name, test): Test, kind: &str, skipped: bool) -> Trial {
    let run = move || std::panic::catch_unwind(test).map_err(|_| Failed::without_message());
    Trial::test(name, run).with_kind(kind).with_ignored_flag(skipped)
}

/// The tests of one program; without it they are ignored, or fail where it is required.
pub fn with_program(program: &'static str, tests: &[Test]) -> Vec<Trial> {
    with(program, in_path(program).is_some(), tests)
}

/// The tests of something that was found or not.
pub fn with(what: &'static str, found: bool, tests: &[Test]) -> Vec<Trial> {
    let required = environment("SEATRIAL_REQUIRE").split(',').any(|name| name.trim() == what);
    if !found && required {
        return vec![Trial::test(format!("{what} is there"), move || Err(format!("{what} is required and not found").into()))];
    }
    if !found {
        eprintln!("skipped: {what} was not found; {} tests are ignored", tests.len());
    }
    tests.iter().map(|test| trial(*test, what, !found)).collect()
}

#[expect(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
pub fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Where a program is.
pub fn in_path(program: &str) -> Option<PathBuf> {
    environment("PATH").split(':').map(|folder| Path::new(folder).join(program)).find(|path| path.is_file())
}
