//! `--devices`: which devices the nodes of worlds with processes have.

use seatrial_engine::Devices;

use crate::exit::Exit;
use crate::kubernetes::Refusal;

/// Which devices.
#[derive(Clone, Debug, clap::Args)]
pub struct DevicesArguments {
    /// Where drivers are processes: which disks and mounts nodes have. [default: simulated]
    #[arg(long, value_enum)]
    devices: Option<Which>,
}

/// Which devices nodes have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Simulated ones, in this process.
    Simulated,
    /// Loop devices, real filesystems and mounts in a namespace of each node's own; root is needed.
    Loop,
}

impl DevicesArguments {
    /// Refuses what a world without processes cannot heed.
    pub fn check_in_process(&self) -> Result<(), Refusal> {
        if self.devices != Some(Which::Loop) {
            return Ok(());
        }
        let why = "--devices loop is for node plugins that are processes; add --drivers processes or --driver, or leave it out";
        Err((why.to_owned(), Exit::BadInput))
    }

    /// Makes sure that this machine has what they need.
    pub fn find(&self) -> Result<Devices, Refusal> {
        let devices = if self.devices == Some(Which::Loop) { Devices::Loop } else { Devices::Simulated };
        let missing = devices.missing();
        if missing.is_empty() {
            return Ok(devices);
        }
        Err((format!("--devices loop needs what this machine lacks: {}", missing.join(", ")), Exit::Environment))
    }
}
