//! `seatrial driver`: our drivers, out of the one binary.
//!
//! A world whose drivers are processes starts them like this. They are told what their own binaries are told, with the same names; a node plugin
//! may be given a machine at the other end of a socket (`SEATRIAL_MACHINE=unix:///…`) in the place of this one. They die with
//! the one who started them, however that came about.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use async_trait::async_trait;
use driver_host::os::OperatingSystem;
use driver_host::{Host, HostError, HttpService, Machine, Peer, Task};
use jiff::Timestamp;
use rustix::process::{Signal, set_parent_process_death_signal};
use seatrial_node::RemoteMachine;
use vsphere_csi::Environment;

use crate::exit::Exit;
use crate::leash;
use crate::output::{fail, say};

/// Which driver.
#[derive(Debug, clap::Subcommand)]
pub enum DriverCommand {
    /// The CSI driver; it is told by the environment, as upstream's is.
    Csi,
    /// The cloud controller manager, with upstream's flags.
    Ccm(Box<vsphere_ccm::program::Arguments>),
    /// Tells whether something is at a path of a node's machine, in the words that csi-sanity expects.
    #[command(hide = true)]
    PathKind(PathKindArguments),
    /// Becomes another program, which dies with whoever started it.
    #[command(hide = true)]
    Leashed(leash::LeashArguments),
}

/// Which path, on which machine.
#[derive(Debug, clap::Args)]
pub struct PathKindArguments {
    /// The machine's socket.
    #[arg(long)]
    machine: PathBuf,
    /// The path.
    path: PathBuf,
}

/// Says `directory` where something is there, `not_found` where nothing is; nobody asks what it is.
fn path_kind(arguments: &PathKindArguments) -> Exit {
    let PathKindArguments { machine, path } = arguments;
    let answer = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())
        .and_then(|runtime| runtime.block_on(RemoteMachine::new(machine.as_path()).exists(path)).map_err(|error| error.to_string()));
    match answer {
        Ok(true) => say("directory\n"),
        Ok(false) => say("not_found\n"),
        Err(error) => {
            fail(&format!("failed to ask the machine at {} for {}: {error}", machine.display(), path.display()), Exit::Environment)
        }
    }
}

/// Runs a driver until it is asked to end.
pub fn run(command: DriverCommand, environment: Environment) -> ExitCode {
    let variable = |name: &str| environment.get(name).map(str::to_owned);
    // Without it a driver would outlive a run that was killed; a system that knows no such signal has to do without.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    match command {
        DriverCommand::Leashed(arguments) => leash::become_it(arguments),
        DriverCommand::PathKind(arguments) => path_kind(&arguments).into(),
        DriverCommand::Ccm(arguments) => vsphere_ccm::program::start(*arguments, environment),
        DriverCommand::Csi => {
            let machine = variable("SEATRIAL_MACHINE");
            match vsphere_csi::program::surroundings(environment) {
                Ok(around) => {
                    let system = OperatingSystem { kubeconfig: around.kubeconfig, ..OperatingSystem::default() };
                    vsphere_csi::program::run(around.mode, host(system, machine))
                }
                Err(error) => vsphere_csi::program::refuse(&error),
            }
        }
    }
}

fn host(system: OperatingSystem, machine: Option<String>) -> Arc<dyn Host> {
    match machine {
        None => Arc::new(system),
        Some(endpoint) => {
            let path = endpoint.strip_prefix("unix://").unwrap_or(&endpoint);
            Arc::new(Elsewhere { system, machine: Arc::new(RemoteMachine::new(path)) })
        }
    }
}

/// The operating system, but with disks and mounts that are elsewhere.
struct Elsewhere {
    system: OperatingSystem,
    machine: Arc<RemoteMachine>,
}

#[async_trait]
impl Host for Elsewhere {
    fn calendar(&self) -> Timestamp {
        self.system.calendar()
    }

    fn random(&self) -> u64 {
        self.system.random()
    }

    fn spawn(&self, name: &str, task: Task) {
        self.system.spawn(name, task);
    }

    fn log(&self, line: &str) {
        self.system.log(line);
    }

    fn read_file(&self, path: &Path) -> Result<Vec<u8>, HostError> {
        self.system.read_file(path)
    }

    async fn file_changed(&self, path: &Path) {
        self.system.file_changed(path).await;
    }

    async fn connect(&self, peer: &Peer) -> Result<HttpService, HostError> {
        self.system.connect(peer).await
    }

    async fn listen(&self, endpoint: &str, routes: tonic::service::Routes) -> Result<(), HostError> {
        self.system.listen(endpoint, routes).await
    }

    fn machine(&self) -> Arc<dyn Machine> {
        Arc::clone(&self.machine) as Arc<dyn Machine>
    }
}
