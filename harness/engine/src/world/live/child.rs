//! A process of the world that is a process of the machine.
//!
//! It lives as long as its process in the network: when that is killed, so is the child, at once; when the child ends, so
//! does the process, with the words for how. What the child prints goes into the process's log, a line an entry.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use seatrial_wires::Process;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

use super::LiveEnvironment;

/// How often it is looked whether the drivers are installed.
const LOOK: Duration = Duration::from_millis(100);

/// What is to be started.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) variables: Vec<(String, OsString)>,
}

/// Starts the child in `process`.
pub(crate) fn run_child(environment: &Arc<LiveEnvironment>, process: &Process, child: Child) {
    let (subject, environment) = (process.clone(), Arc::clone(environment));
    process.spawn("main", async move {
        while !environment.is_installed() {
            tokio::time::sleep(LOOK).await;
        }
        let how = live(&subject, &environment, &child).await;
        environment.fates.ended(subject.name(), &how);
        subject.exit(&how);
    });
}

/// Whose connections are the child's, until it is gone.
struct Registered {
    environment: Arc<LiveEnvironment>,
    pid: u32,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.environment.ended(self.pid);
    }
}

async fn live(process: &Process, environment: &Arc<LiveEnvironment>, child: &Child) -> String {
    let mut command = Command::new(&child.program);
    command.args(&child.arguments).env_clear().envs(child.variables.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut running = match command.spawn() {
        Ok(running) => running,
        Err(error) => return format!("failed to start {}: {error}", child.program.display()),
    };
    let _registered = running.id().map(|pid| {
        environment.began(pid, process.name());
        Registered { environment: Arc::clone(environment), pid }
    });
    if let Some(output) = running.stdout.take() {
        process.spawn("output", copy_to_log(process.clone(), Arc::clone(environment), output));
    }
    if let Some(errors) = running.stderr.take() {
        process.spawn("errors", copy_to_log(process.clone(), Arc::clone(environment), errors));
    }
    match running.wait().await {
        Ok(status) => format!("ended with {status}"),
        Err(error) => format!("could not be waited for: {error}"),
    }
}

async fn copy_to_log(process: Process, environment: Arc<LiveEnvironment>, output: impl AsyncRead + Unpin + Send) {
    let mut lines = BufReader::new(output).lines();
    // What is no text is left out; a pipe that breaks is the child's end.
    while let Ok(Some(line)) = lines.next_line().await {
        environment.fates.said(process.name(), &line);
        process.log(&line);
    }
}
