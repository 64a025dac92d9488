//! How much there is of what comes and goes.

use crate::world::World;

/// Numbers of a vCenter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open SOAP sessions.
    pub sessions: usize,
    /// Open REST sessions.
    pub rest_sessions: usize,
    /// Tasks that have not ended.
    pub tasks_in_flight: usize,
    /// Volumes, those unknown to CNS included.
    pub volumes: usize,
    /// Virtual machines.
    pub vms: usize,
}

impl World {
    /// How much there is now.
    pub fn counts(&self) -> Counts {
        let state = &self.parts.state;
        Counts {
            sessions: state.sessions.len(),
            rest_sessions: state.rest_sessions.len(),
            tasks_in_flight: state.tasks.values().filter(|task| task.completed.is_none()).count(),
            volumes: state.volumes.len(),
            vms: state.vms.len(),
        }
    }

    /// How many rows of its tables this vCenter has looked at since it was made: what its work costs, without a clock.
    pub fn rows_looked_at(&self) -> u64 {
        self.parts.state.looked()
    }
}
