//! How a world runs: everything in this process, or with its drivers as processes of their own; in the world's time or the wall's.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use seatrial_scenario::{Capability, DriverName, in_words};

use crate::cluster::{Cluster, ClusterError, Kubernetes, SLACK};
use crate::devices::Devices;
use crate::external::{Exception, External, Search};
use crate::processors::Processors;

/// How long a world is left alone at the end, to see that nothing but heartbeats is written: longer than the slowest
/// retry and resync of the drivers and sidecars that changes anything.
const REST: Duration = Duration::from_mins(20);

/// The same by the wall's clock, where somebody waits for it.
const REST_BY_THE_WALL: Duration = Duration::from_secs(30);

/// How long nothing but heartbeats may be seen by the wall's clock until the world counts as settled.
const QUIET_BY_THE_WALL: Duration = Duration::from_secs(20);

/// How a world runs.
#[derive(Clone, Debug, Default)]
pub enum Mode {
    /// Under a virtual clock, everything in this process.
    #[default]
    Virtual,
    /// Drivers as processes; servers on loopback.
    Processes(Processes),
}

/// What a world needs whose drivers are processes.
#[derive(Clone, Debug)]
pub struct Processes {
    /// Whose time they live in.
    pub time: Time,
    /// The `seatrial` command, which our drivers are part of.
    pub program: PathBuf,
    /// Drivers that were built elsewhere.
    pub subjects: Subjects,
    /// Whose Kubernetes it has.
    pub kubernetes: Kubernetes,
    /// Which devices its nodes have.
    pub devices: Devices,
}

impl Processes {
    /// By how much timers of a world in its own time may be late.
    pub(crate) fn slack(&self) -> Duration {
        if matches!(self.kubernetes, Kubernetes::Assets(_)) { SLACK } else { Duration::ZERO }
    }
}

/// Whose time a world with processes lives in.
#[derive(Clone, Debug)]
pub enum Time {
    /// The world's own, in which everybody outside lives too. Each world has a processor of its own while it lasts.
    World(Processors),
    /// The wall's.
    Wall,
}

/// Drivers that were built elsewhere, in the place of ours.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    /// The CSI driver.
    pub csi: Option<Arc<External>>,
    /// The cloud controller manager.
    pub ccm: Option<Arc<External>>,
    /// Where those are looked for that a scenario's steps name.
    pub search: Search,
    /// Those that a scenario's steps put into the place of others.
    pub successors: Vec<Successor>,
}

/// A driver that a step puts into the place of another.
#[derive(Clone, Debug)]
pub struct Successor {
    /// Which driver it is.
    pub driver: DriverName,
    /// What the scenario calls it.
    pub name: String,
    /// What it is.
    pub external: Arc<External>,
}

impl Subjects {
    /// Those that there are from the beginning on, and those that follow.
    pub(crate) fn all(&self) -> impl Iterator<Item = &External> {
        self.iter().chain(self.successors.iter().map(|successor| &*successor.external))
    }

    /// The successor that a scenario calls so.
    pub(crate) fn successor(&self, driver: DriverName, name: &str) -> Option<&Arc<External>> {
        let found = self.successors.iter().find(|successor| successor.driver == driver && successor.name == name);
        found.map(|successor| &successor.external)
    }

    /// Those that there are from the beginning on.
    pub fn iter(&self) -> impl Iterator<Item = &External> {
        self.csi.iter().chain(&self.ccm).map(AsRef::as_ref)
    }

    /// How long drivers may take to end when they are asked to.
    pub(crate) fn patience(&self) -> Duration {
        let theirs = self.all().map(|external| external.descriptor.stop_within_seconds).max();
        Duration::from_secs(theirs.unwrap_or_default().max(PATIENCE))
    }

    /// What they are known to do otherwise.
    pub(crate) fn exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.all().flat_map(|external| &external.descriptor.exceptions)
    }
}

/// How many seconds ours may take to end when they are asked to.
const PATIENCE: u64 = 5;

impl Mode {
    /// What drivers as processes need, if they are.
    pub(crate) fn processes(&self) -> Option<&Processes> {
        match self {
            Self::Virtual => None,
            Self::Processes(processes) => Some(processes),
        }
    }

