//! A process of the world that is a process of the machine.
//!
//! It lives as long as its process in the network: when that is killed, so is the child, at once; when the child ends, so
//! does the process, with the words for how. What it prints goes into a file for each incarnation; by the wall's clock it also goes into the
//! journal, a line an entry. In the world's time, where the keeper of that time starts it, it does not: it tells of numbers that no seed decides.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use seatrial_clock::{LaunchError, Program, WorldClock};
use seatrial_node::kill_all_in;
use seatrial_wires::{Network, Process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;

use super::ProcessEnvironment;

/// How long is waited for what a program said before it ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Programs that seed themselves by the time must not all be equal: each one's calendar is ahead of the one before it by so much.
const SKEW: Duration = Duration::from_nanos(1_009);

/// What is to be started.
#[derive(Clone, Debug)]
pub(crate) struct Child {
    /// Which driver it belongs to, in words.
    pub(crate) driver: String,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) variables: Vec<(String, OsString)>,
    /// The mount namespace of its own that it is started in, as a path: what it has started there ends with it.
    pub(crate) namespace: Option<PathBuf>,
}

impl Child {
    /// The same with more variables.
    pub(crate) fn told(mut self, variables: Vec<(String, String)>) -> Self {
        self.variables.retain(|(known, _)| variables.iter().all(|(name, _)| name != known));
        self.variables.extend(variables.into_iter().map(|(name, value)| (name, OsString::from(value))));
        self
    }

    /// The same, started in the mount namespace of a node, which is given as a path: what it leaves there ends with it.
    pub(crate) fn inside(self, namespace: &Path) -> Self {
        Self { namespace: Some(namespace.to_owned()), ..self.entering(namespace) }
    }

    /// The same, started in a mount namespace.
    pub(crate) fn entering(self, namespace: &Path) -> Self {
        let mut entering = OsString::from("--mount=");
        entering.push(namespace);
        let first = [entering, OsString::from("--"), self.program.into_os_string()];
        let arguments = first.into_iter().chain(self.arguments).collect();
        Self { program: "nsenter".into(), arguments, ..self }
    }
}

/// Starts the child in `process`.
pub(crate) fn run_child(environment: &Arc<ProcessEnvironment>, process: &Process, child: Child) {
    let (subject, environment) = (process.clone(), Arc::clone(environment));
    process.spawn("main", async move {
        environment.until_installed().await;
        environment.fates.begins(subject.name(), &child.driver);
        let lived = match subject.network().world_clock().cloned() {
            Some(clock) => run_in_world_time(&clock, &subject, &environment, child).await,
            None => run_by_the_wall(&subject, &environment, &child).await,
        };
        let how = match lived {
            Ok(how) => {
                environment.fates.ended(subject.name(), &how, subject.network().clock().elapsed().duration());
                how
            }
            Err(error) => {
                let why = error.to_string();
                environment.fates.cannot_start(subject.name(), &why);
                why
            }
        };
        subject.exit(&how);
    });
}

/// Whose connections are the child's, until it is gone.
struct Registered {
    environment: Arc<ProcessEnvironment>,
    network: Network,
    pid: u32,
    /// Whether it has to be killed when it is let go of: the keeper of time does not do it by itself.
    running: bool,
    namespace: Option<PathBuf>,
}

impl Registered {
    fn new(environment: &Arc<ProcessEnvironment>, process: &Process, pid: u32, running: bool, namespace: Option<PathBuf>) -> Self {
        environment.began(pid, process.name());
        Self { environment: Arc::clone(environment), network: process.network().clone(), pid, running, namespace }
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        if self.running {
            self.network.touch();
            // The keeper reaps it in the look that follows; until then its number is nobody else's.
            let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
            let _ = pid.map(|pid| kill_process(pid, Signal::KILL));
        }
        // A container ends with all that runs in it: mkfs does not go on when its plugin is gone.
        if let Some(namespace) = &self.namespace {
            self.network.touch();
            kill_all_in(namespace);
        }
        self.environment.ended(self.pid);
    }
}

