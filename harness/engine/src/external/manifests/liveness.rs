//! What a pod's kubelet would look at: the `livenessProbe` of the driver's container, where livenessprobe answers it.

use std::time::Duration;

use driver_host::go;

use super::pod::Container;
use crate::external::model::Liveness;

/// The last part of the image that asks a driver for kubelet.
pub(super) const LIVENESSPROBE: &str = "livenessprobe";
/// How long it waits for the driver where it is not told.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);

/// When the driver is asked; never if its container has no such probe, or another program answers that.
pub(super) fn of(driver: &Container<'_>, containers: &[Container<'_>]) -> Option<Liveness> {
    let prober = containers.iter().find(|container| container.image() == LIVENESSPROBE)?;
    let probe = driver.part.part(&["livenessProbe"]).filter(|probe| probe.part(&["httpGet"]).is_some())?;
    let usual = Liveness::default();
    let number = |name: &str, usual: u64| probe.part(&[name]).and_then(|number| number.value.as_u64()).unwrap_or(usual);
    let told = prober.told.iter().find(|told| told.is("--probe-timeout")).and_then(|told| go::duration(told.value()));
    let timeout = Duration::from_secs(number("timeoutSeconds", usual.timeout_seconds)).min(told.unwrap_or(PROBE_TIMEOUT));
    Some(Liveness {
        initial_delay_seconds: number("initialDelaySeconds", usual.initial_delay_seconds),
        period_seconds: number("periodSeconds", usual.period_seconds),
        timeout_seconds: timeout.as_secs(),
        failure_threshold: u32::try_from(number("failureThreshold", usual.failure_threshold.into())).unwrap_or(u32::MAX),
    })
}