    /// Whether the world goes by the wall's clock.
    pub(crate) fn by_the_wall(&self) -> bool {
        self.processes().is_some_and(|processes| matches!(processes.time, Time::Wall))
    }

    /// Whether the API server is a real one.
    pub(crate) fn has_real_api_server(&self) -> bool {
        self.processes().is_some_and(|processes| !matches!(processes.kubernetes, Kubernetes::Embedded))
    }

    /// Whether Kubernetes was there before the run and is somebody else's.
    pub(crate) fn has_anothers_cluster(&self) -> bool {
        self.processes().is_some_and(|processes| matches!(processes.kubernetes, Kubernetes::Existing(_)))
    }

    /// Whether the API of snapshots is installed where it is asked for: not in somebody else's Kubernetes, which has its own or none.
    pub(crate) fn installs_snapshot_api(&self) -> bool {
        !self.has_anothers_cluster()
    }

    /// Brings up the real API server of a world that has one, but for what lives in the world's time; its programs' logs go into the
    /// folder, if there is one.
    pub(crate) fn cluster(&self, logs: Option<&Path>) -> Result<Option<Cluster>, ClusterError> {
        match self {
            Self::Virtual => Ok(None),
            Self::Processes(processes) => Cluster::bring_up(&processes.kubernetes, self.by_the_wall(), &processes.program, logs),
        }
    }

    /// What nodes lack for file volumes, in words, where their mounts are the kernel's.
    pub(crate) fn lacks_for_file_volumes(&self) -> Option<String> {
        self.processes().and_then(|processes| processes.devices.lacks_for_file_volumes())
    }

    /// What runs otherwise than the scenario says, in words for the report.
    pub(crate) fn shortened(&self) -> Vec<String> {
        let Some(processes) = self.processes() else { return Vec::new() };
        let mut lines: Vec<String> = processes.subjects.all().flat_map(External::words).collect();
        lines.extend(processes.devices.words());
        if self.by_the_wall() {
            lines.push(format!(
                "by the wall's clock: the world counted as settled after {} without a write, and was left alone for {} at the end instead of {}",
                in_words(QUIET_BY_THE_WALL),
                in_words(REST_BY_THE_WALL),
                in_words(REST)
            ));
        }
        lines
    }

    /// What the drivers are known to do otherwise.
    pub(crate) fn exceptions(&self) -> Vec<&Exception> {
        self.processes().map(|processes| processes.subjects.exceptions().collect()).unwrap_or_default()
    }

    /// The methods by which drivers of others poll vCenters: what they do in a world in which nobody asks anything of them.
    pub fn polls(&self) -> Vec<String> {
        let subjects = self.processes().map(|processes| &processes.subjects).into_iter().flat_map(Subjects::all);
        subjects.flat_map(|external| &external.descriptor.polls).flat_map(|poll| poll.calls.iter().cloned()).collect()
    }

    /// The CSI driver, if it was built elsewhere.
    pub(crate) fn external_csi(&self) -> Option<&External> {
        self.processes()?.subjects.csi.as_deref()
    }

    /// The cloud controller manager, if it was built elsewhere.
    pub(crate) fn external_ccm(&self) -> Option<&External> {
        self.processes()?.subjects.ccm.as_deref()
    }

    /// Whether the drivers are said to have a capability; what a driver announces itself is known when it runs. Ours offer all.
    pub(crate) fn offers(&self, capability: Capability) -> bool {
        let offered = |external: &External| external.descriptor.offers(capability);
        capability.announced_as().is_some() || self.external_csi().is_none_or(offered)
    }

    /// How long nothing but heartbeats may be seen until the world counts as settled, when nothing is known to come.
    pub(crate) fn quiet(&self) -> Duration {
        if self.by_the_wall() { QUIET_BY_THE_WALL } else { crate::settle::QUIET }
    }

    /// How long the settled world is left alone at the end.
    pub(crate) fn rest(&self) -> Duration {
        if self.by_the_wall() { REST_BY_THE_WALL } else { REST }
    }
}
