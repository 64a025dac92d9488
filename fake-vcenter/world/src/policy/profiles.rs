//! Profiles: PbmQueryProfile, PbmRetrieveContent, PbmQueryProfileDetails, and what I/O filters they need.

use vsphere_types::{
    DataObject, Fault, Method, MoRef, PbmCapabilityProfile, PbmIofilterInfo, PbmPlacementHub, PbmProfileDetails, PbmProfileId,
    PbmProfileResourceType, PbmProfileToIofilterMap, Value,
};

use super::constraints::constraints_of;
use super::{VSAN_DEFAULT_POLICY, encrypts};
use crate::config::DatastoreKind;
use crate::fault;
use crate::managed::array;
use crate::operations::Call;
use crate::state::Policy;
use crate::world::World;

/// The only kind of resource.
const STORAGE: &str = "STORAGE";

/// The category of policies that people make; of the others there are none here.
const REQUIREMENT: &str = "REQUIREMENT";

/// Carries out one of these methods.
pub fn carry_out(world: &World, call: &Call, method: Method) -> Result<Option<Value>, Fault> {
    Ok(Some(match method {
        Method::PbmFetchResourceType => array([PbmProfileResourceType { resource_type: STORAGE.to_owned() }]),
        Method::PbmQueryProfile => {
            let kind: PbmProfileResourceType = call.arguments.data("resourceType")?;
            if kind.resource_type != STORAGE {
                return Err(fault::invalid_argument("resourceType"));
            }
            let category = call.arguments.optional_text("profileCategory");
            array(of_category(world, category.as_deref())?.into_iter().map(id_of))
        }
        Method::PbmRetrieveContent => {
            let profiles: Vec<&Policy> = named(world, call, "profileIds")?;
            let items = profiles.into_iter().map(|policy| Value::Object(profile(policy).into_object())).collect();
            Value::Array(vsphere_types::Array { item_type: "PbmProfile".to_owned(), items })
        }
        Method::PbmQueryProfileDetails => {
            let category = call.arguments.optional_text("profileCategory").filter(|category| !category.is_empty());
            array(of_category(world, category.as_deref())?.into_iter().map(details))
        }
        Method::PbmQueryIoFiltersFromProfileId => {
            let filters = |policy: &Policy| PbmProfileToIofilterMap { key: id_of(policy), iofilters: filters(policy), fault: None };
            array(named(world, call, "profileIds")?.into_iter().map(filters))
        }
        _ => return default_for(world, &call.arguments.data("hub")?),
    }))
}

fn of_category<'a>(world: &'a World, category: Option<&str>) -> Result<Vec<&'a Policy>, Fault> {
    match category {
        None | Some(REQUIREMENT) => {}
        Some("RESOURCE" | "DATA_SERVICE_POLICY") => return Ok(Vec::new()),
        Some(_) => return Err(fault::invalid_argument("profileCategory")),
    }
    let mut policies: Vec<&Policy> = world.parts.state.policies.values().collect();
    policies.sort_by(|left, right| (left.created, &left.name).cmp(&(right.created, &right.name)));
    Ok(policies)
}

/// The policies of these ids, in the order of the question.
fn named<'a>(world: &'a World, call: &Call, parameter: &str) -> Result<Vec<&'a Policy>, Fault> {
    let ids: Vec<PbmProfileId> = call.arguments.list(parameter)?;
    ids.iter().map(|id| find(world, id, parameter)).collect()
}

/// The policy of an id; `parameter` names where the id stood.
pub fn find<'a>(world: &'a World, id: &PbmProfileId, parameter: &str) -> Result<&'a Policy, Fault> {
    world.parts.state.policies.get(&id.unique_id).ok_or_else(|| fault::invalid_argument(parameter))
}

/// The id of a policy.
pub fn id_of(policy: &Policy) -> PbmProfileId {
    PbmProfileId { unique_id: policy.id.clone() }
}

fn profile(policy: &Policy) -> PbmCapabilityProfile {
    PbmCapabilityProfile {
        profile_id: id_of(policy),
        name: policy.name.clone(),
        description: Some(policy.description.clone()),
        creation_time: policy.created,
        created_by: policy.created_by.clone(),
        last_updated_time: policy.created,
        last_updated_by: policy.created_by.clone(),
        profile_category: REQUIREMENT.to_owned(),
        resource_type: PbmProfileResourceType { resource_type: STORAGE.to_owned() },
        constraints: constraints_of(&policy.alternatives),
        generation_id: Some(0),
        is_default: false,
        system_created_profile_type: policy.system_type.clone(),
        ..PbmCapabilityProfile::default()
    }
}

fn details(policy: &Policy) -> PbmProfileDetails {
    PbmProfileDetails { profile: profile(policy).into_object(), iof_infos: filters(policy), ..PbmProfileDetails::default() }
}

fn filters(policy: &Policy) -> Vec<PbmIofilterInfo> {
    let encryption = PbmIofilterInfo { vib_id: "vmwarevmcrypt".to_owned(), filter_type: Some("ENCRYPTION".to_owned()) };
    encrypts(policy).then_some(encryption).into_iter().collect()
}

/// The policy of disks that ask for none.
fn default_for(world: &World, hub: &PbmPlacementHub) -> Result<Option<Value>, Fault> {
    let datastore = MoRef::new(&hub.hub_type, &hub.hub_id);
    let record = world.parts.state.datastores.get(&datastore).ok_or_else(|| fault::invalid_argument("hub"))?;
    let vsan = record.kind == DatastoreKind::Vsan;
    Ok(vsan.then(|| Value::of(PbmProfileId { unique_id: VSAN_DEFAULT_POLICY.to_owned() })))
}
