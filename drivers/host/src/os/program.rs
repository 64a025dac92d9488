//! A driver as a program: how it starts, until when it runs, and with which exit code it ends.
//!
//! 0 after SIGTERM or SIGINT, 2 when what was given is wrong, 3 when what is around fails.

use std::fmt::Display;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use crate::Host;

/// What was given is wrong.
pub const BAD_INPUT: u8 = 2;
const BAD_ENVIRONMENT: u8 = 3;

/// Runs a driver to its end; for a `main`.
pub fn run(driver: impl Future<Output = ExitCode>) -> ExitCode {
    // One provider for every TLS connection. It fails only where one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(driver),
        Err(error) => {
            eprintln!("failed to start: {error}");
            ExitCode::from(BAD_ENVIRONMENT)
        }
    }
}

/// Waits until somebody wants the process to end.
///
/// # Errors
/// What the system says where signals cannot be listened for.
pub async fn asked_to_end() -> std::io::Result<()> {
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        biased;
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    Ok(())
}

/// The end of a driver that could not start; `is_input` when what was given is wrong, as opposed to what is around.
pub fn not_started(host: &dyn Host, error: &dyn Display, is_input: bool) -> ExitCode {
    host.log(&format!("failed to start: {error}"));
    ExitCode::from(if is_input { BAD_INPUT } else { BAD_ENVIRONMENT })
}

/// The end of a driver that must not go on, though nobody asked it to end; its sessions are ended.
pub async fn gave_up(host: &dyn Host, reason: &str, sessions: impl Future<Output = ()>) -> ExitCode {
    host.log(reason);
    sessions.await;
    ExitCode::from(BAD_ENVIRONMENT)
}

/// The end of a driver that was asked to end: its sessions are ended, so that none is left behind at a vCenter.
pub async fn farewell(end: std::io::Result<()>, host: &dyn Host, sessions: impl Future<Output = ()>) -> ExitCode {
    if let Err(error) = end {
        host.log(&format!("failed to listen for signals: {error}"));
        return ExitCode::from(BAD_ENVIRONMENT);
    }
    sessions.await;
    ExitCode::SUCCESS
}
