//! A policy's rules as capabilities with constraints, and back.

use vsphere_types::{
    Array, DataObject, EnumValue, Object, PbmCapabilityConstraintInstance, PbmCapabilityDiscreteSet, PbmCapabilityInstance,
    PbmCapabilityMetadataUniqueId, PbmCapabilityPropertyInstance, PbmCapabilitySubProfile, PbmCapabilitySubProfileConstraints, Value,
};

use crate::state::{Rule, RuleSet};

/// The namespace of tag rules.
const TAG: &str = "http://www.vmware.com/storage/tag";

/// The namespace of what hosts do with disks.
const DATA_SERVICE: &str = "com.vmware.storageprofile.dataservice";

/// Encryption, as capability, property and value.
const ENCRYPTION: &str = "ad5a249d-cbc2-43af-9366-694d7664fa52";

/// The namespace of vSAN's own rules.
const VSAN: &str = "VSAN";

/// The constraints of a policy.
pub fn constraints_of(alternatives: &[RuleSet]) -> Object {
    let sub_profiles = alternatives.iter().map(sub_profile).collect();
    PbmCapabilitySubProfileConstraints { sub_profiles }.into_object()
}

fn sub_profile(set: &RuleSet) -> PbmCapabilitySubProfile {
    let capability = set.rules.iter().map(capability_of).collect();
    PbmCapabilitySubProfile { name: set.name.clone(), capability, force_provision: Some(false) }
}

/// A rule as a capability and what is demanded of it.
pub fn capability_of(rule: &Rule) -> PbmCapabilityInstance {
    let (id, property) = property_of(rule);
    PbmCapabilityInstance { id, constraint: vec![PbmCapabilityConstraintInstance { property_instance: vec![property] }] }
}

/// A rule as the name of a capability and the one property that is demanded.
pub fn property_of(rule: &Rule) -> (PbmCapabilityMetadataUniqueId, PbmCapabilityPropertyInstance) {
    let pair = |namespace: &str, id: &str, property: &str, operator: Option<&str>, value| {
        let property = PbmCapabilityPropertyInstance { id: property.to_owned(), operator: operator.map(str::to_owned), value };
        (PbmCapabilityMetadataUniqueId { namespace: namespace.to_owned(), id: id.to_owned() }, property)
    };
    match rule {
        Rule::Tag { category, tags, negated } => {
            let values = tags.iter().map(|tag| Value::Text(tag.clone())).collect();
            let value = Value::of(PbmCapabilityDiscreteSet { values });
            pair(TAG, category, &tag_property(category), negated.then_some("NOT"), value)
        }
        Rule::Encryption => pair(DATA_SERVICE, ENCRYPTION, ENCRYPTION, None, Value::Text(ENCRYPTION.to_owned())),
        Rule::Vsan { capability, value } => pair(VSAN, capability, capability, None, Value::Int(*value)),
        Rule::Unknown { namespace, id } => pair(namespace, id, id, None, Value::Text(String::new())),
    }
}

fn tag_property(category: &str) -> String {
    format!("com.vmware.storage.tag.{category}.property")
}

/// Reads constraints that a client sends; those of no known shape are met by nothing.
pub fn alternatives_of(constraints: &Object) -> Vec<RuleSet> {
    let Ok(constraints) = constraints.downcast::<PbmCapabilitySubProfileConstraints>() else {
        let rules = vec![Rule::Unknown { namespace: String::new(), id: constraints.type_name.to_string() }];
        return vec![RuleSet { name: String::new(), rules }];
    };
    let set = |sub: PbmCapabilitySubProfile| RuleSet { name: sub.name, rules: sub.capability.iter().map(rule_of).collect() };
    constraints.sub_profiles.into_iter().map(set).collect()
}

fn rule_of(capability: &PbmCapabilityInstance) -> Rule {
    let unknown = || Rule::Unknown { namespace: capability.id.namespace.clone(), id: capability.id.id.clone() };
    let Some(property) = capability.constraint.first().and_then(|constraint| constraint.property_instance.first()) else {
        return unknown();
    };
    match capability.id.namespace.as_str() {
        TAG => Rule::Tag {
            category: capability.id.id.clone(),
            tags: texts(&property.value),
            negated: property.operator.as_deref() == Some("NOT"),
        },
        DATA_SERVICE if capability.id.id == ENCRYPTION => Rule::Encryption,
        VSAN => match property.value {
            Value::Int(value) => Rule::Vsan { capability: capability.id.id.clone(), value },
            _ => unknown(),
        },
        _ => unknown(),
    }
}

/// The texts of a discrete set, of an array or of a single value.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(object) => {
            object.downcast::<PbmCapabilityDiscreteSet>().map_or_else(|_| Vec::new(), |set| set.values.iter().flat_map(texts).collect())
        }
        Value::Array(Array { items, .. }) => items.iter().flat_map(texts).collect(),
        Value::Text(text) => vec![text.clone()],
        Value::Enum(EnumValue { member, .. }) => vec![member.to_string()],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_survive_the_way_to_constraints_and_back() {
        let tag = |negated| Rule::Tag { category: "tier".to_owned(), tags: vec!["gold".to_owned(), "silver".to_owned()], negated };
        let vsan = Rule::Vsan { capability: "hostFailuresToTolerate".to_owned(), value: 2 };
        let alternatives = vec![
            RuleSet { name: "one".to_owned(), rules: vec![tag(false), Rule::Encryption] },
            RuleSet { name: "two".to_owned(), rules: vec![tag(true), vsan] },
        ];
        assert_eq!(alternatives_of(&constraints_of(&alternatives)), alternatives);
    }

    #[test]
    fn constraints_of_no_known_shape_are_a_demand_that_nothing_meets() {
        let alternatives = alternatives_of(&Object::new("PbmCapabilityConstraints"));
        assert!(matches!(alternatives[0].rules[0], Rule::Unknown { .. }));
    }
}
