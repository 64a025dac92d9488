//! PbmRetrieveServiceContent.

use vsphere_types::request::PbmRetrieveServiceContent;
use vsphere_types::{PbmAboutInfo, PbmServiceInstanceContent};

use crate::call::{Answer, Call, Operation, Reply};
use crate::managed::singleton;
use crate::world::World;

impl Operation for PbmRetrieveServiceContent {
    fn carry_out(self, world: &mut World, _call: &Call) -> Answer<Self> {
        Ok(Reply::Done(PbmServiceInstanceContent {
            about_info: PbmAboutInfo {
                name: "PBM".to_owned(),
                version: "2.0".to_owned(),
                instance_uuid: world.seed.child("policy service").generator().uuid().to_string(),
            },
            session_manager: singleton("PbmSessionManager"),
            capability_metadata_manager: singleton("PbmCapabilityMetadataManager"),
            profile_manager: singleton("PbmProfileProfileManager"),
            compliance_manager: singleton("PbmComplianceManager"),
            placement_solver: singleton("PbmPlacementSolver"),
            replication_manager: Some(singleton("PbmReplicationManager")),
        }))
    }
}
