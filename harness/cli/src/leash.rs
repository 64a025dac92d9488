//! `seatrial driver leashed`: becomes another program, which dies with whoever started it.
//!
//! The signal at the parent's death outlives the change of program; so programs that know nothing of it can be kept from
//! outliving a run that is killed.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use rustix::process::{Signal, set_parent_process_death_signal};

/// Which program.
#[derive(Debug, clap::Args)]
pub struct LeashArguments {
    /// The program and its arguments.
    #[arg(required = true, last = true, value_name = "PROGRAM")]
    command: Vec<OsString>,
}

/// Becomes the program; returns only when that fails.
pub fn become_it(arguments: LeashArguments) -> ExitCode {
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let mut words = arguments.command.into_iter();
    let program = words.next().unwrap_or_default();
    let error = Command::new(&program).args(words).exec();
    eprintln!("failed to start {}: {error}", program.to_string_lossy());
    ExitCode::FAILURE
}