/// Why a child could not be started.
#[derive(Debug, thiserror::Error)]
enum ChildError {
    /// Nobody would read what it says.
    #[error("failed to start {program}: its log cannot be written: {source}")]
    Log {
        /// Which.
        program: PathBuf,
        /// What stood in the way.
        source: io::Error,
    },
    /// By the keeper of the world's time.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// By the wall's clock.
    #[error("failed to start {program}: {source}")]
    Spawn {
        /// Which.
        program: PathBuf,
        /// What stood in the way.
        source: io::Error,
    },
}

/// Runs a child in the world's time; answers how it ended, in words.
async fn run_in_world_time(
    clock: &WorldClock,
    process: &Process,
    environment: &Arc<ProcessEnvironment>,
    child: Child,
) -> Result<String, ChildError> {
    let log = environment.log_of(process.name(), process.incarnation()).map_err(no_log(&child))?;
    let (number, namespace) = (environment.count_start(), child.namespace);
    let program = Program {
        arguments: child.arguments,
        environment: child.variables.into_iter().map(|(name, value)| (OsString::from(name), value)).collect(),
        stdout: log.try_clone().ok(),
        stderr: Some(log),
        seed: Some(process.generator("randomness").next_u64()),
        skew: SKEW * number,
        ..Program::new(child.program)
    };
    // One after the other, each when the one before sleeps: in the crowd of several that start at once, who comes first would be
    // decided by how long each computes.
    let turn = environment.starting.lock().await;
    let running = clock.launch(program).await?;
    let mut registered = Registered::new(environment, process, running.pid().unsigned_abs(), true, namespace);
    clock.rest().await;
    drop(turn);
    let ending = running.exited().await;
    registered.running = false;
    Ok(ending.to_string())
}

fn no_log(child: &Child) -> impl FnOnce(io::Error) -> ChildError {
    let program = child.program.clone();
    move |source| ChildError::Log { program, source }
}

/// Runs a child by the wall's clock; answers how it ended, in words.
async fn run_by_the_wall(process: &Process, environment: &Arc<ProcessEnvironment>, child: &Child) -> Result<String, ChildError> {
    let log = environment.log_of(process.name(), process.incarnation()).and_then(|log| Ok((log.try_clone()?, log)));
    let (log, errors_log) = log.map_err(no_log(child))?;
    let mut command = Command::new(&child.program);
    command.args(&child.arguments).env_clear().envs(child.variables.iter().map(|(name, value)| (name, value)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut running = command.spawn().map_err(|source| ChildError::Spawn { program: child.program.clone(), source })?;
    let _registered = running.id().map(|pid| Registered::new(environment, process, pid, false, child.namespace.clone()));
    let output = running.stdout.take().map(|output| copy_to_log(process, log, output));
    let errors = running.stderr.take().map(|errors| copy_to_log(process, errors_log, errors));
    let said = futures::future::join(maybe(output), maybe(errors));
    let mut said = std::pin::pin!(said);
    let ended = tokio::select! {
        biased;
        _ = &mut said => running.wait().await,
        ended = running.wait() => {
            // What it said last may still be on its way; whoever it has started may keep the pipe open.
            let _ = tokio::time::timeout(LAST_WORDS, said).await;
            ended
        }
    };
    Ok(match ended {
        Ok(status) => format!("ended with {status}"),
        Err(error) => format!("could not be waited for: {error}"),
    })
}

async fn maybe(work: Option<impl Future<Output = ()>>) {
    if let Some(work) = work {
        work.await;
    }
}

async fn copy_to_log(process: &Process, mut log: File, output: impl AsyncRead + Unpin + Send) {
    let mut lines = BufReader::new(output).lines();
    // What is no text is left out; a pipe that breaks is the child's end.
    while let Ok(Some(line)) = lines.next_line().await {
        // A disk that is full keeps nothing from the journal.
        let _ = log.write_all(format!("{line}\n").as_bytes());
        process.log(&line);
    }
}
