//! CreateVolume: a blank block volume on one of the datastores that are offered to CNS.

use std::collections::BTreeMap;

use csi_api::v1::{CreateVolumeRequest, CreateVolumeResponse, Volume};
use tonic::Status;

use super::creation::{Creation, Wanted};
use super::parameters::{Parameters, parameters};
use super::size::size;
use super::{Controller, DISK_TYPE, capabilities};
use crate::status;
use crate::vcenter::Datastore;

const MIB: i64 = 1024 * 1024;

impl Controller {
    /// Creates the volume, or finds that it is created.
    pub(super) async fn create(&self, request: &CreateVolumeRequest) -> Result<CreateVolumeResponse, Status> {
        if request.name.is_empty() {
            return Err(Status::invalid_argument("name must be given"));
        }
        if let Some(objection) = capabilities::first_objection(&request.volume_capabilities) {
            return Err(Status::invalid_argument(objection));
        }
        if request.volume_content_source.is_some() {
            return Err(Status::invalid_argument("volumes from a snapshot or another volume are not offered yet"));
        }
        if !request.mutable_parameters.is_empty() {
            return Err(Status::invalid_argument("mutable_parameters are not offered: see ControllerGetCapabilities"));
        }
        let size = size(request.capacity_range.as_ref())?;
        let parameters = parameters(&request.parameters)?;
        let datastores = self.datastores(&parameters).await?;
        let wanted = Wanted { name: request.name.clone(), capacity_mb: size.mebibytes, bytes: size.range, datastores };
        let creation = Creation {
            vcenter: self.vcenter(),
            operations: &*self.shared.operations,
            host: &*self.shared.host,
            behaviours: self.shared.behaviours,
            doubts: &self.shared.doubts,
        };
        let made = creation.create(&wanted).await.map_err(|error| status::of_create(&error))?;
        self.log(&format!("volume {} of {} is on {} with {} MiB", made.id, wanted.name, made.datastore_url, made.capacity_mb));
        Ok(CreateVolumeResponse { volume: Some(answer(made, parameters)) })
    }

    /// The datastores that CNS may choose from.
    async fn datastores(&self, parameters: &Parameters) -> Result<Vec<Datastore>, Status> {
        let all = self.vcenter().datastores().await.map_err(|error| status::of_vcenter(&error))?;
        let Some(url) = &parameters.datastore_url else {
            let accessible: Vec<Datastore> = all.into_iter().filter(|datastore| datastore.accessible).collect();
            if accessible.is_empty() {
                return Err(Status::unavailable("no datastore of the configured datacenters is accessible"));
            }
            return Ok(accessible);
        };
        // A url ends with a slash, which people leave out.
        let same = |datastore: &Datastore| datastore.url.trim_end_matches('/') == url.trim_end_matches('/');
        match all.into_iter().find(same) {
            None => Err(Status::invalid_argument(format!("no datastore of the configured datacenters has the datastoreurl {url}"))),
            Some(found) if !found.accessible => Err(Status::unavailable(format!("datastore {} ({url}) is not accessible", found.name))),
            Some(found) => Ok(vec![found]),
        }
    }
}

fn answer(made: crate::vcenter::Volume, parameters: Parameters) -> Volume {
    let mut volume_context = BTreeMap::from([("type".to_owned(), DISK_TYPE.to_owned())]);
    if let Some(fs_type) = parameters.fs_type {
        volume_context.insert("fstype".to_owned(), fs_type);
    }
    Volume {
        capacity_bytes: made.capacity_mb.saturating_mul(MIB),
        volume_id: made.id,
        volume_context,
        content_source: None,
        accessible_topology: Vec::new(),
    }
}
