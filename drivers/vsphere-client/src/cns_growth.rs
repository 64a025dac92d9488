//! CNS: making a volume larger.

use vsphere_types::request::CnsExtendVolume;
use vsphere_types::{CnsVolumeExtendSpec, CnsVolumeId, MoRef};

use crate::cns::volume_manager;
use crate::{ClientError, VsphereClient};

impl VsphereClient {
    /// Starts to make a volume larger.
    ///
    /// # Errors
    /// The call failed.
    pub async fn cns_extend_volume(&self, id: &str, capacity_in_mb: i64) -> Result<MoRef, ClientError> {
        let spec = CnsVolumeExtendSpec { volume_id: CnsVolumeId { id: id.to_owned() }, capacity_in_mb };
        self.invoke(&volume_manager(), CnsExtendVolume { extend_specs: vec![spec] }).await
    }
}
