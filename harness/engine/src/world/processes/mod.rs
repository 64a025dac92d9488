//! What a world has whose drivers are processes: its own authority, a socket for each server, a folder for what the drivers are given.
//!
//! Everything that is ours still runs in this process and talks over wires. Only the drivers are outside: what they send
//! comes in through [`Gateway`]s and goes on over the wire of the process that they are, so that calls, delays, faults
//! and deaths are those of a virtual world and stand in the same journal; what is asked of them goes out over their
//! sockets.

mod await_ready;
mod child;
mod farewell;
mod fates;
pub(crate) mod last_words;
mod projected;
pub(super) mod real;
mod refusals;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use seatrial_journal::Journal;
use seatrial_node::{DeviceTrouble, Disks, RealDevicesError, RealPlace, Trouble, release_loops_below};
use seatrial_scenario::{DriverName, OfDrivers, Scenario};
use seatrial_wires::{Authority, Callers, ClientCertificate, Gateway, Identity, Network, OUTSIDE, Process, ServeError};
use tempfile::TempDir;

pub(super) use child::{Child, run_child};

use await_ready::Awaited;
pub use await_ready::NotReady;
use fates::Fates;
use refusals::Refusals;

use super::names::{API_SERVER, vcenter_address};
use crate::containers::{Container, ContainerError};
use crate::devices::Devices;
use crate::external::{External, Sidecar};
use crate::folders::{IN_MEMORY, PREFIX, kubeconfig};
use crate::isolation;
use crate::mode::{Processes, Subjects, Time};
use crate::run::records;

/// How often it is looked whether the drivers are installed.
const LOOK: Duration = Duration::from_millis(100);

