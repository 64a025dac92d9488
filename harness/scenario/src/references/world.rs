//! The world's own names: what nodes and policies say of vCenters, clusters, datastores and key providers.

use super::names::{Names, known, of as names};
use crate::ScenarioError;
use crate::model::lists::different;
use crate::model::world::WorldSpec;
use crate::model::world::kubernetes::NodeSpec;
use crate::model::world::vcenter::VCenter;
use crate::span::{Span, Spanned};
use crate::yaml::Problems;

/// Checks every name.
pub(super) fn check(all: &Names<'_>, problems: &mut Problems) {
    let world = all.world;
    for vcenter in &world.vcenters {
        let named = vcenter.policies.iter().flat_map(|policy| &policy.datastores).chain(vcenter.disks.iter().map(|disk| &disk.datastore));
        for datastore in named {
            known(datastore, &format!("datastore of {}", vcenter.name), &vcenter.datastore_names(), problems);
        }
        for privilege in &vcenter.lacks {
            check_object(world, vcenter, privilege, problems);
        }
    }
    check_told(world, problems);
    different("disk", world.vcenters.iter().flat_map(|vcenter| &vcenter.disks).map(|disk| &disk.name), problems);
    for node in &world.kubernetes.nodes {
        check_node(world, node, problems);
    }
    for home in world.homes() {
        if let Some(provider) = &home.node.encrypted_with {
            let what = format!("key provider of {}", home.vcenter.name);
            known(provider, &what, &names(&home.vcenter.key_providers, |provider| &provider.name), problems);
        }
    }
}

/// What is told to a driver that is not there.
fn check_told(world: &WorldSpec, problems: &mut Problems) {
    let drivers = &world.drivers;
    if drivers.ccm.is_some() {
        return;
    }
    let configured = drivers.configuration.ccm.sections.first().map(|change| change.section.span);
    let told = drivers.environment.ccm.first().map(|variable| variable.name.span);
    let counted = drivers.replicas.ccm.as_ref().map(|replicas| replicas.span);
    configured.into_iter().chain(told).chain(counted).for_each(|span| problems.add(no_ccm(span)));
}

/// A world without a cloud controller manager, which something is said of.
pub(super) fn no_ccm(span: Span) -> ScenarioError {
    ScenarioError::at(span, "this world has no cloud controller manager", "add `ccm: ours` to its `drivers`")
}

/// Of `PRIVILEGE@NAME`, the name: of something that lies in the vCenter.
fn check_object(world: &WorldSpec, vcenter: &VCenter, privilege: &Spanned<String>, problems: &mut Problems) {
    let Some((_, object)) = privilege.split_once('@') else { return };
    let mut objects = vec!["dc-1".to_owned()];
    objects.extend(names(&vcenter.clusters, |cluster| &cluster.name));
    objects.extend(vcenter.datastore_names());
    let homes = world.homes();
    objects.extend(homes.iter().filter(|home| home.vcenter.name == vcenter.name).map(|home| home.node.name.value.clone()));
    known(&Spanned::new(object.to_owned(), privilege.span), &format!("object of {}", vcenter.name), &objects, problems);
}

fn check_node(world: &WorldSpec, node: &NodeSpec, problems: &mut Problems) {
    if let Some(name) = &node.vcenter {
        let Some(vcenter) = world.vcenter(name) else {
            return known(name, "vCenter", &names(&world.vcenters, |vcenter| &vcenter.name), problems);
        };
        if let Some(cluster) = &node.cluster {
            known(cluster, &format!("cluster of {name}"), &names(&vcenter.clusters, |cluster| &cluster.name), problems);
        }
    } else if let Some(cluster) = &node.cluster {
        let mut places: Vec<String> = world.places().map(|(_, cluster)| cluster.name.value.clone()).collect();
        places.sort();
        places.dedup();
        known(cluster, "cluster", &places, problems);
        ambiguous(world, cluster, problems);
    }
}

/// A cluster's name alone does not say which is meant where two vCenters have one of that name.
fn ambiguous(world: &WorldSpec, cluster: &Spanned<String>, problems: &mut Problems) {
    let owners: Vec<&VCenter> = world.vcenters.iter().filter(|vcenter| vcenter.cluster(cluster).is_some()).collect();
    if let [first, second, ..] = owners.as_slice() {
        let message = format!("both {} and {} have a cluster `{cluster}`", first.name, second.name);
        problems.add(ScenarioError::at(cluster.span, message, format!("say which: add `vcenter: {}`", first.name)));
    }
}
