//! A circuit breaker in front of a vCenter: after a failure it stays open (nobody is asked) for a while, longer each time, so that a vCenter that is down
//! costs neither time nor calls.

use std::sync::{Arc, Mutex};

use driver_host::Host;
use tokio::time::Instant;

use crate::timings::Timings;
use crate::vcenter::VCenterError;

#[derive(Default)]
struct State {
    failures: u32,
    tripped: Option<(Instant, String)>,
    /// What of its configuration is wrong, as it was last said.
    misconfigured: Option<String>,
}

/// The breaker in front of one vCenter.
pub(crate) struct CircuitBreaker {
    /// The vCenter's server, for the log.
    name: String,
    host: Arc<dyn Host>,
    timings: Timings,
    state: Mutex<State>,
}

impl CircuitBreaker {
    pub(crate) fn new(name: &str, host: Arc<dyn Host>, timings: Timings) -> Self {
        Self { name: name.to_owned(), host, timings, state: Mutex::default() }
    }

    /// Asks, unless the breaker is tripped.
    pub(crate) async fn ask<T>(&self, question: impl Future<Output = Result<T, VCenterError>>) -> Result<T, VCenterError> {
        if let Some(resting) = self.resting() {
            return Err(resting);
        }
        let answer = question.await;
        match &answer {
            Err(error) if error.is_outage() => self.trip(error),
            Err(error @ VCenterError::Datacenter { .. }) => {
                self.reset();
                self.misconfigured(error);
            }
            _ => self.reset(),
        }
        answer
    }

    /// Says once what somebody has to correct, for nodes only tell of it when they are looked for.
    fn misconfigured(&self, error: &VCenterError) {
        let reason = error.to_string();
        let mut state = self.state.lock().expect("no holder of the breaker panics");
        if state.misconfigured.as_ref() != Some(&reason) {
            self.host.log(&format!("vCenter {}: {reason}", self.name));
            state.misconfigured = Some(reason);
        }
    }

    fn resting(&self) -> Option<VCenterError> {
        let state = self.state.lock().expect("no holder of the breaker panics");
        let (until, reason) = state.tripped.as_ref()?;
        let wait = until.saturating_duration_since(Instant::now());
        (!wait.is_zero()).then(|| VCenterError::Resting { wait, reason: reason.clone() })
    }

    fn trip(&self, error: &VCenterError) {
        let backoff = if error.is_login() { self.timings.login_retry } else { self.timings.vcenter_retry };
        let mut state = self.state.lock().expect("no holder of the breaker panics");
        let wait = backoff.jittered(state.failures, self.host.random());
        let reason = error.to_string();
        if state.tripped.as_ref().is_none_or(|(_, before)| *before != reason) {
            let remedy = if error.is_login() { "; correct it: another account or password is tried soon, the same one rarely" } else { "" };
            self.host.log(&format!("vCenter {}: {reason}{remedy}", self.name));
        }
        state.failures = state.failures.saturating_add(1);
        state.tripped = Some((Instant::now() + wait, reason));
    }

    fn reset(&self) {
        let mut state = self.state.lock().expect("no holder of the breaker panics");
        state.failures = 0;
        if state.tripped.take().is_some() {
            self.host.log(&format!("vCenter {} answers again", self.name));
        }
    }
}
