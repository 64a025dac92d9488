//! ListVolumes: this cluster's volumes, and on which nodes they are by their machines' hardware. A page's token is how many stand before it.
//!
//! external-attacher compares this with what Kubernetes believes each minute, and attaches anew what is not there. So "attached nowhere" is
//! said by proof only: where a machine's hardware is not known, or a vCenter does not answer, there is no list.

use std::collections::BTreeMap;

use csi_api::v1::list_volumes_response::{Entry, VolumeStatus};
use csi_api::v1::{ListVolumesRequest, ListVolumesResponse, Volume as Told};
use tonic::Status;

use super::Controller;
use crate::pool::Member;
use crate::status;
use crate::vcenter::VCenterError;

const MIB: i64 = 1024 * 1024;

/// A volume: its size, and the ids of the nodes that it is on. One that CNS does not know has no size.
#[derive(Default)]
struct Listed {
    capacity_mb: i64,
    nodes: Vec<String>,
}

/// By id.
type Volumes = BTreeMap<String, Listed>;

impl Controller {
    /// Lists them; all that there are, where the caller does not say how many.
    pub(super) async fn list_volumes_of_cluster(&self, request: &ListVolumesRequest) -> Result<ListVolumesResponse, Status> {
        let most = usize::try_from(request.max_entries)
            .map_err(|_| Status::invalid_argument(format!("ListVolumes MaxEntries: {} cannot be negative", request.max_entries)))?;
        let token = request.starting_token.as_str();
        // CSI's code for a token that is none: begin anew.
        let skipped = if token.is_empty() { Ok(0) } else { token.parse::<usize>() };
        let skipped = skipped.map_err(|_| Status::aborted(format!("ListVolumes StartingToken: {token} cannot be parsed")))?;
        let volumes = self.all_volumes().await?;
        let (total, most) = (volumes.len(), if most == 0 { volumes.len() } else { most });
        let entries: Vec<Entry> = volumes.into_iter().skip(skipped).take(most).map(entry).collect();
        let next = skipped + entries.len();
        let next_token = if next < total && !entries.is_empty() { next.to_string() } else { String::new() };
        Ok(ListVolumesResponse { entries, next_token })
    }

    /// Those of all vCenters. Of a disk that is on a node and no volume of CNS's the id is told, too: it was attached as one.
    async fn all_volumes(&self) -> Result<Volumes, Status> {
        let nodes = self.shared.nodes.ids().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let mut all = Volumes::new();
        for vcenter in self.shared.pool.members() {
            self.of_vcenter(vcenter, &nodes, &mut all).await.map_err(|error| status::of_vcenter(&error))?;
        }
        Ok(all)
    }

    async fn of_vcenter(&self, vcenter: &Member, nodes: &[String], all: &mut Volumes) -> Result<(), VCenterError> {
        for volume in vcenter.volumes().await? {
            all.entry(volume.id).or_default().capacity_mb = volume.capacity_mb;
        }
        for (node, machine) in self.shared.machines.views(nodes, &**vcenter).await? {
            for volume in machine.known_disks()?.into_iter().filter_map(|disk| disk.volume_id) {
                all.entry(volume).or_default().nodes.push(node.clone());
            }
        }
        Ok(())
    }
}

fn entry((volume_id, listed): (String, Listed)) -> Entry {
    let volume = Told { volume_id, capacity_bytes: listed.capacity_mb.saturating_mul(MIB), ..Told::default() };
    let status = VolumeStatus { published_node_ids: listed.nodes, ..VolumeStatus::default() };
    Entry { volume: Some(volume), status: Some(status) }
}
