//! The program as its users have it: the binary, on a socket, with clients that others wrote.
//!
//! `govc` (its path in `GOVC_BINARY`, else from `PATH`) and pyVmomi (for `PYTHON`, else `python3`) are looked for; a test whose
//! client is not there is shown as ignored, unless the environment variable `SEATRIAL_REQUIRE` names it.

#![allow(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod clients {
    pub mod govc;
    pub mod program;
    pub mod pyvmomi;
}

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use clients::{govc, program, pyvmomi};

/// A test of this file: its name, and what it does.
type Test = (&'static str, fn());

fn trial((name, test): Test, kind: &str, skipped: bool) -> Trial {
    let run = move || std::panic::catch_unwind(test).map_err(|_| Failed::without_message());
    Trial::test(name, run).with_kind(kind).with_ignored_flag(skipped)
}

/// The tests of one client; without it they are ignored, or fail where it is required.
fn with_client(client: &'static str, found: bool, tests: &[Test]) -> Vec<Trial> {
    let required = environment("SEATRIAL_REQUIRE").split(',').any(|name| name.trim() == client);
    if !found && required {
        return vec![Trial::test(format!("{client} is there"), move || Err(format!("{client} is required and not found").into()))];
    }
    if !found {
        eprintln!("skipped: {client} is not found; {} tests are ignored", tests.len());
    }
    tests.iter().map(|test| trial(*test, client, !found)).collect()
}

#[expect(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
pub(crate) fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // One after the other: some look at how many sessions there are, all share two cores with their servers.
    arguments.test_threads = Some(1);
    let mut trials: Vec<Trial> = program::TESTS.iter().map(|test| trial(*test, "program", false)).collect();
    trials.extend(with_client("govc", govc::binary().is_some(), govc::TESTS));
    trials.extend(with_client("pyvmomi", pyvmomi::found(), pyvmomi::TESTS));
    libtest_mimic::run(&arguments, trials).exit_code()
}
