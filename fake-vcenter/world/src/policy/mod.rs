//! The policy service (SPBM): storage policies, and which datastores satisfy them.
//!
//! Modelled: policies as rules that are judged whenever somebody asks: a tag rule by the tags that the datastore carries
//! now, the encryption rule as one of the hosts, which every datastore satisfies, vSAN rules by the kind of datastore.
//! Alternatives within a policy; its application to volumes; compliance, derived from the same rules; the policies that
//! every vCenter has. Not modelled: making and changing policies by clients, capability metadata, vendors' capabilities,
//! replication, storage pods as hubs, data services but encryption.
//! A client could notice that a change of tags is known to the policy service at once, without the delay of the real one,
//! and that compliance needs no check to be up to date.

mod associations;
mod builtin;
mod compliance;
mod constraints;
mod judge;
mod placement;
mod profiles;

use vsphere_types::{Fault, Method, MoRef, PbmAboutInfo, PbmServiceInstanceContent, Value};

use crate::managed::singleton;
use crate::operations::Call;
use crate::state::{Policy, Rule, State};
use crate::world::{Reply, World};

pub use builtin::{VSAN_DEFAULT_POLICY, add_policies};
pub use compliance::status;
pub use judge::{incompatible, satisfies};

/// Whether disks with this policy must be encrypted.
pub fn wants_encryption(state: &State, profile: &str) -> bool {
    state.policies.get(profile).is_some_and(encrypts)
}

/// Whether a policy has its disks encrypted, whichever of its alternatives is met.
pub fn encrypts(policy: &Policy) -> bool {
    !policy.alternatives.is_empty() && policy.alternatives.iter().all(|set| set.rules.contains(&Rule::Encryption))
}

/// Carries out one of the policy service's methods.
pub fn carry_out(world: &World, call: &Call, method: Method) -> Result<Reply, Fault> {
    use Method as M;
    let value = match method {
        M::PbmRetrieveServiceContent => Some(Value::of(service_content(world))),
        M::PbmFetchResourceType
        | M::PbmQueryProfile
        | M::PbmRetrieveContent
        | M::PbmQueryProfileDetails
        | M::PbmQueryIoFiltersFromProfileId
        | M::PbmQueryDefaultRequirementProfile => profiles::carry_out(world, call, method)?,
        M::PbmQueryAssociatedProfile | M::PbmQueryAssociatedProfiles | M::PbmQueryAssociatedEntity | M::PbmQueryAssociatedEntities => {
            Some(associations::carry_out(world, call, method)?)
        }
        M::PbmCheckCompliance | M::PbmFetchComplianceResult => Some(compliance::fetch(world, call)?),
        _ => Some(placement::carry_out(world, call, method)?),
    };
    Ok(Reply::Done(value))
}

fn service_content(world: &World) -> PbmServiceInstanceContent {
    let reference = |kind: &str| -> MoRef { singleton(kind) };
    PbmServiceInstanceContent {
        about_info: PbmAboutInfo {
            name: "PBM".to_owned(),
            version: "2.0".to_owned(),
            instance_uuid: world.seed.child("policy service").generator().uuid().to_string(),
        },
        session_manager: reference("PbmSessionManager"),
        capability_metadata_manager: reference("PbmCapabilityMetadataManager"),
        profile_manager: reference("PbmProfileProfileManager"),
        compliance_manager: reference("PbmComplianceManager"),
        placement_solver: reference("PbmPlacementSolver"),
        replication_manager: Some(reference("PbmReplicationManager")),
    }
}
