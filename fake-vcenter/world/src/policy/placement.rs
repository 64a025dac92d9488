//! Where a policy's disks may go: PbmCheckCompatibility, PbmCheckRequirements, PbmQueryMatchingHub.
//!
//! One result for each hub that is asked about, in that order; without hubs, for all datastores. A hub that is not there
//! makes the whole question wrong.

use vsphere_types::{
    DataObject, Fault, Method, MoRef, Object, PbmCapabilityProfileCreateSpec, PbmNonExistentHubs,
    PbmPlacementCapabilityConstraintsRequirement, PbmPlacementCapabilityProfileRequirement, PbmPlacementCompatibilityResult,
    PbmPlacementHub, PbmProfileId, TypedFault, Value,
};

use super::constraints::alternatives_of;
use super::judge::{hub_of, mismatches};
use super::profiles::find;
use crate::fault;
use crate::managed::array;
use crate::operations::Call;
use crate::state::{RuleSet, number_of};
use crate::world::World;

/// Carries out one of these methods.
pub fn carry_out(world: &World, call: &Call, method: Method) -> Result<Value, Fault> {
    let demands = demands(world, call, method)?;
    let judged = hubs(world, call)?.into_iter().map(|datastore| judge(world, &demands, &datastore));
    if method == Method::PbmQueryMatchingHub {
        return Ok(array(judged.filter(|result| result.error.is_empty()).map(|result| result.hub)));
    }
    Ok(array(judged))
}

/// What a datastore must satisfy: each of these.
fn demands(world: &World, call: &Call, method: Method) -> Result<Vec<Vec<RuleSet>>, Fault> {
    match method {
        Method::PbmCheckRequirements => {
            let requirements = call.arguments.objects("placementSubjectRequirement")?;
            requirements.into_iter().map(|requirement| demand(world, requirement)).collect()
        }
        Method::PbmCheckCompatibilityWithSpec => {
            let spec: PbmCapabilityProfileCreateSpec = call.arguments.data("profileSpec")?;
            Ok(vec![alternatives_of(&spec.constraints)])
        }
        _ => {
            let profile: PbmProfileId = call.arguments.data("profile")?;
            Ok(vec![find(world, &profile, "profile")?.alternatives.clone()])
        }
    }
}

fn demand(world: &World, requirement: &Object) -> Result<Vec<RuleSet>, Fault> {
    if requirement.is_a(PbmPlacementCapabilityProfileRequirement::TYPE) {
        let requirement: PbmPlacementCapabilityProfileRequirement = requirement.downcast().map_err(|error| fault::malformed(&error))?;
        return Ok(find(world, &requirement.profile_id, "placementSubjectRequirement.profileId")?.alternatives.clone());
    }
    let requirement: PbmPlacementCapabilityConstraintsRequirement =
        requirement.downcast().map_err(|_| fault::invalid_argument("placementSubjectRequirement"))?;
    Ok(alternatives_of(&requirement.constraints))
}

/// The datastores that are asked about.
fn hubs(world: &World, call: &Call) -> Result<Vec<MoRef>, Fault> {
    let state = &world.parts.state;
    let hubs: Vec<PbmPlacementHub> = call.arguments.list("hubsToSearch")?;
    if hubs.is_empty() {
        let mut all: Vec<MoRef> = state.datastores.iter().map(|(datastore, _)| datastore.clone()).collect();
        all.sort_by_key(number_of);
        return Ok(all);
    }
    let datastore = |hub: &PbmPlacementHub| MoRef::new(&hub.hub_type, &hub.hub_id);
    let (there, missing): (Vec<_>, Vec<_>) = hubs.into_iter().partition(|hub| state.datastores.contains(&datastore(hub)));
    if missing.is_empty() {
        return Ok(there.iter().map(datastore).collect());
    }
    let names: Vec<&str> = missing.iter().map(|hub| hub.hub_id.as_str()).collect();
    let message = format!("Hubs that do not exist were specified: {}.", names.join(", "));
    Err(PbmNonExistentHubs { hubs: missing, ..PbmNonExistentHubs::default() }.fault_with(message))
}

fn judge(world: &World, demands: &[Vec<RuleSet>], datastore: &MoRef) -> PbmPlacementCompatibilityResult {
    let errors = demands.iter().flat_map(|alternatives| mismatches(&world.parts.state, alternatives, datastore));
    PbmPlacementCompatibilityResult {
        hub: hub_of(datastore),
        error: errors.map(Fault::into_localized).collect(),
        ..PbmPlacementCompatibilityResult::default()
    }
}
