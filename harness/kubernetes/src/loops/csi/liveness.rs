//! livenessprobe, and what kubelet does with it: whether a driver still answers `Probe`, and that it is ended when it does not.
//!
//! A driver's container has a `livenessProbe` that asks livenessprobe beside it over HTTP, which asks the driver. Here one task is both: it asks
//! from some time after each start of the driver's process, every so often, and ends the process when so many answers in a row were none.
//! Not played: the time that kubelet leaves a container to end by itself (`terminationGracePeriodSeconds`): what hangs is killed at once.

use std::time::Duration;

use csi_api::v1::ProbeRequest;
use csi_api::v1::identity_client::IdentityClient;
use driver_host::GrpcClient;
use seatrial_wires::Process;
use tonic::{Request, Status};

/// When a driver is asked whether it answers, and what is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LivenessConfig {
    /// `initialDelaySeconds`: from the start of its process until it is asked first.
    pub initial_delay: Duration,
    /// `periodSeconds`: from one time to the next.
    pub period: Duration,
    /// `timeoutSeconds`, or livenessprobe's `--probe-timeout` where that is shorter: how long an answer may take.
    pub timeout: Duration,
    /// `failureThreshold`: so many failures in a row end it.
    pub failure_threshold: u32,
}

/// Asks the driver that the process `subject` is, at `socket`, for as long as `process` lives; `end` ends it.
pub async fn keep_alive(process: &Process, subject: &str, socket: &str, config: LivenessConfig, end: impl Fn()) {
    let (mut known, mut failures) = (None, 0);
    loop {
        let alive = process.network().alive(subject).map(|process| process.incarnation());
        if alive != known {
            (known, failures) = (alive, 0);
            if alive.is_some() {
                tokio::time::sleep(config.initial_delay).await;
                continue;
            }
        }
        if alive.is_some() {
            match answers(process, socket, config.timeout).await {
                Ok(()) => failures = 0,
                Err(why) => {
                    failures += 1;
                    process.log(&format!("Liveness probe failed {failures} of {} times: {why}", config.failure_threshold));
                }
            }
            if failures >= config.failure_threshold {
                process.log(&format!("Container {subject} failed liveness probe, will be restarted"));
                end();
                failures = 0;
            }
        }
        tokio::time::sleep(config.period).await;
    }
}

/// Why a probe has failed.
#[derive(Debug, thiserror::Error)]
enum ProbeFailure {
    /// It answers, but not that it is ready.
    #[error("driver responded but is not ready")]
    NotReady,
    /// It answers with an error, or the connection does.
    #[error("{}", .0.message())]
    Refused(Status),
    /// It does not answer in time.
    #[error("context deadline exceeded")]
    Late,
}

/// Whether the driver says that it is ready.
async fn answers(process: &Process, socket: &str, timeout: Duration) -> Result<(), ProbeFailure> {
    let mut request = Request::new(ProbeRequest {});
    request.set_timeout(timeout);
    let mut client = IdentityClient::new(GrpcClient::new(process.connect(socket)));
    // The wire keeps the deadline; should it not, it is kept here a moment later.
    match tokio::time::timeout(timeout + Duration::from_millis(1), client.probe(request)).await {
        Ok(Ok(answer)) if answer.get_ref().ready.unwrap_or(true) => Ok(()),
        Ok(Ok(_)) => Err(ProbeFailure::NotReady),
        Ok(Err(status)) => Err(ProbeFailure::Refused(status)),
        Err(_) => Err(ProbeFailure::Late),
    }
}