/// Why what programs need could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum ProcessEnvironmentError {
    /// A certificate or a socket.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// A node's devices.
    #[error(transparent)]
    Devices(#[from] RealDevicesError),
    /// The folder for what drivers are given.
    #[error("failed to make a folder for the run: {0}; set TMPDIR to a place where it can be made")]
    Folder(#[source] io::Error),
    /// An image.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// The real API server.
    #[error(transparent)]
    Cluster(#[from] crate::cluster::ClusterError),
    /// A file that a driver is given.
    #[error("failed to write {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// What stood in the way.
        source: io::Error,
    },
}

/// What surrounds the programs of one world.
pub(crate) struct ProcessEnvironment {
    folder: TempDir,
    /// Where logs go; without it, beside what their processes are given, and with that.
    logs: Option<PathBuf>,
    authority: Authority,
    callers: Callers,
    gateways: BTreeMap<String, Arc<Gateway>>,
    sockets: Mutex<BTreeMap<String, PathBuf>>,
    installed: AtomicBool,
    /// The command that our drivers are part of.
    pub(super) program: PathBuf,
    /// Drivers that were built elsewhere, in the place of ours.
    subjects: Subjects,
    /// The drivers that there are now, unless they are ours.
    present: Mutex<OfDrivers<Option<Arc<External>>>>,
    devices: Devices,
    /// Gone before the folder that they see.
    containers: Mutex<Vec<Arc<Container>>>,
    device_trouble: DeviceTrouble,
    fates: Arc<Fates>,
    awaited: Mutex<BTreeMap<String, Awaited>>,
    children: Mutex<Vec<(u32, String)>>,
    starts: AtomicU32,
    /// Held by the one program that is starting.
    starting: tokio::sync::Mutex<()>,
    /// How long children may take to end when they are asked to.
    patience: Duration,
}

impl ProcessEnvironment {
    /// Takes ports for the servers and makes the folder; logs go into another, if one is named.
    pub(crate) fn prepare(
        processes: &Processes,
        network: &Network,
        scenario: &Scenario,
        logs: Option<&Path>,
    ) -> Result<Arc<Self>, ProcessEnvironmentError> {
        sweep();
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir().map_err(ProcessEnvironmentError::Folder)?;
        let (authority, callers) = (Authority::new("seatrial")?, Callers::default());
        let mut gateways = BTreeMap::new();
        // In a network of its own each server has its usual port; otherwise one that is free.
        let own_network = isolation::is_entered();
        let mut open = |host: Ipv4Addr, port: u16, address: &str| -> Result<(), ServeError> {
            let port = if own_network { port } else { 0 };
            let gateway = Gateway::new(SocketAddr::from((host, port)), address, &authority, &callers)?;
            gateways.insert(address.to_owned(), Arc::new(gateway));
            Ok(())
        };
        open(Ipv4Addr::LOCALHOST, 6443, API_SERVER)?;
        for (place, described) in scenario.world.vcenters.iter().enumerate() {
            // Drivers tell vCenters apart by their hosts: each has an address of its own.
            let last = u8::try_from(place + 1).unwrap_or(u8::MAX);
            open(Ipv4Addr::new(127, 77, 0, last), 443, &vcenter_address(&described.name))?;
        }
        // Whoever is no child of the run needs a wire too.
        drop(network.process(OUTSIDE));
        let environment = Self {
            folder,
            logs: logs.map(Path::to_owned),
            authority,
            callers,
            gateways,
            sockets: Mutex::default(),
            installed: AtomicBool::new(false),
            program: processes.program.clone(),
            subjects: processes.subjects.clone(),
            present: Mutex::new(OfDrivers { csi: processes.subjects.csi.clone(), ccm: processes.subjects.ccm.clone() }),
            devices: processes.devices,
            containers: Mutex::default(),
            device_trouble: DeviceTrouble::default(),
            fates: Arc::new(Fates::new(matches!(processes.time, Time::Wall))),
            awaited: Mutex::default(),
            children: Mutex::default(),
            starts: AtomicU32::new(0),
            starting: tokio::sync::Mutex::default(),
            patience: processes.subjects.patience(),
        };
        environment.write("ca.pem", environment.authority.pem())?;
        Ok(Arc::new(environment))
    }

    /// The drivers' installation is in Kubernetes: they may start.
    pub(crate) fn installed(&self) {
        self.installed.store(true, Ordering::Relaxed);
    }

    /// What reads in the journal which rights the programs lack.
    pub(crate) fn refusals(&self) -> Refusals {
        Refusals::told_to(&self.fates)
    }

    /// The first step may begin: programs that end from now on are the scenario's business.
    pub(crate) fn came_up(&self) {
        self.fates.came_up();
    }

    /// Counts one more program that is started; answers how many there were before it.
    fn count_start(&self) -> u32 {
        self.starts.fetch_add(1, Ordering::Relaxed)
    }

    /// The CSI driver that was built elsewhere, if one was.
    pub(crate) fn external_csi(&self) -> Option<&Arc<External>> {
        self.subjects.csi.as_ref()
    }

    /// The cloud controller manager that was built elsewhere, if one was.
    pub(crate) fn external_ccm(&self) -> Option<&Arc<External>> {
        self.subjects.ccm.as_ref()
    }

    /// The driver that there is now, unless it is ours.
    pub(super) fn present(&self, driver: DriverName) -> Option<Arc<External>> {
        self.present.lock().expect("nothing panics while the drivers are locked").of(driver).clone()
    }

    /// The driver that the scenario calls so, unless it is ours.
    pub(super) fn successor(&self, driver: DriverName, name: &str) -> Option<Arc<External>> {
        self.subjects.successor(driver, name).cloned()
    }

    /// Another driver has taken the place of one.
    pub(super) fn succeeded(&self, driver: DriverName, by: Option<Arc<External>>) {
        *self.present.lock().expect("nothing panics while the drivers are locked").of_mut(driver) = by;
    }

    /// Whether the driver brings a sidecar of its own.
    pub(super) fn brings(&self, sidecar: Sidecar) -> bool {
        self.external_csi().is_some_and(|external| external.replaces(sidecar))
    }

    /// Where nodes keep their real devices, if they have any.
    pub(super) fn place_of_devices(&self, node: &str) -> Option<RealPlace> {
        let trouble = self.device_trouble.clone();
        (self.devices == Devices::Loop).then(|| RealPlace { node: node.to_owned(), world: self.folder.path().to_owned(), trouble })
    }

    /// The bank of what is on disks, which are files where devices are real.
    pub(super) fn disks(&self, journal: &Journal) -> Arc<Disks> {
        match self.devices {
            Devices::Loop => Disks::of_files(journal.clone(), self.folder.path(), self.device_trouble.clone()),
            Devices::Simulated => Disks::new(journal.clone()),
        }
    }

    /// Waits for what the machine could not give its nodes.
    pub(crate) async fn device_trouble(&self) -> Trouble {
        self.device_trouble.first().await
    }

    /// A container that holds the files of an image for a process, until the world ends.
    pub(super) fn container(&self, process: &str, image: &str) -> Result<Arc<Container>, ProcessEnvironmentError> {
        let container = Arc::new(Container::hold(image, self.folder.path(), &self.folder_of(process)?)?);
        self.containers.lock().expect("nothing panics while the list is locked").push(Arc::clone(&container));
        Ok(container)
    }

    /// Waits until drivers may start.
    pub(super) async fn until_installed(&self) {
        while !self.is_installed() {
            tokio::time::sleep(LOOK).await;
        }
    }

    fn is_installed(&self) -> bool {
        self.installed.load(Ordering::Relaxed)
    }

    /// How a person gets at the world: the kubeconfig of an administrator.
    pub(crate) fn administrator(&self) -> Result<PathBuf, ProcessEnvironmentError> {
        let identity = Identity {
            name: "kubernetes-admin".to_owned(),
            groups: ["system:masters", "system:authenticated"].map(str::to_owned).to_vec(),
        };
        self.kubeconfig("admin", &identity)
    }

    /// Opens the socket of an address for as long as its server lives.
    pub(super) fn open(&self, address: &str, server: &Process) {
        if let Some(gateway) = self.gateways.get(address)
            && let Err(error) = Arc::clone(gateway).open(server)
        {
            server.exit(&error.to_string());
        }
    }

    /// Where an address of the world is on this machine.
    pub(crate) fn socket(&self, address: &str) -> Option<SocketAddr> {
        self.gateways.get(address).map(|gateway| gateway.socket())
    }

    /// The authority's certificate.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Writes a file that a driver is given; answers where.
    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf, ProcessEnvironmentError> {
        let path = self.folder.path().join(name);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, text));
        written.map(|()| path.clone()).map_err(|source| ProcessEnvironmentError::File { path, source })
    }

    /// Writes a file into the folder of a process.
    pub(super) fn write_for(&self, process: &str, name: &str, text: &str) -> Result<PathBuf, ProcessEnvironmentError> {
        self.write(&format!("{}/{name}", folder_name(process)), text)
    }

    /// Gives a process its configuration files, all of them, as kubelet does; once more when they have changed.
    pub(super) fn give(&self, process: &str, files: &BTreeMap<String, String>) -> Result<(), ProcessEnvironmentError> {
        let path = self.folder_of(process)?;
        projected::project(&path, files).map_err(|source| ProcessEnvironmentError::File { path, source })
    }

    /// Writes a script into the folder of a process.
    pub(super) fn write_script_for(&self, process: &str, name: &str, text: &str) -> Result<PathBuf, ProcessEnvironmentError> {
        let path = self.write_for(process, name, text)?;
        let executable = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755));
        executable.map(|()| path.clone()).map_err(|source| ProcessEnvironmentError::File { path, source })
    }

    /// A new file for what an incarnation of a process says.
    fn log_of(&self, process: &str, incarnation: u32) -> io::Result<File> {
        let folder = self.logs.as_deref().unwrap_or(self.folder.path());
        let path = records::log(folder, process, incarnation);
        // Two streams write into it, each at its end.
        let file = File::options().create(true).append(true).open(&path)?;
        file.set_len(0)?;
        self.fates.writes_to(process, &path);
        Ok(file)
    }

    /// A folder of a process; a short name, because the paths of sockets may have no more than 107 bytes.
    pub(super) fn folder_of(&self, process: &str) -> Result<PathBuf, ProcessEnvironmentError> {
        let path = self.folder.path().join(folder_name(process));
        std::fs::create_dir_all(&path).map(|()| path.clone()).map_err(|source| ProcessEnvironmentError::File { path, source })
    }

    /// Where a program of the CSI driver's listens.
    pub(super) fn driver_socket(&self, process: &str) -> Result<PathBuf, ProcessEnvironmentError> {
        let path = self.folder_of(process)?.join("csi.sock");
        self.sockets.lock().expect("nothing panics while the list is locked").insert(process.to_owned(), path.clone());
        Ok(path)
    }

    /// Where the CSI driver's programs listen, by their processes.
    pub(crate) fn driver_sockets(&self) -> BTreeMap<String, PathBuf> {
        self.sockets.lock().expect("nothing panics while the list is locked").clone()
    }

    /// Writes a kubeconfig for a process that is this user; answers where.
    pub(super) fn kubeconfig(&self, process: &str, identity: &Identity) -> Result<PathBuf, ProcessEnvironmentError> {
        let folder = folder_name(process);
        let ClientCertificate { certificate, key } = self.authority.client(identity)?;
        let certificate = self.write(&format!("{folder}/client.pem"), &certificate)?;
        let key = self.write(&format!("{folder}/client.key"), &key)?;
        let text = kubeconfig(self.socket(API_SERVER), &self.ca_file(), &certificate, &key);
        self.write(&format!("{folder}/kubeconfig"), &text)
    }
}

