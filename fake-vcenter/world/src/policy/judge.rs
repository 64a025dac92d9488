//! Whether a datastore satisfies a policy just now.

use vsphere_types::{
    CnsInCompatibleFault, Fault, MoRef, PbmCapabilityMetadataUniqueId, PbmCapabilityPropertyInstance, PbmPlacementHub,
    PbmPropertyMismatchFault, TypedFault,
};

use super::constraints::property_of;
use crate::config::DatastoreKind;
use crate::state::{Policy, Rule, RuleSet, State};

/// Whether one of a policy's alternatives is met by a datastore.
pub fn satisfies(state: &State, alternatives: &[RuleSet], datastore: &MoRef) -> bool {
    alternatives.is_empty() || alternatives.iter().any(|set| set.rules.iter().all(|rule| meets(state, rule, datastore)))
}

fn meets(state: &State, rule: &Rule, datastore: &MoRef) -> bool {
    match rule {
        Rule::Tag { category, tags, negated } => {
            let carried = state.tag_names(datastore);
            let found = carried.get(category.as_str()).is_some_and(|names| tags.iter().any(|tag| names.contains(tag.as_str())));
            found != *negated
        }
        // The hosts encrypt, so it does not matter what the disk lies on.
        Rule::Encryption => true,
        Rule::Vsan { .. } => state.datastores.get(datastore).is_some_and(|record| record.kind == DatastoreKind::Vsan),
        Rule::Unknown { .. } => false,
    }
}

/// What speaks against a datastore: the demands of the first alternative that it does not meet; nothing when it will do.
pub fn mismatches(state: &State, alternatives: &[RuleSet], datastore: &MoRef) -> Vec<Fault> {
    if satisfies(state, alternatives, datastore) {
        return Vec::new();
    }
    let rules = alternatives.first().map_or(&[][..], |set| &set.rules);
    rules.iter().filter(|rule| !meets(state, rule, datastore)).map(|rule| mismatch(rule, datastore)).collect()
}

fn mismatch(rule: &Rule, datastore: &MoRef) -> Fault {
    let (id, property): (PbmCapabilityMetadataUniqueId, PbmCapabilityPropertyInstance) = property_of(rule);
    PbmPropertyMismatchFault {
        hub: hub_of(datastore),
        capability_instance_id: id,
        requirement_property_instance: property,
        ..PbmPropertyMismatchFault::default()
    }
    .fault_with("Datastore does not match current VM policy.")
}

/// A datastore as the policy service names it.
pub fn hub_of(datastore: &MoRef) -> PbmPlacementHub {
    PbmPlacementHub { hub_type: datastore.kind.to_string(), hub_id: datastore.id.clone() }
}

/// What CNS says against a datastore that does not satisfy a volume's policy; nothing when it does.
pub fn incompatible(state: &State, policy: &Policy, datastore: &MoRef) -> Option<Fault> {
    let errors = mismatches(state, &policy.alternatives, datastore);
    if errors.is_empty() {
        return None;
    }
    let reason = format!("The datastore is not compatible with storage policy {}.", policy.name);
    let fault = CnsInCompatibleFault {
        reason: reason.clone(),
        errors: errors.into_iter().map(Fault::into_localized).collect(),
        ..CnsInCompatibleFault::default()
    };
    Some(fault.fault_with(reason))
}

/// Whether disks with this policy must be encrypted.
pub fn wants_encryption(state: &State, profile: &str) -> bool {
    state.policies.get(profile).is_some_and(encrypts)
}

/// Whether a policy has its disks encrypted, whichever of its alternatives is met.
pub fn encrypts(policy: &Policy) -> bool {
    !policy.alternatives.is_empty() && policy.alternatives.iter().all(|set| set.rules.contains(&Rule::Encryption))
}
