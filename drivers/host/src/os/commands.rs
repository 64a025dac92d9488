//! Commands of the operating system: found by name, run in the C locale, their words kept for errors.

use std::ffi::OsStr;
use std::io;

use tokio::process::Command;

/// Why a command did not do what it was run for.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// It could not be started.
    #[error("failed to start {program}: {source}")]
    Start {
        /// Which.
        program: String,
        /// What stood in the way.
        source: io::Error,
    },
    /// It ended badly.
    #[error("{program} ended with {code}: {errors}")]
    Ended {
        /// Which.
        program: String,
        /// Its exit code.
        code: i32,
        /// What it said.
        errors: String,
    },
    /// A signal ended it.
    #[error("{program} was killed: {errors}")]
    Killed {
        /// Which.
        program: String,
        /// What it said.
        errors: String,
    },
}

/// How a command ended.
pub(super) struct CommandOutcome {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

/// Runs a command to its end.
pub(super) async fn run<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> Result<CommandOutcome, CommandError> {
    let output = Command::new(program)
        .args(arguments)
        // Errors are told apart by their words.
        .env("LC_ALL", "C")
        .output()
        .await
        .map_err(|source| CommandError::Start { program: program.to_owned(), source })?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Ok(CommandOutcome { code: output.status.code(), output: text(&output.stdout), errors: text(&output.stderr) })
}

/// Runs a command that must end well.
pub(super) async fn succeed<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> Result<String, CommandError> {
    let CommandOutcome { code, output, errors } = run(program, arguments).await?;
    let program = program.to_owned();
    match code {
        Some(0) => Ok(output),
        Some(code) => Err(CommandError::Ended { program, code, errors }),
        None => Err(CommandError::Killed { program, errors }),
    }
}