/// A process's folder: one, whatever slashes its name has.
fn folder_name(process: &str) -> String {
    process.replace('/', "-")
}

/// Who a service account is, as the API server knows it.
pub(super) fn service_account(namespace: &str, name: &str) -> Identity {
    let everybody = ["system:serviceaccounts", "system:authenticated"].map(str::to_owned);
    let mut groups = vec![format!("system:serviceaccounts:{namespace}")];
    groups.extend(everybody);
    Identity { name: format!("system:serviceaccount:{namespace}:{name}"), groups }
}

/// A unix socket, as drivers are told of it.
pub(super) fn endpoint(socket: &Path) -> OsString {
    let mut endpoint = OsString::from("unix://");
    endpoint.push(socket);
    endpoint
}

/// Removes what runs left behind that were killed.
fn sweep() {
    let folders = [std::env::temp_dir(), PathBuf::from(IN_MEMORY)];
    for entry in folders.iter().flat_map(std::fs::read_dir).flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(PREFIX)).and_then(|rest| rest.split_once('-'));
        let Some((process, _)) = process.filter(|(process, _)| process.parse::<u32>().is_ok()) else { continue };
        if !Path::new("/proc").join(process).exists() {
            release_loops_below(&entry.path());
            // Somebody else's folder stays; it is theirs to sweep.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
