//! The policies that are there at first: those of every vCenter, and those that the world's description names.

use crate::config::{PolicyConfig, PolicyRule};
use crate::state::{Policy, Rule, RuleSet};
use crate::world::World;

/// The policy of vSAN volumes that ask for none.
pub const VSAN_DEFAULT_POLICY: &str = "aa6d5a82-1c88-45da-85d3-3d74b91a5bad";

/// A sample policy that encrypts.
const ENCRYPTION_POLICY: &str = "4d5f673c-536f-11e6-beb8-9e71128cae77";

/// Who made what vSphere brings along.
const MAKER: &str = "Temporary user handle";

/// Makes the policies. A described one of the name of one that every vCenter has takes its place.
pub fn add_policies(world: &mut World) {
    let described = world.config.policies.clone();
    let named = |name: &str| described.iter().any(|policy| policy.name == name);
    for policy in of_every_vcenter(world).into_iter().filter(|policy| !named(&policy.name)) {
        world.parts.state.policies.insert(policy.id.clone(), policy);
    }
    for config in &described {
        let policy = made_of(world, config);
        world.parts.state.policies.insert(policy.id.clone(), policy);
    }
}

fn of_every_vcenter(world: &World) -> [Policy; 2] {
    let policy = |id: &str, name: &str, description: &str, rules| Policy {
        id: id.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        system_type: None,
        alternatives: vec![RuleSet { name: "sp-1".to_owned(), rules }],
        created: world.now(),
        created_by: MAKER.to_owned(),
    };
    let vsan = vec![failures_to_tolerate(1)];
    let vsan = policy(VSAN_DEFAULT_POLICY, "vSAN Default Storage Policy", "Storage policy used as default for vSAN datastores", vsan);
    let text = "Sample storage policy for VMware's VM and virtual disk encryption";
    [
        Policy { system_type: Some("VsanDefaultProfile".to_owned()), ..vsan },
        policy(ENCRYPTION_POLICY, "VM Encryption Policy", text, vec![Rule::Encryption]),
    ]
}

fn failures_to_tolerate(value: u8) -> Rule {
    Rule::Vsan { capability: "hostFailuresToTolerate".to_owned(), value: i32::from(value) }
}

fn made_of(world: &World, config: &PolicyConfig) -> Policy {
    let rule = |rule: &PolicyRule| match rule {
        PolicyRule::Tag { category, tags } => Rule::Tag { category: category.clone(), tags: tags.clone(), negated: false },
        PolicyRule::Encryption => Rule::Encryption,
        PolicyRule::VsanFailuresToTolerate(value) => failures_to_tolerate(*value),
    };
    Policy {
        id: world.seed.child("policy").child(&config.name).generator().uuid().to_string(),
        name: config.name.clone(),
        description: String::new(),
        system_type: None,
        alternatives: vec![RuleSet { name: "Rule-set 1".to_owned(), rules: config.rules.iter().map(rule).collect() }],
        created: world.now(),
        created_by: "VSPHERE.LOCAL\\Administrator".to_owned(),
    }
}
