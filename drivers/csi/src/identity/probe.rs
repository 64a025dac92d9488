//! Probe: sidecars wait for it before they do anything.

use csi_api::v1::ProbeResponse;
use tonic::Status;

use crate::vcenter::Vcenter;

/// Ready when the session with vCenter works. "Not ready yet" is an answer, not an error: sidecars go on asking.
pub(super) async fn probe(vcenter: Option<&dyn Vcenter>) -> Result<ProbeResponse, Status> {
    let ready = match vcenter {
        None => true,
        Some(vcenter) => vcenter.session_user().await.is_ok(),
    };
    Ok(ProbeResponse { ready: Some(ready) })
}
