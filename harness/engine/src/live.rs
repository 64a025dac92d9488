//! How a world runs: under a virtual clock in this process, or live.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use seatrial_scenario::{Capability, in_words};
use seatrial_wires::Pace;

use crate::cluster::{Cluster, ClusterError, Kubernetes};
use crate::external::{Exception, External};
use crate::helmsman::CALM;

/// How long a world is left alone at the end, to see that nothing but heartbeats is written: longer than the slowest
/// retry and resync of the drivers and sidecars that changes anything.
const REST: Duration = Duration::from_mins(20);

/// The same in a live world that is not as slow as the wall.
const LIVE_REST: Duration = Duration::from_mins(5);

/// How a world runs.
#[derive(Clone, Debug, Default)]
pub enum Mode {
    /// Under a virtual clock, everything in this process.
    #[default]
    Virtual,
    /// On the wall's clock: servers on loopback, drivers as processes.
    Live(Live),
}

/// What a live world needs.
#[derive(Clone, Debug)]
pub struct Live {
    /// The `seatrial` command, which our drivers are part of.
    pub program: PathBuf,
    /// How many times as fast as the wall everything but the drivers runs.
    pub pace: Pace,
    /// Drivers that were built elsewhere.
    pub subjects: Subjects,
    /// Whose Kubernetes it has.
    pub kubernetes: Kubernetes,
}

/// Drivers that were built elsewhere, in the place of ours.
#[derive(Clone, Debug, Default)]
pub struct Subjects {
    /// The CSI driver.
    pub csi: Option<Arc<External>>,
    /// The cloud controller manager.
    pub ccm: Option<Arc<External>>,
}

impl Subjects {
    /// Those that there are.
    pub fn iter(&self) -> impl Iterator<Item = &External> {
        self.csi.iter().chain(&self.ccm).map(AsRef::as_ref)
    }

    /// How long drivers may take to end when they are asked to.
    pub(crate) fn patience(&self) -> Duration {
        let theirs = self.iter().map(|external| external.descriptor.stop_within_seconds).max();
        Duration::from_secs(theirs.unwrap_or_default().max(PATIENCE))
    }

    /// What they are known to do otherwise.
    pub(crate) fn exceptions(&self) -> impl Iterator<Item = &Exception> {
        self.iter().flat_map(|external| &external.descriptor.exceptions)
    }

    /// How many times as fast as the wall a world may run for them.
    pub fn pace(&self) -> Option<u32> {
        self.iter().map(|external| external.descriptor.pace).min()
    }
}

/// How many times as fast as its pace a world of drivers that others wrote runs while nothing happens: they may be about to try
/// something again, by clocks that go with the wall's.
const CALM_OF_OTHERS: u32 = 8;

/// How many seconds ours may take to end when they are asked to.
const PATIENCE: u64 = 5;

/// The oracle that a paced world cannot judge: what a driver does by its own clock comes late in the world's.
const BY_THE_DRIVERS_CLOCK: &str = "steady-state";

impl Live {
    /// How many times as fast as the wall the world runs while nothing happens. What others wrote works by its own clock,
    /// also when nobody asks it anything.
    pub(crate) fn calm(&self) -> u32 {
        if self.subjects.iter().next().is_some() { self.pace.factor() * CALM_OF_OTHERS } else { CALM.max(self.pace.factor()) }
    }

    /// What runs otherwise than the scenario says, in words for the report.
    fn shortened(&self) -> Vec<String> {
        let factor = self.pace.factor();
        vec![
            format!("the world's time ran {factor} times as fast as the wall's, and faster while nothing happened; the drivers' did not"),
            format!("at the end it was left alone for {} instead of {}", in_words(LIVE_REST), in_words(REST)),
            format!("oracle {BY_THE_DRIVERS_CLOCK} was not asked: what a driver retries by its own clock comes late in the world's"),
            format!("the cloud controller manager was told to look at nodes {factor} times, and for addresses {CALM} times as often"),
        ]
    }
}

impl Mode {
    /// Brings up the real API server of a live world that has one.
    pub(crate) fn cluster(&self) -> Result<Option<Cluster>, ClusterError> {
        match self {
            Self::Virtual => Ok(None),
            Self::Live(live) => Cluster::bring_up(&live.kubernetes, &live.program),
        }
    }

    /// Whether the world's time is another than its drivers'.
    pub(crate) fn paced(&self) -> Option<&Live> {
        match self {
            Self::Live(live) if live.pace != Pace::WALL => Some(live),
            _ => None,
        }
    }

    /// What runs otherwise than the scenario says, in words for the report.
    pub(crate) fn shortened(&self) -> Vec<String> {
        let (Self::Live(live), mut lines) = (self, Vec::new()) else { return Vec::new() };
        lines.extend(live.subjects.iter().map(External::words));
        lines.extend(self.paced().into_iter().flat_map(Live::shortened));
        if !matches!(live.kubernetes, Kubernetes::Embedded) && live.pace != Pace::WALL {
            lines.push("the API server is a real one: what it stamps and limits by itself goes by the wall's clock".to_owned());
        }
        lines
    }

    /// What the drivers are known to do otherwise.
    pub(crate) fn exceptions(&self) -> Vec<&Exception> {
        match self {
            Self::Virtual => Vec::new(),
            Self::Live(live) => live.subjects.exceptions().collect(),
        }
    }

    /// The CSI driver, if it was built elsewhere.
    pub(crate) fn external_csi(&self) -> Option<&External> {
        match self {
            Self::Virtual => None,
            Self::Live(live) => live.subjects.csi.as_deref(),
        }
    }

    /// Whether the drivers are said to have a capability; what a driver announces itself is known when it runs. Ours offer all.
    pub(crate) fn offers(&self, capability: Capability) -> bool {
        let offered = |external: &External| external.descriptor.offers(capability);
        capability.announced_as().is_some() || self.external_csi().is_none_or(offered)
    }

    /// Whether what an oracle says counts.
    pub(crate) fn judges(&self, oracle: &str) -> bool {
        self.paced().is_none() || oracle != BY_THE_DRIVERS_CLOCK
    }

    /// How long the settled world is left alone at the end.
    pub(crate) fn rest(&self) -> Duration {
        if self.paced().is_some() { LIVE_REST } else { REST }
    }
}
