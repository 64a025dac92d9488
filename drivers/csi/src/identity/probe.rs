//! Probe: sidecars wait for it before they do anything.

use std::time::Duration;

use csi_api::v1::ProbeResponse;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tonic::Status;

use crate::behaviours::Behaviours;
use crate::pool::VCenterPool;

/// So long "not ready" holds without another look: each sidecar asks every second until the driver is ready.
const HOLDS: Duration = Duration::from_secs(5);

/// Until when the driver is not ready, as far as is known.
pub(super) type NotReadyUntil = Mutex<Option<Instant>>;

/// Ready when there is a session with one of the vCenters; it logs in where there is none. One that is down does not make the
/// driver unready, because the others' volumes need it; calls about its own volumes tell.
///
/// "Not ready yet" is an answer, not an error: sidecars go on asking. A session that was made is not tried again here: a
/// liveness probe that fails while vCenter is down would only have the controller restarted.
pub(super) async fn probe(pool: Option<&VCenterPool>, not_ready: &NotReadyUntil, behaviours: Behaviours) -> Result<ProbeResponse, Status> {
    let Some(pool) = pool else { return Ok(ProbeResponse { ready: Some(true) }) };
    // Who asks meanwhile is told what this look shows.
    let mut not_ready = not_ready.lock().await;
    if not_ready.is_some_and(|until| Instant::now() < until) {
        return Ok(ProbeResponse { ready: Some(false) });
    }
    let ready = is_ready(pool, behaviours).await;
    *not_ready = (!ready).then(|| Instant::now() + HOLDS);
    Ok(ProbeResponse { ready: Some(ready) })
}

async fn is_ready(pool: &VCenterPool, behaviours: Behaviours) -> bool {
    let mut sessions = 0;
    for member in pool.members() {
        sessions += usize::from(member.session_user().await.is_ok());
        if sessions > 0 && behaviours.one_vcenter_down_is_not_all {
            break;
        }
    }
    sessions > 0 && (behaviours.one_vcenter_down_is_not_all || sessions == pool.members().len())
}
