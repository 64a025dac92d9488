//! Probe: sidecars wait for it before they do anything.

use csi_api::v1::ProbeResponse;
use tonic::Status;

use crate::behaviours::Behaviours;
use crate::pool::VCenterPool;

/// Ready when there is a session with one of the vCenters; it logs in where there is none. One that is down does not make the
/// driver unready, because the others' volumes need it; calls about its own volumes tell.
///
/// "Not ready yet" is an answer, not an error: sidecars go on asking. A session that was made is not tried again here: a
/// liveness probe that fails while vCenter is down would only have the controller restarted.
pub(super) async fn probe(pool: Option<&VCenterPool>, behaviours: Behaviours) -> Result<ProbeResponse, Status> {
    let ready = match pool {
        None => true,
        Some(pool) => {
            let mut sessions = 0;
            for member in pool.members() {
                sessions += usize::from(member.session_user().await.is_ok());
                if sessions > 0 && behaviours.one_vcenter_down_is_not_all {
                    break;
                }
            }
            sessions > 0 && (behaviours.one_vcenter_down_is_not_all || sessions == pool.members().len())
        }
    };
    Ok(ProbeResponse { ready: Some(ready) })
}
