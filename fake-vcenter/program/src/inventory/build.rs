//! From the file to the description that a world is built from.

use std::collections::BTreeMap;

use fake_vcenter_world::{
    CategoryConfig, ClusterConfig, DatacenterConfig, DatastoreConfig, DatastoreKind, KeyProviderConfig, KeyProviderKind, PolicyConfig,
    PolicyRule, Release, TagConfig, TagTarget, TagsConfig, UserConfig, VmConfig, WorldConfig,
};

use super::file::{Cluster, Datacenter, Datastore, Inventory, KeyProvider, Policy, ProviderKind, StoreKind, Tags, Vm};
use super::release;

/// The category by whose tags a policy admits datastores; a tag of it bears the policy's name.
const POLICY_CATEGORY: &str = "seatrial-policy";

/// The description. Names were checked.
pub fn config(file: &Inventory) -> WorldConfig {
    let version = file.version.as_ref().and_then(|version| release(&version.value));
    let mut config = WorldConfig::new(&file.name, version.unwrap_or(Release::V8_0U3));
    config.instance_uuid.clone_from(&file.instance_uuid);
    if !file.users.is_empty() {
        config.users = file
            .users
            .iter()
            .map(|user| UserConfig {
                lacks: user.lacks.iter().map(|lack| lack.value.clone()).collect(),
                ..UserConfig::administrator(&user.name.value, &user.password)
            })
            .collect();
    }
    let mut vms = 0;
    config.inventory.datacenters = file.datacenters.iter().map(|described| datacenter(described, &mut vms)).collect();
    config.tags = tags(file);
    config.policies = file.policies.iter().map(policy).collect();
    config.key_providers = file.key_providers.iter().map(key_provider).collect();
    config
}

fn datacenter(described: &Datacenter, vms: &mut usize) -> DatacenterConfig {
    DatacenterConfig {
        name: described.name.value.clone(),
        clusters: described.clusters.iter().map(cluster).collect(),
        datastores: described.datastores.iter().map(datastore).collect(),
        networks: described.networks.clone(),
        vms: described
            .vms
            .iter()
            .map(|described| {
                *vms += 1;
                vm(described, *vms)
            })
            .collect(),
    }
}

fn cluster(described: &Cluster) -> ClusterConfig {
    let datastores: Vec<&str> = described.datastores.iter().map(|name| name.value.as_str()).collect();
    ClusterConfig { ha: described.ha, ..ClusterConfig::new(&described.name.value, described.hosts, &datastores) }
}

fn datastore(described: &Datastore) -> DatastoreConfig {
    let kind = match described.kind {
        StoreKind::Vsan => DatastoreKind::Vsan,
        StoreKind::Vmfs => DatastoreKind::Vmfs,
        StoreKind::Nfs => DatastoreKind::Nfs,
    };
    DatastoreConfig { kind, used_gib: described.used_gib, ..DatastoreConfig::vsan(&described.name.value, described.capacity_gib) }
}

fn vm(described: &Vm, number: usize) -> VmConfig {
    let node = VmConfig::node(&described.name.value, number);
    VmConfig {
        cluster: described.cluster.as_ref().map(|name| name.value.clone()),
        datastore: described.datastore.as_ref().map(|name| name.value.clone()),
        addresses: described.addresses.clone().unwrap_or(node.addresses),
        scsi_controllers: described.scsi_controllers.as_ref().map_or(node.scsi_controllers, |count| count.value),
        bios_uuid: described.bios_uuid.clone(),
        encrypted_with: described.encrypted_with.as_ref().map(|name| name.value.clone()),
        powered_on: described.powered_on,
        ..node
    }
}

fn policy(described: &Policy) -> PolicyConfig {
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

fn key_provider(described: &KeyProvider) -> KeyProviderConfig {
    let kind = match described.kind {
        ProviderKind::Standard => KeyProviderKind::Standard,
        ProviderKind::Native => KeyProviderKind::Native,
    };
    KeyProviderConfig { name: described.name.value.clone(), kind, default: described.default }
}

/// Categories and tags come to be where the file uses them.
fn tags(file: &Inventory) -> TagsConfig {
    let mut carried: BTreeMap<(String, String), Vec<TagTarget>> = BTreeMap::new();
    let mut put = |tags: &Tags, on: TagTarget| {
        for (category, tag) in tags {
            carried.entry((category.clone(), tag.clone())).or_default().push(on.clone());
        }
    };
    for datacenter in &file.datacenters {
        put(&datacenter.tags, TagTarget::Datacenter(datacenter.name.value.clone()));
        datacenter.clusters.iter().for_each(|cluster| put(&cluster.tags, TagTarget::Cluster(cluster.name.value.clone())));
        datacenter.datastores.iter().for_each(|datastore| put(&datastore.tags, TagTarget::Datastore(datastore.name.value.clone())));
        datacenter.vms.iter().for_each(|vm| put(&vm.tags, TagTarget::Vm(vm.name.value.clone())));
    }
    for policy in &file.policies {
        let tag = Tags::from([(POLICY_CATEGORY.to_owned(), policy.name.value.clone())]);
        policy.datastores.iter().for_each(|datastore| put(&tag, TagTarget::Datastore(datastore.value.clone())));
    }
    let mut categories: Vec<&String> = carried.keys().map(|(category, _)| category).collect();
    categories.dedup();
    TagsConfig {
        categories: categories.into_iter().map(|name| CategoryConfig::multiple(name)).collect(),
        tags: carried.iter().map(|((category, tag), on)| TagConfig::new(category, tag, on.clone())).collect(),
    }
}
