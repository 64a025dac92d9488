//! Tags and storage policies of a vCenter, as the scenario's world asks for them.

use std::collections::BTreeMap;

use fake_vcenter_world::{CategoryConfig, PolicyConfig, PolicyRule, TagConfig, TagTarget, TagsConfig};
use seatrial_scenario::{ObjectTag, Scenario, StoragePolicy, VCenter};

use super::names::DATACENTER;

/// The category by whose tags a policy admits datastores; a tag of it bears the policy's name.
pub(super) const POLICY_CATEGORY: &str = "seatrial-policy";

/// Tags and what carries them, by category and tag.
#[derive(Default)]
struct Tags(BTreeMap<(String, String), Vec<TagTarget>>);

impl Tags {
    fn put(&mut self, category: &str, tag: &str, on: TagTarget) {
        self.0.entry((category.to_owned(), tag.to_owned())).or_default().push(on);
    }

    fn put_all(&mut self, tags: &[ObjectTag], on: &TagTarget) {
        for tag in tags {
            self.put(&tag.category, &tag.tag, on.clone());
        }
    }
}

/// Categories and tags of one vCenter. Those that the drivers are told to read exist even where nothing carries them.
pub(super) fn tags(scenario: &Scenario, described: &VCenter) -> TagsConfig {
    let mut tags = Tags::default();
    tags.put_all(&described.tags, &TagTarget::Datacenter(DATACENTER.to_owned()));
    for cluster in &described.clusters {
        tags.put_all(&cluster.tags, &TagTarget::Cluster(cluster.name.value.clone()));
    }
    for home in scenario.world.homes() {
        if home.vcenter.name.value == described.name.value {
            tags.put_all(&home.node.tags, &TagTarget::Vm(home.node.name.value.clone()));
        }
    }
    for policy in &described.policies {
        for datastore in &policy.datastores {
            tags.put(POLICY_CATEGORY, &policy.name, TagTarget::Datastore(datastore.value.clone()));
        }
    }
    let read = [&scenario.world.topology.zone, &scenario.world.topology.region];
    let mut categories: Vec<String> = tags.0.keys().map(|(category, _)| category.clone()).collect();
    categories.extend(read.into_iter().flatten().map(|category| category.value.clone()));
    categories.sort_unstable();
    categories.dedup();
    TagsConfig { categories: categories.iter().map(|name| category(name)).collect(), tags: tags.0.into_iter().map(tag).collect() }
}

fn category(name: &str) -> CategoryConfig {
    // A datastore may satisfy several policies. Nothing lies in two zones, but people do tag it so when vSphere lets them.
    CategoryConfig::multiple(name)
}

fn tag(((category, name), on): ((String, String), Vec<TagTarget>)) -> TagConfig {
    TagConfig::new(&category, &name, on)
}

/// The storage policies of one vCenter.
pub(super) fn policies(described: &VCenter) -> Vec<PolicyConfig> {
    described.policies.iter().map(policy).collect()
}

fn policy(described: &StoragePolicy) -> PolicyConfig {
    let name = &described.name.value;
    let mut rules = Vec::new();
    if !described.datastores.is_empty() {
        rules.push(PolicyRule::Tag { category: POLICY_CATEGORY.to_owned(), tags: vec![name.clone()] });
    }
    if described.encryption {
        rules.push(PolicyRule::Encryption);
    }
    PolicyConfig { name: name.clone(), rules }
}
