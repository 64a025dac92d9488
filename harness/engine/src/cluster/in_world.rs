//! etcd and kube-apiserver in the world's time: children of its keeper, as drivers are, in the world's network and on its processor.
//!
//! They begin before anything else of the world does, one after the other, each when the one before sleeps. etcd ticks once a
//! second, its data lies in memory where the machine has room there, and timers of the whole world may be late by
//! [`SLACK`]: both programs have tickers of tenths of a second, which else would be all that the world does.
//!
//! What a client could notice: a time-out that is late by up to that much; that a disk takes no time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use seatrial_clock::{Child, Program};
use seatrial_kubernetes::real::Upstream;
use seatrial_wires::Network;
use tempfile::TempDir;

use super::assets::{AssetsError, last_lines, log_of, until_ready};
use super::binaries::Binaries;
use super::papers::{Papers, Ports, make_folder};
use super::probe::{service_in, version_by};
use super::without_credentials;
use crate::folders::IN_MEMORY;
use crate::isolation;

/// By how much timers may be late in a world with such programs.
pub(crate) const SLACK: Duration = Duration::from_millis(50);

/// Programs that seed themselves by the time must not all be equal. Drivers have whole microseconds.
const SKEW: Duration = Duration::from_nanos(503);

/// How many bytes must be free there: etcd takes 64 MB at once for each of two pieces of its log.
const ROOM: u64 = 512 << 20;

/// The two programs of one world, which run once the world has begun.
pub(super) struct InWorld {
    binaries: Binaries,
    logs: Option<PathBuf>,
    running: OnceLock<Running>,
}

/// What runs. The world's end kills the programs; their folders go with this.
struct Running {
    upstream: Upstream,
    version: Option<String>,
    programs: [Started; 2],
    _papers: Papers,
    _data: TempDir,
}

/// One of the programs.
struct Started {
    program: PathBuf,
    log: PathBuf,
    child: Child,
}

impl InWorld {
    /// They are to run; their logs go into the folder `logs`, or into one that goes with them.
    pub(super) fn new(binaries: &Binaries, logs: Option<&Path>) -> Self {
        Self { binaries: binaries.clone(), logs: logs.map(Path::to_owned), running: OnceLock::new() }
    }

    /// Starts both in the world's time, and waits until the server is ready.
    pub(super) async fn come_up(&self, network: &Network) -> Result<(), AssetsError> {
        let papers = Papers::write(if isolation::is_entered() { Ports::USUAL } else { Ports::free()? })?;
        let data = make_folder(&place_for_data())?;
        let config = papers.config().await?;
        let upstream =
            Upstream { administrator: service_in(network, &config)?, nobody: service_in(network, &without_credentials(&config))? };
        let mut arguments = papers.etcd(data.path());
        arguments.extend(["--heartbeat-interval=1000", "--election-timeout=10000"].map(str::to_owned));
        let etcd = self.launch(network, &self.binaries.etcd, arguments, &papers, 1).await?;
        let server = self.launch(network, &self.binaries.api_server, papers.api_server(), &papers, 2).await?;
        let programs = [etcd, server];
        let ended = || programs.iter().find_map(Started::ended);
        let last = || (programs[1].program.clone(), last_lines(&programs[1].log));
        until_ready(&upstream.administrator, ended, last).await?;
        let version = version_by(&upstream.administrator).await;
        // Nobody else sets it: a world comes up once.
        let _ = self.running.set(Running { upstream, version, programs, _papers: papers, _data: data });
        Ok(())
    }

    /// Starts one, and waits until it sleeps.
    async fn launch(
        &self,
        network: &Network,
        program: &Path,
        arguments: Vec<String>,
        papers: &Papers,
        place: u32,
    ) -> Result<Started, AssetsError> {
        let clock = network.world_clock().ok_or(AssetsError::NoWorld)?;
        let log = log_of(program, self.logs.as_deref().unwrap_or(papers.folder()));
        let output = File::create(&log).map_err(|source| AssetsError::File { path: log.clone(), source })?;
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let seed = network.seed().child("cluster").child(&name).generator().next_u64();
        let child = Program {
            arguments: arguments.into_iter().map(Into::into).collect(),
            // A person's proxies and etcd settings are not meant for this one. The folder marks it as the run's.
            environment: vec![("TMPDIR".into(), papers.folder().into())],
            directory: Some(papers.folder().to_owned()),
            stdout: output.try_clone().ok(),
            stderr: Some(output),
            seed: Some(seed),
            skew: SKEW * place,
            ..Program::new(std::path::absolute(program).unwrap_or_else(|_| program.to_owned()))
        };
        let child = clock.launch(child).await.map_err(AssetsError::Launch)?;
        clock.rest().await;
        Ok(Started { program: program.to_owned(), log, child })
    }

    fn running(&self) -> Result<&Running, AssetsError> {
        self.running.get().ok_or(AssetsError::NoWorld)
    }

    /// Ways to the server.
    pub(super) fn upstream(&self) -> Result<Upstream, AssetsError> {
        self.running().map(|running| running.upstream.clone())
    }

    /// Waits until one of them has ended, which none should while the world lasts.
    pub(super) async fn ended(&self) -> AssetsError {
        let Ok(Running { programs: [etcd, server], .. }) = self.running() else { return std::future::pending().await };
        tokio::select! {
            biased;
            _ = etcd.child.exited() => {}
            _ = server.child.exited() => {}
        }
        [etcd, server].into_iter().find_map(Started::ended).unwrap_or(AssetsError::NoWorld)
    }

    /// Which Kubernetes it is, once it runs.
    pub(super) fn version(&self) -> Option<String> {
        self.running().ok()?.version.clone()
    }
}

impl Started {
    /// That it has ended, if it has.
    fn ended(&self) -> Option<AssetsError> {
        let status = self.child.ending()?.to_string();
        Some(AssetsError::Ended { program: self.program.clone(), status, log: last_lines(&self.log) })
    }
}

/// In memory, if there is room.
fn place_for_data() -> PathBuf {
    let free = rustix::fs::statvfs(IN_MEMORY).map_or(0, |there| there.f_bavail * there.f_frsize);
    let usable = free >= ROOM && rustix::fs::access(IN_MEMORY, rustix::fs::Access::WRITE_OK).is_ok();
    if usable { PathBuf::from(IN_MEMORY) } else { std::env::temp_dir() }
}
