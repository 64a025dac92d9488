//! The exit codes, in one table.

use std::process::ExitCode;

use seatrial_reports::CaseOutcome;

/// How the command ends; the README shows the same table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Every case passed, or its driver or API server does not have what it asks for.
    Passed = 0,
    /// Something failed in a driver.
    Failed = 1,
    /// The input is wrong: a scenario, a manifest, a flag.
    BadInput = 2,
    /// The environment failed: a driver does not come up, a report cannot be written.
    Environment = 3,
    /// Our own fault.
    Internal = 4,
    /// Somebody pressed Ctrl-C.
    Interrupted = 130,
}

/// What each code means, as the help and the manual say it.
pub const CODES: [(Exit, &str); 6] = [
    (Exit::Passed, "everything passed"),
    (Exit::Failed, "something failed in a driver"),
    (Exit::BadInput, "the input is wrong"),
    (Exit::Environment, "the environment failed"),
    (Exit::Internal, "our own fault"),
    (Exit::Interrupted, "interrupted"),
];

/// All codes in a line.
pub fn codes() -> String {
    let codes: Vec<String> = CODES.iter().map(|(exit, meaning)| format!("{} {meaning}", *exit as u8)).collect();
    format!("Exit codes: {}.", codes.join("; "))
}

impl Exit {
    /// The code for the worst outcome of a run.
    pub fn of(outcome: CaseOutcome) -> Self {
        match outcome.exit_code() {
            0 => Self::Passed,
            1 => Self::Failed,
            2 => Self::BadInput,
            3 => Self::Environment,
            _ => Self::Internal,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
