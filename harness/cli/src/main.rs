//! The `seatrial` command.
//!
//! This is the only file of the command that reads the environment, installs a panic hook or exits.

mod crew;
mod diff;
mod exit;
mod run;
mod select;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Puts the drivers that connect Kubernetes to vSphere to sea, and says what held and what did not.
#[derive(Debug, Parser)]
#[command(version, about, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 everything held; 1 something broke in a driver; 2 the input is wrong; \
3 the environment failed; 4 our own fault; 130 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Sails scenarios and writes reports.
    Run(run::RunArguments),
    /// Shows the first line in which two journals differ.
    Diff(diff::DiffArguments),
}

fn main() -> ExitCode {
    // clap ends with 2 on a wrong flag, which is our code for wrong input too.
    match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments).into(),
        Command::Diff(arguments) => diff::diff(&arguments).into(),
    }
}
