//! The door to a vCenter: after a failure it stays shut for a while, longer each time, so that a vCenter that is down
//! costs neither time nor calls.

use std::sync::{Arc, Mutex};

use driver_host::Host;
use tokio::time::Instant;

use crate::timings::Timings;
use crate::vcenter::VcenterError;

#[derive(Default)]
struct State {
    failures: u32,
    shut: Option<(Instant, String)>,
    /// What of its configuration is wrong, as it was last said.
    misconfigured: Option<String>,
}

/// The door to one vCenter.
pub(crate) struct Door {
    /// The vCenter's server, for the log.
    name: String,
    host: Arc<dyn Host>,
    timings: Timings,
    state: Mutex<State>,
}

impl Door {
    pub(crate) fn new(name: &str, host: Arc<dyn Host>, timings: Timings) -> Self {
        Self { name: name.to_owned(), host, timings, state: Mutex::default() }
    }

    /// Asks through the door, unless it is shut.
    pub(crate) async fn ask<T>(&self, question: impl Future<Output = Result<T, VcenterError>>) -> Result<T, VcenterError> {
        if let Some(resting) = self.resting() {
            return Err(resting);
        }
        let answer = question.await;
        match &answer {
            Err(error) if error.is_outage() => self.shut(error),
            Err(error @ VcenterError::Datacenter { .. }) => {
                self.open();
                self.misconfigured(error);
            }
            _ => self.open(),
        }
        answer
    }

    /// Says once what somebody has to correct, for nodes only tell of it when they are looked for.
    fn misconfigured(&self, error: &VcenterError) {
        let reason = error.to_string();
        let mut state = self.state.lock().expect("no holder of the door panics");
        if state.misconfigured.as_ref() != Some(&reason) {
            self.host.log(&format!("vCenter {}: {reason}", self.name));
            state.misconfigured = Some(reason);
        }
    }

    fn resting(&self) -> Option<VcenterError> {
        let state = self.state.lock().expect("no holder of the door panics");
        let (until, reason) = state.shut.as_ref()?;
        let wait = until.saturating_duration_since(Instant::now());
        (!wait.is_zero()).then(|| VcenterError::Resting { wait, reason: reason.clone() })
    }

    fn shut(&self, error: &VcenterError) {
        let backoff = if error.is_login() { self.timings.login_retry } else { self.timings.vcenter_retry };
        let mut state = self.state.lock().expect("no holder of the door panics");
        let wait = backoff.delay(state.failures, self.host.random());
        let reason = error.to_string();
        if state.shut.as_ref().is_none_or(|(_, before)| *before != reason) {
            let remedy = if error.is_login() { "; correct it: another account or password is tried soon, the same one rarely" } else { "" };
            self.host.log(&format!("vCenter {}: {reason}{remedy}", self.name));
        }
        state.failures = state.failures.saturating_add(1);
        state.shut = Some((Instant::now() + wait, reason));
    }

    fn open(&self) {
        let mut state = self.state.lock().expect("no holder of the door panics");
        state.failures = 0;
        if state.shut.take().is_some() {
            self.host.log(&format!("vCenter {} answers again", self.name));
        }
    }
}
