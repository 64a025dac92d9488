//! etcd and kube-apiserver as children of a run by the wall's clock.
//!
//! Both are started through `seatrial driver leashed`, so that they die with the run however it ends.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use driver_host::HttpService;
use kube::config::KubeconfigError;
use seatrial_clock::LaunchError;
use seatrial_wires::ServeError;

use super::binaries::Binaries;
use super::papers::{Papers, Ports};
use super::probe::{by_the_wall, get, service};
use crate::world::processes::last_words::last_words;

/// How often it is looked whether the server is ready, and how often at most: two minutes.
const LOOK: Duration = Duration::from_millis(200);
const LOOKS: u32 = 600;
/// How many of a log's last lines an error tells.
const LAST_LINES: usize = 8;

/// Why the programs did not come up.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// A file or folder of theirs.
    #[error("failed to make {path}: {source}; set TMPDIR to a place where it can be made")]
    File {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] ServeError),
    /// No port to be had.
    #[error("failed to find a free port on 127.0.0.1: {0}")]
    Port(#[source] std::io::Error),
    /// It could not be started.
    #[error("failed to start {program}: {source}")]
    Start {
        /// Which.
        program: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// It could not be started in the world's time.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// There is no world in whose time it could live, or that has not begun.
    #[error("etcd and kube-apiserver were asked for before their world had begun")]
    NoWorld,
    /// It ended.
    #[error("{program} ended: {status}; the last lines of its log:\n{log}")]
    Ended {
        /// Which.
        program: PathBuf,
        /// How.
        status: String,
        /// What it said.
        log: String,
    },
    /// It is never ready.
    #[error("{program} was not ready after {} seconds; the last lines of its log:\n{log}", (LOOK * LOOKS).as_secs())]
    NotReady {
        /// Which.
        program: PathBuf,
        /// What it said.
        log: String,
    },
    /// The configuration that we wrote is no good.
    #[error("failed to read the kubeconfig that was written for kube-apiserver: {0}")]
    Kubeconfig(#[from] KubeconfigError),
    /// No way to ask it.
    #[error("failed to ask kube-apiserver whether it is ready: {0}")]
    Client(#[from] kube::Error),
}

/// A child with its log.
struct Running {
    program: PathBuf,
    log: PathBuf,
    child: Child,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The running programs; they end before their folder goes.
pub(super) struct Assets {
    pub(super) config: kube::Config,
    _running: [Running; 2],
    _papers: Papers,
}

impl Assets {
    /// Starts both and waits until the server is ready. Their logs go into the folder `logs`, or into one that goes with them.
    pub(super) fn start(binaries: &Binaries, leash: &Path, logs: Option<&Path>) -> Result<Self, AssetsError> {
        let papers = Papers::write(Ports::free()?)?;
        let logs = logs.unwrap_or(papers.folder());
        let etcd = launch(leash, &binaries.etcd, &papers.etcd(Path::new("etcd")), papers.folder(), logs)?;
        let server = launch(leash, &binaries.api_server, &papers.api_server(), papers.folder(), logs)?;
        let mut running = [etcd, server];
        let io = |source| AssetsError::Start { program: binaries.api_server.clone(), source };
        let config = by_the_wall(async {
            let config = papers.config().await?;
            let service = service(&config)?;
            let log = running[1].log.clone();
            let ended = || running.iter_mut().find_map(Running::ended);
            until_ready(&service, ended, || (binaries.api_server.clone(), last_lines(&log))).await?;
            Ok::<_, AssetsError>(config)
        })
        .map_err(io)??;
        Ok(Self { config, _running: running, _papers: papers })
    }
}

impl Running {
    /// That it has ended, if it has.
    fn ended(&mut self) -> Option<AssetsError> {
        let status = self.child.try_wait().ok().flatten()?.to_string();
        Some(AssetsError::Ended { program: self.program.clone(), status, log: last_lines(&self.log) })
    }
}

/// Where what a program says goes, in a folder of logs.
pub(super) fn log_of(program: &Path, logs: &Path) -> PathBuf {
    logs.join(format!("{}.1.log", program.file_name().unwrap_or_default().to_string_lossy()))
}

fn launch(leash: &Path, program: &Path, arguments: &[String], folder: &Path, logs: &Path) -> Result<Running, AssetsError> {
    let log = log_of(program, logs);
    let file = |path: &Path| File::create(path).map_err(|source| AssetsError::File { path: path.to_owned(), source });
    let output = file(&log)?;
    let errors = output.try_clone().map_err(|source| AssetsError::File { path: log.clone(), source })?;
    let mut command = Command::new(leash);
    command.args(["driver", "leashed", "--"]).arg(program).args(arguments).current_dir(folder);
    // A person's proxies and etcd settings are not meant for this one. The folder marks it as the run's.
    command.env_clear().env("TMPDIR", folder);
    command.stdin(Stdio::null()).stdout(output).stderr(errors);
    let child = command.spawn().map_err(|source| AssetsError::Start { program: program.to_owned(), source })?;
    Ok(Running { program: program.to_owned(), log, child })
}

/// Waits until the server is ready and has its first namespace. `ended` tells that one of the programs has ended; `server` is the
/// server and what it said last.
pub(super) async fn until_ready(
    service: &HttpService,
    mut ended: impl FnMut() -> Option<AssetsError>,
    server: impl Fn() -> (PathBuf, String),
) -> Result<(), AssetsError> {
    for _ in 0..LOOKS {
        if let Some(ended) = ended() {
            return Err(ended);
        }
        let mut ready = true;
        for path in ["/readyz", "/api/v1/namespaces/default"] {
            let asked = tokio::time::timeout(Duration::from_secs(5), get(service, path)).await;
            ready &= matches!(asked, Ok(Ok((200, _))));
        }
        if ready {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    let (program, log) = server();
    Err(AssetsError::NotReady { program, log })
}

pub(super) fn last_lines(log: &Path) -> String {
    let lines: Vec<String> = last_words(log, LAST_LINES).iter().map(|line| format!("  {line}")).collect();
    if lines.is_empty() { "  (it is empty)".to_owned() } else { lines.join("\n") }
}
