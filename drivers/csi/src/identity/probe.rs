//! Probe: sidecars wait for it before they do anything.

use csi_api::v1::ProbeResponse;
use tonic::Status;

use crate::vcenter::Vcenter;

/// Ready when there is a session with vCenter; it logs in when there is none. "Not ready yet" is an answer, not an error:
/// sidecars go on asking. A session that was made is not tried again here: a liveness probe that fails while vCenter is
/// down would only have the controller restarted.
pub(super) async fn probe(vcenter: Option<&dyn Vcenter>) -> Result<ProbeResponse, Status> {
    let ready = match vcenter {
        None => true,
        Some(vcenter) => vcenter.session_user().await.is_ok(),
    };
    Ok(ProbeResponse { ready: Some(ready) })
}
