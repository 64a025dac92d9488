//! A world that stays: started live from a scenario's `world`, without its steps, for people and their clients.

use std::collections::BTreeMap;
use std::io::LineWriter;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use seatrial_journal::{Journal, LinesSink};
use seatrial_wires::{Progress, wall_time_run};

use crate::cluster::Cluster;
use crate::run::RunSpec;
use crate::world::{self, Watchers, WorldHandle};

/// How often it is asked whether it is over.
const LOOK: Duration = Duration::from_millis(100);

/// What there is.
#[derive(Clone, Debug)]
pub struct RunningWorld {
    /// An administrator's kubeconfig.
    pub kubeconfig: PathBuf,
    /// The API server.
    pub kubernetes: Option<SocketAddr>,
    /// The vCenters.
    pub vcenters: Vec<RunningVCenter>,
    /// Where the CSI driver's programs listen, by their processes.
    pub sockets: BTreeMap<String, PathBuf>,
    /// For each node plugin a program that tells whether a path is there on its node's machine, which is simulated.
    pub path_checks: BTreeMap<String, PathBuf>,
    /// The processes of the world.
    pub processes: Vec<String>,
}

/// A vCenter at its place.
#[derive(Clone, Debug)]
pub struct RunningVCenter {
    /// Its name in the scenario.
    pub name: String,
    /// Where it listens.
    pub socket: Option<SocketAddr>,
    /// An account.
    pub user: String,
    /// Its password.
    pub password: String,
    /// What its certificate is judged by.
    pub ca_file: PathBuf,
}

/// Why a world could not be started, or did not come up.
#[derive(Debug, thiserror::Error)]
pub enum RunningWorldError {
    /// It is to be virtual.
    #[error("a virtual world cannot stay: nobody could reach it")]
    Virtual,
    /// The journal cannot be written.
    #[error("failed to write journal {path}: {source}; choose another place with --journal")]
    Journal {
        /// Where.
        path: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// The machine does not allow it.
    #[error("failed to start the world: {0}")]
    Start(String),
    /// What it made in somebody else's cluster stays there.
    #[error("{0}")]
    Leave(String),
    /// It started, but is not as it should be.
    #[error("the world did not come up: {0}")]
    ComeUp(String),
}

/// Starts a run's world, calls `ready` with what runs, and stays until `over` says so.
///
/// # Errors
/// [`RunningWorldError`].
pub fn stay(spec: &RunSpec, ready: impl FnOnce(&RunningWorld), over: impl Fn() -> bool) -> Result<(), RunningWorldError> {
    if !spec.mode.by_the_wall() {
        return Err(RunningWorldError::Virtual);
    }
    let lines = match &spec.journal {
        None => None,
        Some(path) => {
            let file = std::fs::File::create(path).map_err(|source| RunningWorldError::Journal { path: path.clone(), source })?;
            // A line is there as soon as it is recorded: people look on.
            Some(LinesSink::new(LineWriter::new(file)))
        }
    };
    let cluster = spec.mode.cluster().map_err(|error| RunningWorldError::Start(error.to_string()))?;
    let line_error = lines.as_ref().map(LinesSink::error);
    let watchers = Watchers::default();
    let prepare = |journal: &Journal| {
        watchers.watch(journal);
        if let Some(lines) = lines {
            journal.add_sink(lines);
        }
    };
    let body = async |network: seatrial_wires::Network| {
        let world =
            WorldHandle::start(&network, spec, &watchers, cluster.as_ref()).map_err(|error| RunningWorldError::Start(error.to_string()))?;
        world.install(&spec.scenario).await.map_err(|error| RunningWorldError::ComeUp(error.to_string()))?;
        ready(&running_world(&world, spec)?);
        while !over() {
            tokio::time::sleep(LOOK).await;
        }
        world.end().await;
        network.end_all();
        Ok(())
    };
    wall_time_run(spec.seed, Progress::default(), prepare, body).map_err(|error| RunningWorldError::Start(error.to_string()))??;
    if let Some(left) = cluster.as_ref().and_then(Cluster::leave) {
        return Err(RunningWorldError::Leave(left));
    }
    match (&spec.journal, line_error.and_then(|error| error.lock().ok()?.take())) {
        (Some(path), Some(source)) => Err(RunningWorldError::Journal { path: path.clone(), source }),
        _ => Ok(()),
    }
}

fn running_world(world: &WorldHandle, spec: &RunSpec) -> Result<RunningWorld, RunningWorldError> {
    let Some(environment) = &world.environment else { return Err(RunningWorldError::Virtual) };
    let vcenter = |described: &seatrial_scenario::VCenter| RunningVCenter {
        name: described.name.value.clone(),
        socket: environment.socket(&world::vcenter_address(&described.name)),
        user: world::account::CSI.to_owned(),
        password: world::account::PASSWORD.to_owned(),
        ca_file: environment.ca_file(),
    };
    let check = |(process, socket): (String, PathBuf)| (process, socket.with_file_name(world::CHECK_PATH));
    Ok(RunningWorld {
        kubeconfig: environment.administrator().map_err(|error| RunningWorldError::Start(error.to_string()))?,
        kubernetes: environment.socket(world::API_SERVER),
        vcenters: spec.scenario.world.vcenters.iter().map(vcenter).collect(),
        sockets: environment.driver_sockets(),
        path_checks: environment.driver_sockets().into_iter().map(check).filter(|(_, path)| path.exists()).collect(),
        processes: world.network.names(),
    })
}
