//! Whether a volume is as its policy demands: PbmCheckCompliance, PbmFetchComplianceResult, and what CNS shows of it.

use vsphere_types::{Fault, PbmCompliancePolicyStatus, PbmComplianceResult, PbmProfileId, PbmServerObjectRef, Value};

use super::associations::disk;
use super::constraints::capability_of;
use super::{encrypts, satisfies};
use crate::managed::array;
use crate::operations::Call;
use crate::state::{Rule, State, Volume};
use crate::world::World;

/// `compliant`, `nonCompliant`, `notApplicable` without a policy, `unknown` when the policy is gone.
pub fn status(state: &State, volume: &Volume) -> &'static str {
    let Some(id) = &volume.policy else { return "notApplicable" };
    let Some(policy) = state.policies.get(id) else { return "unknown" };
    let clear = encrypts(policy) && volume.key.is_none();
    if satisfies(state, &policy.alternatives, &volume.datastore) && !clear { "compliant" } else { "nonCompliant" }
}

/// Answers for each entity that is asked about.
pub fn fetch(world: &World, call: &Call) -> Result<Value, Fault> {
    let entities: Vec<PbmServerObjectRef> = call.arguments.list("entities")?;
    let asked: Option<PbmProfileId> = call.arguments.optional_data("profile")?;
    let results: Vec<_> = entities.into_iter().map(|entity| result(world, entity, asked.as_ref())).collect::<Result<_, _>>()?;
    Ok(array(results))
}

fn result(world: &World, entity: PbmServerObjectRef, asked: Option<&PbmProfileId>) -> Result<PbmComplianceResult, Fault> {
    let state = &world.parts.state;
    let volume = disk(state, &entity)?;
    let applied = volume.and_then(|volume| volume.policy.clone());
    let status = volume.map_or("notApplicable", |volume| status(state, volume));
    Ok(PbmComplianceResult {
        check_time: world.now(),
        entity,
        mismatch: asked.is_some_and(|asked| Some(&asked.unique_id) != applied.as_ref()),
        violated_policies: if status == "nonCompliant" { violated(state, volume, applied.as_ref()) } else { Vec::new() },
        profile: applied.map(|unique_id| PbmProfileId { unique_id }),
        compliance_task_status: Some("success".to_owned()),
        compliance_status: status.to_owned(),
        ..PbmComplianceResult::default()
    })
}

/// The demands of the policy's first alternative that the volume does not meet.
fn violated(state: &State, volume: Option<&Volume>, policy: Option<&String>) -> Vec<PbmCompliancePolicyStatus> {
    let (Some(volume), Some(policy)) = (volume, policy.and_then(|id| state.policies.get(id))) else { return Vec::new() };
    let broken = |rule: &&Rule| match rule {
        Rule::Encryption => volume.key.is_none(),
        other => {
            let alone = [crate::state::RuleSet { name: String::new(), rules: vec![(*other).clone()] }];
            !satisfies(state, &alone, &volume.datastore)
        }
    };
    let rules = policy.alternatives.first().map_or(&[][..], |set| &set.rules);
    let status = |rule: &Rule| PbmCompliancePolicyStatus { expected_value: capability_of(rule), current_value: None };
    rules.iter().filter(broken).map(status).collect()
}
