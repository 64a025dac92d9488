//! Commands of the operating system: found by name, run in the C locale, their words kept for errors.

use std::ffi::OsStr;

use tokio::process::Command;

/// How a command ended.
pub(super) struct CommandOutcome {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    pub output: String,
    pub errors: String,
}

/// Runs a command to its end.
pub(super) async fn run<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> Result<CommandOutcome, String> {
    let output = Command::new(program)
        .args(arguments)
        // Errors are told apart by their words.
        .env("LC_ALL", "C")
        .output()
        .await
        .map_err(|error| format!("failed to start {program}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    Ok(CommandOutcome { code: output.status.code(), output: text(&output.stdout), errors: text(&output.stderr) })
}

/// Runs a command that must end well.
pub(super) async fn succeed<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> Result<String, String> {
    let outcome = run(program, arguments).await?;
    match outcome.code {
        Some(0) => Ok(outcome.output),
        Some(code) => Err(format!("{program} ended with {code}: {}", outcome.errors)),
        None => Err(format!("{program} was killed: {}", outcome.errors)),
    }
}
