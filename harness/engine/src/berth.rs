//! A world that stays: started live from a scenario's `world`, without its steps, for people and their clients.

use std::collections::BTreeMap;
use std::io::LineWriter;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use seatrial_journal::{Journal, LinesSink};
use seatrial_wires::{Progress, live_run};

use crate::cluster::Cluster;
use crate::live::Mode;
use crate::voyage::Voyage;
use crate::world::{self, Watchers, World};

/// How often it is asked whether it is over.
const LOOK: Duration = Duration::from_millis(100);

/// What there is.
#[derive(Clone, Debug)]
pub struct Berth {
    /// An administrator's kubeconfig.
    pub kubeconfig: PathBuf,
    /// The API server.
    pub kubernetes: Option<SocketAddr>,
    /// The vCenters.
    pub vcenters: Vec<BerthedVcenter>,
    /// Where the CSI driver's programs listen, by their processes.
    pub sockets: BTreeMap<String, PathBuf>,
    /// For each node plugin a program that tells whether a path is there on its node's machine, which is simulated.
    pub path_checks: BTreeMap<String, PathBuf>,
    /// The processes of the world.
    pub processes: Vec<String>,
}

/// A vCenter at its place.
#[derive(Clone, Debug)]
pub struct BerthedVcenter {
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
pub enum BerthError {
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

/// Starts a voyage's world, tells `ready` of it, and stays until `over` says so.
///
/// # Errors
/// [`BerthError`].
pub fn stay(voyage: &Voyage, ready: impl FnOnce(&Berth), over: impl Fn() -> bool) -> Result<(), BerthError> {
    let Mode::Live(live) = &voyage.mode else { return Err(BerthError::Virtual) };
    let lines = match &voyage.journal {
        None => None,
        Some(path) => {
            let file = std::fs::File::create(path).map_err(|source| BerthError::Journal { path: path.clone(), source })?;
            // A line is there as soon as it is recorded: people look on.
            Some(LinesSink::new(LineWriter::new(file)))
        }
    };
    let cluster = voyage.mode.cluster().map_err(|error| BerthError::Start(error.to_string()))?;
    let line_error = lines.as_ref().map(LinesSink::error);
    let watchers = Watchers::default();
    let prepare = |journal: &Journal| {
        watchers.watch(journal);
        if let Some(lines) = lines {
            journal.add_sink(lines);
        }
    };
    let body = async |network: seatrial_wires::Network, _| {
        let world = World::start(&network, voyage, &watchers, cluster.as_ref()).map_err(|error| BerthError::Start(error.to_string()))?;
        world.install(&voyage.scenario).await.map_err(|error| BerthError::ComeUp(error.to_string()))?;
        ready(&berth(&world, voyage)?);
        while !over() {
            tokio::time::sleep(LOOK).await;
        }
        world.end().await;
        network.end_all();
        Ok(())
    };
    live_run(voyage.seed, live.pace, Progress::default(), prepare, body).map_err(|error| BerthError::Start(error.to_string()))??;
    if let Some(left) = cluster.as_ref().and_then(Cluster::leave) {
        return Err(BerthError::Leave(left));
    }
    match (&voyage.journal, line_error.and_then(|error| error.lock().ok()?.take())) {
        (Some(path), Some(source)) => Err(BerthError::Journal { path: path.clone(), source }),
        _ => Ok(()),
    }
}

fn berth(world: &World, voyage: &Voyage) -> Result<Berth, BerthError> {
    let Some(shell) = &world.shell else { return Err(BerthError::Virtual) };
    let vcenter = |described: &seatrial_scenario::VCenter| BerthedVcenter {
        name: described.name.value.clone(),
        socket: shell.socket(&world::vcenter_address(&described.name)),
        user: world::account::CSI.to_owned(),
        password: world::account::PASSWORD.to_owned(),
        ca_file: shell.ca_file(),
    };
    let check = |(process, socket): (String, PathBuf)| (process, socket.with_file_name(world::CHECK_PATH));
    Ok(Berth {
        kubeconfig: shell.administrator().map_err(|error| BerthError::Start(error.to_string()))?,
        kubernetes: shell.socket(world::API_SERVER),
        vcenters: voyage.scenario.world.vcenters.iter().map(vcenter).collect(),
        sockets: shell.driver_sockets(),
        path_checks: shell.driver_sockets().into_iter().map(check).filter(|(_, path)| path.exists()).collect(),
        processes: world.network.names(),
    })
}
