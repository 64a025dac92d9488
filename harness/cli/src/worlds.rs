//! How worlds run: whose time they live in, which drivers they have and where, which devices, whose Kubernetes. Flags of every command that
//! runs scenarios.

use seatrial_engine::{Mode, Processes, Processors, Subject, Time};

use crate::devices::DevicesArguments;
use crate::kubernetes::{KubernetesArguments, Refusal};
use crate::run::ways::{Place, Way};
use crate::subjects::DriverChoice;
use crate::surroundings::Surroundings;

/// See the module.
#[derive(Debug, clap::Args)]
pub struct WorldArguments {
    /// Whose time worlds live in. [default: virtual]
    #[arg(long, value_enum)]
    mode: Option<Way>,
    /// Where our drivers run; those that were built elsewhere are processes always. [default: in-process]
    #[arg(long = "drivers", value_enum)]
    place: Option<Place>,
    #[command(flatten)]
    drivers: DriverChoice,
    #[command(flatten)]
    devices: DevicesArguments,
    #[command(flatten)]
    kubernetes: KubernetesArguments,
}

impl WorldArguments {
    /// The same, with these where it says nothing.
    pub fn on_top_of(
        self,
        mode: Option<Way>,
        place: Option<Place>,
        drivers: Vec<(Subject, String)>,
        images: Vec<(String, String)>,
    ) -> Self {
        Self { mode: self.mode.or(mode), place: self.place.or(place), drivers: self.drivers.on_top_of(drivers, images), ..self }
    }

    /// Whose time worlds live in, with which drivers.
    pub fn mode(&self, around: &Surroundings) -> Result<Mode, Refusal> {
        let usual = if self.kubernetes.needs_processes() { Place::Processes } else { Place::InProcess };
        let in_process = self.place.unwrap_or(usual) == Place::InProcess;
        let time = match self.mode.unwrap_or(Way::Virtual) {
            Way::Virtual if in_process && !self.drivers.is_external() => {
                self.devices.check_in_process()?;
                return self.kubernetes.check_in_process().map(|()| Mode::Virtual);
            }
            Way::Virtual => {
                self.kubernetes.check_virtual()?;
                Time::World(Processors::default())
            }
            Way::Live => Time::Wall,
        };
        let subjects = self.drivers.find(around.folders.clone())?;
        let kubernetes = self.kubernetes.find(around.variable)?;
        let devices = self.devices.find()?;
        Ok(Mode::Processes(Processes { time, program: around.program.clone(), subjects, kubernetes, devices }))
    }

    /// Whether there is something that only one world at a time can have: a cluster that was there before.
    pub fn only_one_at_a_time(&self) -> bool {
        self.kubernetes.is_shared()
    }
}
