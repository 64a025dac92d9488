//! What a run is made with: this command, its mode and seeds, the drivers. Drivers' binaries are read beside the run: they are large, and
//! what counts is what they were when it began.

use std::thread::JoinHandle;

use seatrial_engine::{Mode, Time, driver_answers, drivers};
use seatrial_reports::{DriverProvenance, Provenance, RunMode, Verdict};

/// What the run is made with, as soon as it is known.
pub struct Made {
    mode: RunMode,
    seed: u64,
    seeds: u64,
    drivers: Option<JoinHandle<Vec<DriverProvenance>>>,
}

impl Made {
    /// Begins to look at the drivers of this mode.
    pub fn look(mode: &Mode, seed: u64, seeds: u64) -> Self {
        let (of, looked_at) = (run_mode(mode), mode.clone());
        // Without a thread the report goes without drivers.
        let drivers = std::thread::Builder::new().name("provenance".to_owned()).spawn(move || drivers(&looked_at)).ok();
        Self { mode: of, seed, seeds, drivers }
    }

    /// All of it, when the cases are over.
    pub fn provenance(self, verdicts: &[Verdict]) -> Provenance {
        let drivers = self.drivers.and_then(|looking| looking.join().ok()).unwrap_or_default();
        Provenance { commit: commit(), mode: self.mode, seed: self.seed, seeds: self.seeds, drivers: driver_answers(drivers, verdicts) }
    }
}

/// The commit that this command was built from; a build script has looked for it.
pub fn commit() -> Option<String> {
    option_env!("SEATRIAL_COMMIT").filter(|commit| !commit.is_empty()).map(str::to_owned)
}

fn run_mode(mode: &Mode) -> RunMode {
    match mode {
        Mode::Virtual => RunMode::Virtual,
        Mode::Processes(processes) => match processes.time {
            Time::World(_) => RunMode::Processes,
            Time::Wall => RunMode::Live,
        },
    }
}
